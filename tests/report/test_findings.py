"""Findings by file: each once, the cited ones first, and what is left out is counted."""

from __future__ import annotations

import msgspec
import pytest

from sekisho.model.determination import Determination
from sekisho.model.observation import Observation, Property, observation_id
from sekisho.model.review import Review
from sekisho.model.units import ObservationId
from sekisho.model.words import Language
from sekisho.report import findings as module
from sekisho.report.catalog import load_catalog
from sekisho.report.findings import group_findings
from sekisho.report.html import render_html
from sekisho.report.phrases import Phrases
from tests.report.synthetic import APP, CAPTURE, IDS, A, _seen, synthetic_review

PHRASES = Phrases(load_catalog(), Language.EN)


def crowded(review: Review, number: int) -> Review:
    """The review with many findings more that nothing rests on, before all others."""
    more: list[Observation] = [
        Property(loci=_seen(APP), analyzer=A, name="url", value=f"http://{place}.example/")
        for place in range(number)
    ]
    named = {observation_id(seen): seen for seen in more}
    return msgspec.structs.replace(review, observations={**named, **review.observations})


def shown(review: Review) -> set[ObservationId]:
    return {one.id for view in group_findings(review, PHRASES) for one in view.findings}


def test_each_finding_stands_once_under_its_first_file() -> None:
    views = group_findings(synthetic_review(), PHRASES)
    names = [one.id for view in views for one in view.findings]
    assert sorted(names) == sorted(IDS)
    by_file = {view.file.id if view.file else None: view for view in views}
    assert [one.id for one in by_file[CAPTURE].findings] == [IDS[6]]
    assert [one.id for one in by_file[None].findings] == [IDS[10]]


def test_a_place_in_another_file_is_told_with_its_path() -> None:
    views = group_findings(synthetic_review(), PHRASES)
    places = views[1].findings[0].places
    assert places[0] == "frame 7 @0x400+60"
    assert places[1].endswith(".apk classes.dex@0x10+8")


def test_places_beyond_the_first_are_counted() -> None:
    part = group_findings(synthetic_review(), PHRASES)[0].findings[1]
    assert (len(part.places), part.more) == (4, 3)


@pytest.mark.parametrize("cap", ["MOST_IN_FILE", "MOST_IN_ALL"])
def test_cited_findings_are_shown_before_others(monkeypatch: pytest.MonkeyPatch, cap: str) -> None:
    monkeypatch.setattr(module, cap, 12)
    review = crowded(synthetic_review(), 40)
    assert {*IDS[:8], IDS[10]} <= shown(review)
    left_out = sum(view.more for view in group_findings(review, PHRASES))
    assert len(shown(review)) + left_out == len(review.observations)


def test_the_page_says_how_many_findings_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_IN_ALL", 12)
    page = render_html(crowded(synthetic_review(), 40), Language.EN)
    assert "12 of 51 findings are shown" in page
    assert "39 more findings on this file" in page


def test_what_deciding_facts_rest_on_goes_before_what_flows_cite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_IN_ALL", 8)
    review = synthetic_review()
    resting: Determination = review.determinations[0]
    rests_on = resting.because[1].assertions[0].rests_on[: module.MOST_CITED]
    assert shown(review) == set(rests_on)
