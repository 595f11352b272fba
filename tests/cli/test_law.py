"""`sekisho law`: what a jurist and a clerk meet."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from sekisho.data.files import pack_text
from tests.cli.conftest import Run

SMALL = """\
regime: small
title: {en: small, ja: 小}
jurisdiction: XX
force: {en: rule, ja: 規則}
cite: {text: Small Act, confidence: primary}
gaps:
  - {en: nothing is missing, ja: 欠落なし}
clauses:
  - id: small.1
    scope: act = buy
    words: {en: purchases, ja: 購入}
    cite: {text: art. 1, confidence: primary}
  - id: small.2
    prohibit: article.made_in = CN
    words: {en: not from there, ja: 当該国製を除く}
    cite: {text: art. 2, confidence: primary}
"""
CASES = """\
base: {on: 2026-11-01, act: buy, facts: {article.made_in: JP}}
cases:
  - {name: at home, outcome: permitted}
  - {name: from there, facts: {article.made_in: CN}, outcome: prohibited}
  - {name: place unknown, facts: {article.made_in: null}, outcome: undetermined}
  - {name: flown, act: operate, outcome: not_applicable}
"""


@pytest.fixture
def small(home: Path) -> Path:
    (home / "small.cases.yaml").write_text(CASES, encoding="utf-8")
    (home / "small.yaml").write_text(SMALL, encoding="utf-8")
    return home / "small.yaml"


def test_all_regimes_are_sound(sekisho: Run) -> None:
    ran = sekisho("law", "check", "--json")
    assert ran.code == 0
    assert all(not one["findings"] or one["regime"] for one in ran.documents())
    assert len(ran.documents()) > 24


def test_a_regime_of_ones_own_is_checked_and_tried(sekisho: Run, small: Path) -> None:
    assert "small: sound" in sekisho("law", "check", small).out
    assert "small: 4 cases, 0 fail" in sekisho("law", "test", small).out


def test_a_fault_is_shown_with_a_case_and_an_exit_code(sekisho: Run, small: Path) -> None:
    small.write_text(SMALL.replace("article.made_in = CN", "act = buy and act = operate"))
    ran = sekisho("law", "check", small)
    assert ran.code == 21
    assert "dead clause" in ran.out


def test_a_case_decided_otherwise_fails(sekisho: Run, small: Path) -> None:
    small.with_suffix(".cases.yaml").write_text(CASES.replace("prohibited", "permitted"))
    ran = sekisho("law", "test", small)
    assert ran.code == 21
    assert "from there: the outcome is prohibited, not permitted" in ran.out


def test_a_regime_without_cases_is_an_error(sekisho: Run, small: Path) -> None:
    small.with_suffix(".cases.yaml").unlink()
    ran = sekisho("law", "test", small)
    assert ran.code == 21
    assert "SEK-E305" in ran.err


def test_an_unknown_regime_names_the_nearest(sekisho: Run) -> None:
    ran = sekisho("law", "show", "us-0848")
    assert ran.code == 2
    assert "did you mean 'us-848'?" in ran.err


def test_a_file_that_is_not_there_is_an_error(sekisho: Run) -> None:
    ran = sekisho("law", "check", "absent.yaml")
    assert ran.code == 21
    assert "SEK-E307" in ran.err


def test_two_versions_are_told_apart(sekisho: Run, small: Path, home: Path) -> None:
    newer = home / "newer.yaml"
    newer.write_text(SMALL.replace("article.made_in = CN", "article.made_in in [CN, RU]"))
    ran = sekisho("law", "diff", small, newer)
    assert ran.code == 0
    assert "permitted → prohibited" in ran.out
    assert "article.made_in in [RU]" in ran.out
    (told,) = sekisho("law", "diff", small, newer, "--json").documents()
    assert [region["where"] for region in told["regions"]] == [
        [["act in [buy]", "article.made_in in [RU]"]]
    ]
    assert "no case is decided differently" in sekisho("law", "diff", small, small).out


def test_versions_with_other_readings_are_not_compared(sekisho: Run, small: Path) -> None:
    ran = sekisho("law", "diff", small, "jp-2020")
    assert ran.code == 2
    assert "SEK-E009" in ran.err


def test_a_regime_is_shown_in_a_terminal_and_as_a_page(sekisho: Run, home: Path) -> None:
    assert "s. 848(a)" in sekisho("law", "show", "us-848").out
    assert "国防長官" in sekisho("law", "show", "us-848", "--lang", "ja").out
    assert sekisho("law", "show", "us-848", "--html", "page.html").code == 0
    page = (home / "page.html").read_text(encoding="utf-8")
    assert "No system using flight controllers" in page
    assert "対象国製のフライトコントローラー" in page
    assert "default-src 'none'" in page


def test_a_page_that_cannot_be_written_is_an_error(sekisho: Run) -> None:
    ran = sekisho("law", "show", "us-848", "--html", "absent/page.html")
    assert ran.code == 2
    assert "SEK-E010" in ran.err


def test_the_acceptance_cases_are_a_case_file_that_passes(sekisho: Run, small: Path) -> None:
    printed = sekisho("law", "cases", small).out
    small.with_suffix(".cases.yaml").write_text(printed, encoding="utf-8")
    ran = sekisho("law", "test", small)
    assert ran.code == 0, ran.out
    assert "0 fail" in ran.out


def test_the_query_decides_as_the_regime_does(sekisho: Run, small: Path) -> None:
    query = sekisho("law", "sql", small).out
    with duckdb.connect() as database:
        database.execute(
            """create table cases as select * from (values
               (1, date '2026-11-01', 'buy', 'CN'), (2, date '2026-11-01', 'buy', 'JP'),
               (3, date '2026-11-01', 'buy', null), (4, date '2026-11-01', 'operate', 'CN'))
               as rows(id, "on", act, "article.made_in")"""
        )
        rows = database.execute(query).fetchall()
    assert [row[1] for row in rows] == ["prohibited", "permitted", "undetermined", "not_applicable"]


def test_schemas_are_printed_for_editors(sekisho: Run) -> None:
    assert "clauses" in json.dumps(json.loads(sekisho("law", "schema").out))
    assert "outcome" in json.dumps(json.loads(sekisho("law", "schema", "--cases").out))


def test_a_file_is_put_into_its_canonical_form(sekisho: Run, small: Path) -> None:
    mixed = SMALL.replace("jurisdiction: XX\n", "") + "jurisdiction: XX\n"
    small.write_text(mixed, encoding="utf-8")
    assert sekisho("law", "format", "--check", small).code == 21
    assert small.read_text(encoding="utf-8") == mixed
    assert sekisho("law", "format", small).code == 0
    assert small.read_text(encoding="utf-8") == SMALL
    assert sekisho("law", "format", "--check", small).code == 0


def test_cases_are_decided_under_a_regime_of_ones_own(
    sekisho: Run, small: Path, home: Path
) -> None:
    cases = home / "cases.yaml"
    cases.write_text(
        "cases:\n  - {id: one, act: buy, on: 2026-11-01, regimes: [small],"
        " facts: {article.made_in: CN}}\n",
        encoding="utf-8",
    )
    assert sekisho("decide", cases, "--pack", small).code == 11
    assert "there is no regime 'small'" in sekisho("decide", cases).err


def test_a_regime_of_ones_own_may_not_take_the_facts_of_another(sekisho: Run, small: Path) -> None:
    fact = (
        "facts:\n  - {key: waiver.us_848, type: truth, question: {en: q, ja: 問},"
        " settled_by: [authority]}\nclauses:"
    )
    small.write_text(SMALL.replace("clauses:", fact), encoding="utf-8")
    ran = sekisho("law", "check", small)
    assert ran.code == 21
    assert "SEK-E308" in ran.err


def test_one_with_the_id_of_a_shipped_regime_takes_its_place(sekisho: Run, small: Path) -> None:
    small.write_text(pack_text("regimes/us-ms.yaml"), encoding="utf-8")
    small.with_suffix(".cases.yaml").write_text(pack_text("cases/us-ms.yaml"), encoding="utf-8")
    assert "us-ms: sound" in sekisho("law", "check", small).out
