"""The HTML report: complete, in both languages, and deaf to what evidence says."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from sekisho.model.words import Language
from sekisho.report.html import render_html
from tests.report.samples import HOSTILE, count, review_of, with_hostile_text

SAMPLES = ["kaze-x1", "mizu-s2", "hoshi-m3"]
LANGUAGES = list(Language)


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)
        for name, value in attributes:
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
        for clause in determination.clauses:
            assert clause.id in text
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


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_from_evidence_is_shown_and_never_obeyed(sample: str, language: Language) -> None:
    review = with_hostile_text(review_of(sample))
    assert count(review, lambda value: value == HOSTILE) > 50
    text = render_html(review, language)
    assert "<b>canary" not in text
    assert "&lt;b&gt;canary&lt;/b&gt;" in text
    assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|>49<", text)
    assert Page(text).open == []


def test_equal_reviews_give_equal_bytes() -> None:
    review = review_of("kaze-x1")
    assert render_html(review, Language.JA) == render_html(review, Language.JA)
