from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.analyzers.ownership.analyzer import OwnershipAnalyzer
from sekisho.errors import EvidenceError
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import TableRow
from sekisho.model.observation import Ownership
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from tests.analyzers.reading import codes, problem_of, read, seen

HEAD = "owner,owned,share,from,to,source,owner_country,owned_country\n"


def of(data: bytes | str) -> Findings:
    return read(OwnershipAnalyzer(), data, EvidenceKind.OWNERSHIP_TABLE, "owners.csv")


def test_a_row_becomes_a_holding() -> None:
    findings = of(HEAD + "Foehn Dynamics B.V.,Kaze Aero K.K.,100%,2024-04-01,,register,NL,日本\n")
    (holding,) = seen(findings, Ownership)
    assert (holding.owner, holding.owned) == ("Foehn Dynamics B.V.", "Kaze Aero K.K.")
    assert holding.share == 1.0
    assert (holding.since, holding.until) == (date(2024, 4, 1), None)
    assert (holding.owner_country, holding.owned_country) == ("NL", "JP")
    assert holding.source == "register"
    assert holding.loci == (TableRow(holding.loci[0].evidence, 2),)
    assert codes(findings) == []
    assert findings.coverage[0].status is CoverageStatus.LOOKED
    assert findings.coverage[0].measures == {"holdings": 1.0, "rows": 1.0}


def test_japanese_registers_are_read() -> None:
    text = (
        "株主名,会社名,持株比率（％）,開始日,終了日\n甲社,乙社,５１．５,２０２４年４月１日,現在\n"
    )
    (holding,) = seen(of(text.encode("cp932")), Ownership)
    assert holding.share == pytest.approx(0.515)
    assert holding.since == date(2024, 4, 1)
    assert holding.until is None


@pytest.mark.parametrize("word", ["unknown", "不明", "", "-", "非公開"])
def test_a_share_that_is_stated_as_unknown_is_none_without_a_problem(word: str) -> None:
    findings = of(HEAD + f"A,B,{word},,,,,\n")
    assert seen(findings, Ownership)[0].share is None
    assert codes(findings) == []


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("majority", "SEK-P551"),
        (">50%", "SEK-P551"),
        ("１/３", "SEK-P551"),
        ("101%", "SEK-P553"),
        ("-1%", "SEK-P553"),
        ("1", "SEK-P552"),
    ],
)
def test_a_share_that_cannot_be_used_is_told_and_the_holding_kept(word: str, code: str) -> None:
    findings = of(HEAD + f"A,B,{word},,,,,\n")
    assert seen(findings, Ownership)[0].share is None
    assert codes(findings) == [code]
    assert findings.coverage[0].status is CoverageStatus.PARTLY


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",B,50%,,,,,", "SEK-P550"),
        ("A,不明,50%,,,,,", "SEK-P550"),
        ("A,Ａ,50%,,,,,", "SEK-P557"),
        ("A,B,50%,2024-02-01,2023-01-01,,,", "SEK-P556"),
        ("A,B,50%,2024-02-30,,,,", "SEK-P554"),
        ("A,B,50%,01/02/2024,,,,", "SEK-P554"),
        ("A,B,50%,2024,,,,", "SEK-P554"),
        ("A,B,50%,令和6年3月1日,,,,", "SEK-P555"),
        ("A,B,50%,,R6.3.1,,,", "SEK-P555"),
    ],
)
def test_a_row_that_cannot_hold_is_told_and_the_others_are_taken(row: str, code: str) -> None:
    findings = of(HEAD + row + "\nGood,Co,50%,,,,,\n")
    assert [one.owner for one in seen(findings, Ownership)] == ["Good"]
    assert codes(findings) == [code]
    assert problem_of(findings, code).details["row"] == "2"
    assert problem_of(findings, code).blocks_clean


def test_an_unknown_country_is_told_and_the_holding_kept() -> None:
    findings = of(HEAD + "A,B,50%,,,,Atlantis,JP\n")
    (holding,) = seen(findings, Ownership)
    assert (holding.owner_country, holding.owned_country) == (None, "JP")
    assert problem_of(findings, "SEK-P558").details["column"] == "owner_country"


def test_more_than_the_whole_at_one_time_is_told() -> None:
    rows = "A,Co,60%,2020-01-01,,,,\nB,ＣＯ,50%,2021-06-01,,,,\n"
    findings = of(HEAD + rows)
    assert len(seen(findings, Ownership)) == 2
    details = problem_of(findings, "SEK-P559").details
    assert details == {"owned": "ＣＯ", "percent": "110", "since": "2021-06-01"}


def test_more_than_the_whole_from_the_beginning_is_told() -> None:
    findings = of(HEAD + "A,Co,60%,,,,,\nB,Co,50%,,,,,\n")
    assert problem_of(findings, "SEK-P559").details["since"] == "-"


def test_holdings_that_follow_each_other_are_not_added_up() -> None:
    rows = "A,Co,100%,2020-01-01,2020-12-31,,,\nB,Co,100%,2021-01-01,9999-12-31,,,\n"
    assert codes(of(HEAD + rows)) == []


def test_one_shared_day_is_an_excess() -> None:
    rows = "A,Co,100%,2020-01-01,2021-01-01,,,\nB,Co,100%,2021-01-01,,,,\n"
    assert codes(of(HEAD + rows)) == ["SEK-P559"]


def test_rounded_shares_are_no_excess() -> None:
    rows = "".join(f"A{i},Co,33.34%,,,,,\n" for i in range(2)) + "A3,Co,33.33%,,,,,\n"
    assert codes(of(HEAD + rows)) == []


def test_a_table_without_the_header_is_an_error() -> None:
    with pytest.raises(EvidenceError, match="SEK-E240"):
        of("name,colour\na,b\n")


CELL = st.sampled_from(
    ["", "A", "B", "50%", "0.5", "51", "1", "2024-01-01", "令和6年1月1日", "JP", "X", '"', "９９％"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=9), max_size=6))
def test_any_rows_end_in_findings(rows: list[list[str]]) -> None:
    findings = of(HEAD + "".join(",".join(row) + "\n" for row in rows))
    for one in seen(findings, Ownership):
        assert one.owner
        assert one.owner != one.owned
        assert one.share is None or 0 <= one.share <= 1
        assert one.since is None or one.until is None or one.since <= one.until


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=150))
def test_random_bytes_end_in_findings_or_an_error(data: bytes) -> None:
    try:
        assert of(HEAD.encode() + data).coverage
    except EvidenceError:
        return
