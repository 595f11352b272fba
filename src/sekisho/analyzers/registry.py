"""The analyzers there are, in the order they run; an explicit list, so that a reader sees it."""

from __future__ import annotations

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.bom.cyclonedx import CycloneDxAnalyzer
from sekisho.analyzers.bom.spdx import SpdxAnalyzer
from sekisho.analyzers.bom.table import PartsTableAnalyzer
from sekisho.analyzers.capture.analyzer import CaptureAnalyzer
from sekisho.analyzers.capture.keys.analyzer import KeyLogAnalyzer
from sekisho.analyzers.capture.opened.analyzer import HarAnalyzer, MitmproxyAnalyzer
from sekisho.analyzers.declaration.analyzer import DeclarationAnalyzer
from sekisho.analyzers.interface import Analyzer
from sekisho.analyzers.ownership.analyzer import OwnershipAnalyzer
from sekisho.model.units import AnalyzerId

ANALYZERS: tuple[Analyzer, ...] = (
    DeclarationAnalyzer(),
    AppAnalyzer(),
    CaptureAnalyzer(),
    HarAnalyzer(),
    MitmproxyAnalyzer(),
    KeyLogAnalyzer(),
    CycloneDxAnalyzer(),
    SpdxAnalyzer(),
    PartsTableAnalyzer(),
    OwnershipAnalyzer(),
)


def analyzer_by_id(name: AnalyzerId) -> Analyzer:
    """The analyzer with an id.

    Raises:
        KeyError: when there is none.
    """
    return {analyzer.id: analyzer for analyzer in ANALYZERS}[name]
