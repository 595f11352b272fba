"""The report as one HTML file: no script, nothing loaded from outside, every string escaped."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from sekisho.model.assessment import JudgedFlow
from sekisho.model.evidence import Evidence
from sekisho.model.flow import Modality
from sekisho.model.observation import Component, Flow, Observation
from sekisho.model.review import Review
from sekisho.model.units import EvidenceId, ObservationId
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.describe import describe, recipient_name
from sekisho.report.phrases import Phrases

MOST_FLOWS = 200
MOST_PARTS = 300
MOST_FINDINGS = 300


class FindingView(msgspec.Struct, frozen=True):
    """One finding as the report shows it."""

    id: ObservationId
    kind: str
    text: str
    places: tuple[str, ...]
    analyzer: str


class FileView(msgspec.Struct, frozen=True):
    """The findings on one file: those shown, and how many more there are."""

    file: Evidence
    findings: tuple[FindingView, ...]
    more: int


class FlowView(msgspec.Struct, frozen=True):
    """A judged flow with the observation it judges."""

    judged: JudgedFlow
    seen: Flow
    recipient: str


def render_html(review: Review, language: Language) -> str:
    """The whole report in one language. Equal reviews give equal bytes."""
    phrases = Phrases(load_catalog(), language)
    flows = tuple(_flow_views(review))
    files = tuple(_file_views(review, phrases))
    parts = [seen for seen in review.observations.values() if isinstance(seen, Component)]
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            review=review,
            language=language,
            p=phrases,
            title=review.dossier.article.title() or phrases.text("unnamed"),
            flows=flows[:MOST_FLOWS],
            more_flows=max(0, len(flows) - MOST_FLOWS),
            component_rows=parts[:MOST_PARTS],
            more_parts=max(0, len(parts) - MOST_PARTS),
            files=files,
            shown_files={view.file.id for view in files if view.findings},
            paths={item.id: item.path for item in review.dossier.evidence},
            observed=Modality.OBSERVED,
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("sekisho.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _flow_views(review: Review) -> Iterable[FlowView]:
    for judged in review.leakage.flows:
        seen = review.observations.get(judged.flow)
        if isinstance(seen, Flow):
            yield FlowView(judged, seen, recipient_name(seen))


def _file_views(review: Review, phrases: Phrases) -> Iterable[FileView]:
    on_file: dict[EvidenceId, list[tuple[ObservationId, Observation]]] = {}
    for name, seen in review.observations.items():
        files = dict.fromkeys(locus.evidence for locus in seen.loci)
        for file in files:
            on_file.setdefault(file, []).append((name, seen))
    for item in review.dossier.evidence:
        found = on_file.get(item.id, [])
        shown = tuple(_finding(name, seen, phrases) for name, seen in found[:MOST_FINDINGS])
        yield FileView(item, shown, max(0, len(found) - MOST_FINDINGS))


def _finding(name: ObservationId, seen: Observation, phrases: Phrases) -> FindingView:
    kind, text = describe(seen, phrases)
    return FindingView(
        name, kind, text, tuple(locus.address() for locus in seen.loci[:4]), seen.analyzer
    )
