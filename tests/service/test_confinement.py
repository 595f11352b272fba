"""An analysis can hang, crash, grab memory or call out: the review goes on and says so."""

from __future__ import annotations

import multiprocessing
import os
import socket
import time
from pathlib import Path

import pytest

from sekisho.analyzers.interface import Analyzer, Context, Source
from sekisho.analyzers.registry import ANALYZERS, analyzer_by_id
from sekisho.errors import EvidenceError
from sekisho.model.evidence import Evidence, EvidenceKind, Limits
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId, Bytes, EvidenceId, Seconds, Sha256
from sekisho.service import confinement
from sekisho.service.confinement import analyze_confined, analyze_openly
from tests.service.conftest import EXAMPLES

APK = EXAMPLES / "kaze-x1/evidence/app/kaze-pilot.apk"


def source(path: Path = APK, kind: EvidenceKind = EvidenceKind.APK) -> Source:
    evidence = Evidence(
        id=EvidenceId(Sha256("a" * 64)), path="app.apk", size=Bytes(path.stat().st_size), kind=kind
    )
    return Source(evidence=evidence, content=path)


class Misbehaves:
    """An analyzer that does something an analyzer must not."""

    id = AnalyzerId("test.misbehaves/1")
    kinds = frozenset({EvidenceKind.APK})
    packs: tuple[str, ...] = ()
    doc = ANALYZERS[0].doc

    def __init__(self, how: str) -> None:
        self.how = how

    def analyze(self, source: Source, context: Context) -> Findings:
        del source, context
        match self.how:
            case "unreadable":
                raise EvidenceError("SEK-E299", "odd", why="broken", next_step="mend")
            case "memory":
                raise MemoryError
            case "crash":
                raise ZeroDivisionError
            case "hang":
                time.sleep(60)
            case "die":
                os._exit(3)
            case "connect":
                socket.socket(socket.AF_UNIX)
            case "program":
                os.system("true")
        return Findings()


def registered(monkeypatch: pytest.MonkeyPatch, how: str) -> Analyzer:
    """Make the analysis process find the misbehaving analyzer, by starting it from here."""
    analyzer = Misbehaves(how)
    monkeypatch.setattr(confinement, "_machine", lambda: multiprocessing.get_context("fork"))
    monkeypatch.setattr("sekisho.analyzers.registry.analyzer_by_id", lambda _: analyzer)
    return analyzer


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("unreadable", confinement.UNREADABLE),
        ("memory", confinement.OUT_OF_MEMORY),
        ("crash", confinement.BROKE_DOWN),
    ],
)
def test_whatever_an_analyzer_raises_becomes_a_reply(how: str, code: str) -> None:
    reply = analyze_openly(Misbehaves(how), source(), Context())
    assert reply.findings is None
    assert reply.problem == code


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("hang", confinement.TIMED_OUT),
        ("die", confinement.BROKE_DOWN),
        ("connect", confinement.BROKE_DOWN),
        ("program", confinement.BROKE_DOWN),
    ],
)
def test_a_misbehaving_analysis_is_stopped_and_told(
    monkeypatch: pytest.MonkeyPatch, how: str, code: str
) -> None:
    analyzer = registered(monkeypatch, how)
    context = Context(limits=Limits(analysis_time=Seconds(1.5)))
    found = analyze_confined(analyzer, source(), context)
    assert [problem.code for problem in found.problems] == [code]
    assert found.problems[0].blocks_clean
    assert found.coverage[0].status is CoverageStatus.FAILED


def test_a_confined_analysis_finds_what_an_open_one_does() -> None:
    analyzer = analyzer_by_id(AnalyzerId("app.apk/2"))
    confined = analyze_confined(analyzer, source(), Context())
    assert confined == analyze_openly(analyzer, source(), Context()).findings


def test_every_analyzer_has_a_name_of_its_own_and_says_what_it_cannot() -> None:
    names = [analyzer.id for analyzer in ANALYZERS]
    assert len(set(names)) == len(names)
    for analyzer in ANALYZERS:
        assert analyzer.doc.references
        assert analyzer.kinds
        for words in (analyzer.doc.title, *analyzer.doc.limitations):
            assert words.en != words.ja
