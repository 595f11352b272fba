"""The tests that the need profile asks for, how much of each was done, and what is still owed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from sekisho.leakage.needs import NeedProfile, PlannedTest, TestKind, TestUnit
from sekisho.model.assessment import JudgedFlow, Judgement, OwedTest
from sekisho.model.evidence import Evidence, EvidenceKind, Phase, phase_measure
from sekisho.model.observation import Behaviour
from sekisho.model.problem import Coverage, CoverageStatus, Message
from sekisho.model.units import EvidenceId

CAPTURES = frozenset({EvidenceKind.PCAP, EvidenceKind.PCAPNG})
APPS = frozenset({EvidenceKind.APK, EvidenceKind.DEX})

MAX_NAMED = 20
"""So many recipients that code could reach are listed each by name; the count tells of the rest."""

_SECONDS_A_MINUTE = 60
_ROUNDING = 1e-9


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence, what was looked at in it, and behaviours that keep it from being clean."""

    evidence: Mapping[EvidenceId, Evidence]
    coverage: Mapping[EvidenceId, tuple[Coverage, ...]]
    blocking: tuple[Behaviour, ...]

    def wholly(self, item: Evidence) -> bool:
        """Whether some analyzer looked at the evidence, and none partly, failed or stayed away."""
        told = self.coverage.get(item.id, ())
        return bool(told) and all(one.status is CoverageStatus.LOOKED for one in told)

    def path(self, evidence: EvidenceId | None) -> str:
        """The name that a reader knows the evidence by."""
        if evidence is None:
            return ""
        return self.evidence[evidence].path if evidence in self.evidence else evidence[:12]


def gather_looked(
    evidence: Iterable[Evidence],
    coverage: Iterable[Coverage],
    behaviours: Iterable[Behaviour],
    profile: NeedProfile | None,
) -> Looked:
    """Lay out what was looked at, by evidence."""
    told: dict[EvidenceId, tuple[Coverage, ...]] = {}
    for one in coverage:
        told[one.evidence] = (*told.get(one.evidence, ()), one)
    names = profile.blocking_behaviours if profile else ()
    return Looked(
        evidence={item.id: item for item in evidence},
        coverage=told,
        blocking=tuple(behaviour for behaviour in behaviours if behaviour.name in names),
    )


def plan_tests(
    profile: NeedProfile, looked: Looked, flows: Sequence[JudgedFlow], possible: frozenset[str]
) -> tuple[OwedTest, ...]:
    """The tests of the profile, then those that the evidence itself makes necessary.

    Args:
        profile: of the task.
        looked: what was looked at.
        flows: as judged.
        possible: the flows among them that were seen in code only.
    """
    return (
        *(_planned(test, looked) for test in profile.test_plan),
        *_open_builds(looked),
        *_reachable(flows, possible),
    )


def _planned(test: PlannedTest, looked: Looked) -> OwedTest:
    if test.kind is TestKind.APP_ANALYSIS:
        return _app_analysis(test, looked)
    captures = [
        item
        for item in looked.evidence.values()
        if item.kind in CAPTURES and test.phase in _phases(item) and looked.wholly(item)
    ]
    measures = [(item, _measure(item, test.phase)) for item in captures]
    seconds = [_duration_s(looked.coverage[item.id], name) for item, name in measures]
    minutes = test.unit is TestUnit.MINUTES
    done = math.fsum(seconds) / _SECONDS_A_MINUTE if minutes else sum(s > 0 for s in seconds)
    phase = test.phase or Phase.IDLE
    code = "SEK-P850" if minutes else "SEK-P854"
    return _owed(test, Message(code, {"phase": phase, "wanted": f"{test.wanted:g}"}), float(done))


def _app_analysis(test: PlannedTest, looked: Looked) -> OwedTest:
    apps = [item for item in looked.evidence.values() if _is_app(item, looked)]
    closed = {locus.evidence for behaviour in looked.blocking for locus in behaviour.loci}
    done = sum(looked.wholly(item) and item.id not in closed for item in apps)
    wanted = max(test.wanted, float(len(apps)))
    test = msgspec.structs.replace(test, wanted=wanted)
    return _owed(test, Message("SEK-P851", {"wanted": f"{wanted:g}"}), float(done))


def _is_app(item: Evidence, looked: Looked) -> bool:
    """An app, but not the code taken out of one: that is looked at as part of the app."""
    parent = looked.evidence.get(item.parent) if item.parent else None
    return item.kind in APPS and not (parent and parent.kind is EvidenceKind.APK)


def _owed(test: PlannedTest, what: Message, done: float) -> OwedTest:
    return OwedTest(
        id=test.id,
        what=what,
        wanted=test.wanted,
        done=done,
        unit=test.unit,
        owed=done + _ROUNDING < test.wanted,
        words=test.what,
    )


def _phases(item: Evidence) -> tuple[Phase | None, ...]:
    """The phases that a capture was taken in."""
    conditions = item.conditions
    return (conditions.phase, *(mark.phase for mark in conditions.marks))


def _measure(item: Evidence, phase: Phase | None) -> str:
    """The measure that tells how long a phase lasts in a capture."""
    is_divided = bool(item.conditions.marks)
    return phase_measure(phase) if is_divided and phase is not None else "duration_s"


def _duration_s(told: Iterable[Coverage], measure: str) -> float:
    """How long it lasts; the longest that an analyzer measured, 0 when none did."""
    measured = (one.measures.get(measure, 0.0) for one in told)
    return max((value for value in measured if math.isfinite(value) and value > 0), default=0.0)


def _open_builds(looked: Looked) -> Iterable[OwedTest]:
    """For software that hides what runs: the same software without that."""
    files: dict[str, set[str]] = {}
    for behaviour in looked.blocking:
        paths = {looked.path(locus.evidence) for locus in behaviour.loci}
        files.setdefault(behaviour.name, set()).update(paths)
    for name in sorted(files):
        wanted = float(max(1, len(files[name])))
        yield OwedTest(
            id=f"open_build:{name}",
            what=Message("SEK-P852", {"behaviour": name, "files": ", ".join(sorted(files[name]))}),
            wanted=wanted,
            done=0.0,
            unit=TestUnit.FILES,
            owed=True,
        )


def _reachable(flows: Sequence[JudgedFlow], possible: frozenset[str]) -> Iterable[OwedTest]:
    """For recipients that code could reach and no capture settled: a test that reaches the code."""
    observed = {judged.recipient.name for judged in flows if judged.flow not in possible}
    open_names = {
        judged.recipient.name
        for judged in flows
        if judged.flow in possible and judged.judgement is Judgement.UNDECIDED
    }
    for name in sorted(open_names - observed)[:MAX_NAMED]:
        yield OwedTest(
            id=f"reachable:{name}",
            what=Message("SEK-P853", {"recipient": name}),
            wanted=1.0,
            done=0.0,
            unit=TestUnit.FILES,
            owed=True,
        )
