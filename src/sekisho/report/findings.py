"""Findings grouped by the file they stand in, as many as a page can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from sekisho.model.evidence import Evidence
from sekisho.model.observation import Observation
from sekisho.model.review import Review
from sekisho.model.units import EvidenceId, ObservationId
from sekisho.report.describe import describe
from sekisho.report.phrases import Phrases

MOST_CITED = 8
MOST_IN_FILE = 300
MOST_IN_ALL = 2_000
MOST_PLACES = 4


class FindingView(msgspec.Struct, frozen=True):
    """One finding as the report shows it; `more` places are not shown."""

    id: ObservationId
    kind: str
    text: str
    places: tuple[str, ...]
    more: int
    analyzer: str


class FileView(msgspec.Struct, frozen=True):
    """The findings on one file, and how many more there are.

    `file` is `None` for findings whose file is not among the evidence.
    """

    file: Evidence | None
    findings: tuple[FindingView, ...]
    more: int


def group_findings(review: Review, phrases: Phrases) -> tuple[FileView, ...]:
    """The findings by file, in the order of the evidence.

    Each finding stands once, under the first of its files. At most `MOST_IN_FILE` of a file and
    `MOST_IN_ALL` of a review are shown; those that the rest of the report cites are chosen before
    others, so that links lead to them.
    """
    paths = {item.id: item.path for item in review.dossier.evidence}
    on_file: dict[EvidenceId | None, list[ObservationId]] = {}
    for name, seen in review.observations.items():
        on_file.setdefault(_first_file(seen, paths), []).append(name)
    shown = _chosen(review, on_file)
    views = []
    for file in (*review.dossier.evidence, None):
        found = on_file.pop(file.id if file else None, [])
        here = [name for name in found if name in shown]
        findings = tuple(_view(name, review.observations[name], paths, phrases) for name in here)
        views.append(FileView(file, findings, len(found) - len(here)))
    return tuple(views)


def _chosen(
    review: Review, on_file: Mapping[EvidenceId | None, Sequence[ObservationId]]
) -> frozenset[ObservationId]:
    """The findings to show: cited ones in the order of their citing, then the others."""
    rank = {name: place for place, name in enumerate(dict.fromkeys(_cited(review)))}
    likely = [
        name
        for found in on_file.values()
        for name in sorted(found, key=lambda name: rank.get(name, len(rank)))[:MOST_IN_FILE]
    ]
    likely.sort(key=lambda name: rank.get(name, len(rank)))
    return frozenset(likely[:MOST_IN_ALL])


def _cited(review: Review) -> Iterator[ObservationId]:
    """The findings that other sections of the report lead to."""
    for found in review.determinations:
        for fact in found.because:
            for assertion in fact.assertions:
                yield from assertion.rests_on[:MOST_CITED]
    for judged in review.leakage.flows:
        yield judged.flow
        yield from judged.corroborated_by[:MOST_CITED]
    for against in (*review.leakage.contradictions, *review.origin.contradictions):
        yield against.claim
        yield from against.against[:MOST_CITED]
    for match in review.origin.matches:
        yield from match.rests_on[:MOST_CITED]
    for owner in review.origin.controllers:
        yield from owner.rests_on[:MOST_CITED]


def _first_file(seen: Observation, paths: dict[EvidenceId, str]) -> EvidenceId | None:
    files = (locus.evidence for locus in seen.loci)
    return next((file for file in files if file in paths), None)


def _view(
    name: ObservationId, seen: Observation, paths: dict[EvidenceId, str], phrases: Phrases
) -> FindingView:
    kind, text = describe(seen, phrases)
    home = _first_file(seen, paths)
    places = tuple(
        locus.address()
        if locus.evidence == home
        else f"{paths.get(locus.evidence, locus.evidence)} {locus.address()}"
        for locus in seen.loci[:MOST_PLACES]
    )
    return FindingView(name, kind, text, places, len(seen.loci) - len(places), seen.analyzer)
