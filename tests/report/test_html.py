"""The HTML report: complete, in both languages, and deaf to what evidence says."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest

from sekisho.model.assessment import OriginAssessment
from sekisho.model.case import Case
from sekisho.model.determination import Outcome
from sekisho.model.dossier import Article, Dossier
from sekisho.model.words import Language
from sekisho.report import html as module
from sekisho.report.html import render_html
from tests.report.samples import HOSTILE, count, review_of, with_hostile_text
from tests.report.synthetic import SPOOFED_PATH, synthetic_review

SAMPLES = ["kaze-x1", "mizu-s2", "hoshi-m3"]
ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "class", "href", "id", "scope",
    "aria-label", "aria-labelledby", "aria-hidden", "data-label",
    "viewbox", "role", "d", "points", "x", "y", "text-anchor",
}  # fmt: skip
CARDS = ["prohibited", "undetermined", "conditional", "permitted", "not_applicable"]
LANGUAGES = list(Language)


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)
        for name, value in attributes:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_its_links_lead_somewhere(sample: str, language: Language) -> None:
    page = Page(render_html(review_of(sample), language))
    assert page.open == []
    assert page.tags.count("h1") == 1
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_loaded_or_run(sample: str, language: Language) -> None:
    text = render_html(review_of(sample), language)
    page = Page(text)
    assert all(link.startswith("#") for link in page.links)
    assert not {"script", "iframe", "img", "link", "object", "form"} & set(page.tags)
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import|\son\w+=", text)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_finding_clause_and_file_is_there(sample: str) -> None:
    review = review_of(sample)
    text = render_html(review, Language.EN)
    for name in review.observations:
        assert f'id="o-{name}"' in text
    for determination in review.determinations:
        outside = determination.outcome is Outcome.NOT_APPLICABLE
        for clause in determination.clauses:
            if outside and clause.id not in determination.deciding:
                continue  # of a regime that does not bind, only why
            assert clause.id in text
            if outside:
                continue
            assert clause.words.en.replace("'", "&#39;") in text
    for item in review.dossier.evidence:
        assert item.id in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_unverified_citations_are_marked(language: Language) -> None:
    mark = {Language.EN: "unverified citation", Language.JA: "出典未確認"}[language]
    assert mark in render_html(review_of("kaze-x1"), language)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_japanese_report_leaves_no_raw_names(sample: str) -> None:
    text = render_html(review_of(sample), Language.JA)
    for raw in ("not_applicable", "may_not_until_shown", "device_identifier", "first_run<"):
        assert f">{raw}" not in text


@pytest.mark.parametrize("sample", [*SAMPLES, "synthetic"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_from_evidence_is_shown_and_never_obeyed(sample: str, language: Language) -> None:
    given = synthetic_review() if sample == "synthetic" else review_of(sample)
    review = with_hostile_text(given)
    assert count(review, lambda value: value == HOSTILE) > 50
    text = render_html(review, language)
    assert "<b>canary" not in text
    assert "&lt;b&gt;canary&lt;/b&gt;" in text
    assert ">49<" not in text
    assert not {"\u202e", "\x1b"} & set(text)
    page = Page(text)
    assert page.open == []
    assert page.attributes <= ATTRIBUTES
    assert not {"b", "script", "img"} & set(page.tags)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_a_review_has_its_place(language: Language) -> None:
    review = synthetic_review()
    text = render_html(review, language)
    page = Page(text)
    assert page.open == []
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    for outcome in CARDS:
        assert f'<article class="card {outcome}"' in text
    for said in ("gcs.police.example", "our own server", "10.20.0.0/24", "police kit", "KZX1-1"):
        assert said in text
    for said in ("Foehn Holding", "another opinion", "FR 2026-1", "62.5%", "NOWHERE", "T. Sato"):
        assert said in text


def test_direction_overrides_do_not_disguise_a_file_name() -> None:
    text = render_html(synthetic_review(), Language.EN)
    assert SPOOFED_PATH not in text
    assert "\ufffdgpj.kpa\ufffd" in text


def test_a_very_long_value_is_cut_and_its_rest_counted() -> None:
    text = render_html(synthetic_review(), Language.EN)
    assert "q" * 1900 in text
    assert "q" * 2001 not in text
    assert "… (+3,017)" in text


def test_a_regime_that_does_not_apply_gives_no_leave() -> None:
    text = render_html(synthetic_review(), Language.EN)
    card = text[text.index('<article class="card not_applicable"') :]
    assert "nothing under this regime stands in the way" in card
    assert "<strong>may</strong>" not in card


def test_what_a_maker_says_and_does_not_count_is_shown() -> None:
    text = render_html(synthetic_review(), Language.JA)
    assert "採用しない申告：「いいえ」（Kaze Aero K.K.、製造者）" in text


@pytest.mark.parametrize(
    ("cap", "text"),
    [
        ("MOST_FLOWS", "1 more flows"),
        ("MOST_PARTS", "1 more parts"),
        ("MOST_FILES", "2 more files"),
        ("MOST_PROBLEMS", "1 more problems"),
        ("MOST_COVERAGE", "1 more rows of coverage"),
    ],
)
def test_long_tables_end_and_say_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch, cap: str, text: str
) -> None:
    monkeypatch.setattr(module, cap, 1)
    assert text in render_html(synthetic_review(), Language.EN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_review_of_nothing_still_renders(language: Language) -> None:
    full = synthetic_review()
    empty = msgspec.structs.replace(
        full,
        dossier=Dossier(article=Article(), evidence=()),
        case=Case(),
        determinations=(),
        leakage=msgspec.structs.replace(
            full.leakage, flows=(), test_plan=(), contradictions=(), in_the_way=(), title=None
        ),
        origin=OriginAssessment(),
        facts=(),
        observations={},
        problems=(),
        coverage=(),
    )
    page = Page(render_html(empty, language))
    assert page.open == []
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


def test_equal_reviews_give_equal_bytes() -> None:
    review = review_of("kaze-x1")
    assert render_html(review, Language.JA) == render_html(review, Language.JA)
