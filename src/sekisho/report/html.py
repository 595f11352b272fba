"""The report as one HTML file: no script, nothing loaded from outside, every string escaped."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from sekisho.model.assessment import JudgedFlow
from sekisho.model.flow import Modality
from sekisho.model.observation import Component, Flow
from sekisho.model.review import Review
from sekisho.model.units import ObservationId
from sekisho.model.words import Language
from sekisho.report.catalog import load_catalog
from sekisho.report.describe import recipient_name
from sekisho.report.findings import MOST_CITED, FileView, group_findings
from sekisho.report.phrases import Phrases
from sekisho.report.plain import visible
from sekisho.report.sources import cited_sources
from sekisho.report.traffic import draw_traffic

MOST_FLOWS = 200
MOST_PARTS = 300
MOST_FILES = 1_000
MOST_PROBLEMS = 500
MOST_COVERAGE = 1_000


class FlowView(msgspec.Struct, frozen=True):
    """A judged flow with the observation it judges."""

    judged: JudgedFlow
    seen: Flow
    recipient: str


class PartView(msgspec.Struct, frozen=True):
    """A part with the name of its finding."""

    id: ObservationId
    part: Component


class Rows(msgspec.Struct, frozen=True):
    """The rows of a table that are shown, and how many more there are."""

    shown: tuple[Any, ...]
    more: int


def render_html(review: Review, language: Language) -> str:
    """The whole report in one language. Equal reviews give equal bytes.

    Long tables end after a number of rows and say how many more stand in the JSON document.
    """
    phrases = Phrases(load_catalog(), language)
    files = group_findings(review, phrases)
    return (
        page_templates()
        .get_template("report.html.j2")
        .render(
            review=review,
            language=language,
            p=phrases,
            title=review.dossier.article.title() or phrases.text("unnamed"),
            flows=_rows(_flow_views(review), MOST_FLOWS),
            components=_rows(_part_views(review), MOST_PARTS),
            evidence=_rows(review.dossier.evidence, MOST_FILES),
            problems=_rows(review.problems, MOST_PROBLEMS),
            coverage=_rows(review.coverage, MOST_COVERAGE),
            most_cited=MOST_CITED,
            **_findings(files),
            facts={fact.key: fact for fact in review.facts},
            paths={item.id: item.path for item in review.dossier.evidence},
            sources=cited_sources(
                clause.citation for found in review.determinations for clause in found.clauses
            ),
            pictures=draw_traffic(review),
            observed=Modality.OBSERVED,
        )
    )


@cache
def page_templates() -> Environment:
    """The templates of all pages; everything they show is escaped."""
    return Environment(
        loader=PackageLoader("sekisho.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalize(value: Any) -> Any:
    """Make a string from evidence harmless; what a macro gave is of another type, and done."""
    return visible(value) if type(value) is str else value


def _rows(values: Iterable[Any], most: int) -> Rows:
    every = tuple(values)
    return Rows(every[:most], max(0, len(every) - most))


def _findings(files: tuple[FileView, ...]) -> dict[str, Any]:
    """The findings shown, for the tables and for the links that lead to them."""
    shown = {finding.id for view in files for finding in view.findings}
    return {
        "files": files,
        "shown": shown,
        "shown_files": {view.file.id for view in files if view.file and view.findings},
        "more_findings": sum(view.more for view in files),
    }


def _flow_views(review: Review) -> Iterable[FlowView]:
    for judged in review.leakage.flows:
        seen = review.observations.get(judged.flow)
        if isinstance(seen, Flow):
            yield FlowView(judged, seen, recipient_name(seen))


def _part_views(review: Review) -> Iterable[PartView]:
    for name, seen in review.observations.items():
        if isinstance(seen, Component):
            yield PartView(name, seen)
