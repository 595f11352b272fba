"""Terminal views: readable, complete, and safe from escape sequences."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console, RenderableType

from sekisho.analyzers.interface import Context, Source
from sekisho.analyzers.registry import ANALYZERS
from sekisho.model.dossier import Article, Dossier
from sekisho.model.observation import Observation
from sekisho.model.review import Findings, Review
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.json import json_schema, render_json
from sekisho.report.plain import MAX_SHOWN, plain, visible
from sekisho.report.terminal import render_decisions, render_findings, render_terminal
from tests.report.samples import review_of, with_hostile_text
from tests.report.synthetic import OBSERVATIONS, synthetic_review
from tests.service.conftest import EXAMPLES

SAMPLES = ["kaze-x1", "mizu-s2", "hoshi-m3"]


def shown(view: RenderableType, width: int = 100) -> str:
    target = io.StringIO()
    Console(file=target, width=width, force_terminal=False).print(view)
    return target.getvalue()


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("kaze-x1", ["PROHIBITED", "may not", "leak", "Data leak: a flow"]),
        ("mizu-s2", ["PERMITTED", "No leak, within the coverage"]),
        ("hoshi-m3", ["UNDETERMINED", "owed:", "0/10 minutes", "packed"]),
    ],
)
def test_a_review_says_what_matters(sample: str, words: list[str]) -> None:
    text = shown(render_terminal(review_of(sample), Language.EN, load_catalog()))
    for word in words:
        assert word in text


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    for language in Language:
        view = render_terminal(review_of("hoshi-m3"), language, load_catalog())
        for line in shown(view, width).splitlines():
            cells = sum(2 if ord(character) > 0x2E80 else 1 for character in line)
            assert cells <= width


@pytest.mark.parametrize("sample", [*SAMPLES, "synthetic"])
def test_hostile_text_reaches_no_terminal(sample: str) -> None:
    given = synthetic_review() if sample == "synthetic" else review_of(sample)
    review = with_hostile_text(given)
    views = [render_terminal(review, Language.EN, load_catalog())]
    everything = Findings(
        observations=tuple(review.observations.values()),
        problems=review.problems,
        coverage=review.coverage,
    )
    evidence = review.dossier.evidence[0]
    views.append(render_findings(evidence, everything, Language.EN, load_catalog()))
    views.append(
        render_decisions(
            [("\x1b[2J", d) for d in review.determinations], Language.JA, load_catalog()
        )
    )
    for view in views:
        text = shown(view, 200)
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_findings_of_every_kind_of_file_are_shown() -> None:
    review = review_of("kaze-x1")
    for item in review.dossier.evidence:
        for analyzer in ANALYZERS:
            if item.kind not in analyzer.kinds:
                continue
            content = EXAMPLES / "kaze-x1" / item.path
            found = analyzer.analyze(Source(evidence=item, content=content), Context())
            text = shown(render_findings(item, found, Language.EN, load_catalog()))
            assert analyzer.id in text


def many(seen: Observation, number: int) -> Findings:
    return Findings(observations=(seen,) * number)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (OBSERVATIONS[9], "and 88 more"),
        (OBSERVATIONS[8], "and 40 more"),
        (OBSERVATIONS[1], "and 40 more"),
        (OBSERVATIONS[7], "and 40 more"),
    ],
)
def test_long_tables_say_what_they_leave_out(seen: Observation, words: str) -> None:
    evidence = synthetic_review().dossier.evidence[0]
    view = render_findings(evidence, many(seen, 100), Language.EN, load_catalog())
    assert words in shown(view)


def test_owed_tests_and_blocking_problems_are_counted_beyond_the_first() -> None:
    review = synthetic_review()
    crowded = msgspec.structs.replace(
        review,
        problems=review.problems[:1] * 9,
        leakage=msgspec.structs.replace(review.leakage, test_plan=review.leakage.test_plan * 20),
    )
    text = shown(render_terminal(crowded, Language.EN, load_catalog()), 120)
    assert "and 4 more" in text
    assert "and 12 more" in text


def test_names_from_evidence_are_not_read_as_markup() -> None:
    review = msgspec.structs.replace(
        synthetic_review(),
        dossier=Dossier(article=Article(maker="[red]Kaze[/red]"), evidence=()),
    )
    assert "[red]Kaze[/red]" in shown(render_terminal(review, Language.EN, load_catalog()))


def test_on_a_page_long_and_odd_strings_stay_legible() -> None:
    assert visible("a\x1bb\n\tc\u202e") == "a\ufffdb\n\tc\ufffd"
    assert visible("x" * 2001) == "x" * 2000 + "… (+1)"
    assert visible("日本語") == "日本語"


def test_long_and_odd_strings_are_made_plain() -> None:
    assert plain("a\x1b[31m\u202eb\nc") == "a\ufffd[31m\ufffdb\ufffdc"
    assert len(plain("x" * 1000)) == MAX_SHOWN
    assert plain("日本語 ok") == "日本語 ok"


@pytest.mark.parametrize("sample", ["kaze-x1", "synthetic"])
def test_json_comes_back_as_the_same_review(sample: str) -> None:
    review = synthetic_review() if sample == "synthetic" else review_of(sample)
    assert msgspec.json.decode(render_json(review), type=Review) == review
    assert render_json(review).endswith(b"}\n")
    assert "Review" in json_schema()["$defs"]
