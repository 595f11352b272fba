"""Regimes proved, compared, and put into cases for a jurist."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import yaml

from sekisho.errors import UsageError
from sekisho.law.accept import AcceptanceCase, select_cases
from sekisho.law.check import CheckFinding, check_regime
from sekisho.law.check_cases import check_cases
from sekisho.law.compare import Region, compare_regimes
from sekisho.law.regime import Regime
from sekisho.service.law_cases import load_expected_of
from sekisho.service.packs import LawPacks


class RegimeCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one regime."""

    regime: str
    digest: str
    findings: tuple[CheckFinding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing but notes was found."""
        return not any(finding.is_fault for finding in self.findings)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Where two versions of a regime differ, in one pair of readings."""

    old: str
    new: str
    reading: str | None
    regions: tuple[Region, ...]


def check_packs(packs: LawPacks, regimes: tuple[Regime, ...]) -> Iterator[RegimeCheck]:
    """Prove regimes one by one, and hold them against their cases.

    Raises:
        PackError: when a case file is missing or broken.
    """
    for regime in regimes:
        expected = load_expected_of(regime, packs)
        found = (*check_regime(regime), *check_cases(regime, expected))
        yield RegimeCheck(regime=regime.id, digest=regime.digest, findings=found)


def compare_packs(old: Regime, new: Regime) -> Iterator[Difference]:
    """Tell the differences reading by reading.

    Raises:
        UsageError: when the two do not have the same readings.
    """
    ones, others = old.in_each_reading(), new.in_each_reading()
    if [one.reading for one in ones] != [other.reading for other in others]:
        raise UsageError(
            "SEK-E009",
            "the two versions have different readings",
            why=f"{sorted(old.readings) or 'one'} against {sorted(new.readings) or 'one'}",
            next_step="give both the same readings to compare them",
        )
    for one, other in zip(ones, others, strict=True):
        yield Difference(
            old=old.digest,
            new=new.digest,
            reading=one.reading,
            regions=tuple(compare_regimes(one, other)),
        )


def write_acceptance(regime: Regime) -> str:
    """The acceptance cases of a regime as a case file that `sekisho law test` runs."""
    cases = {read.reading: select_cases(read) for read in regime.in_each_reading()}
    first = next(iter(cases.values()))[0].case
    lines = [
        f"# What {regime.id} decides; digest {regime.digest}. Strike out what the law does not say.",
        f"base: {{on: {first.on}}}",
        "cases:",
    ]
    for reading, chosen in cases.items():
        lines += [f"  - {_as_yaml(i, one, reading)}" for i, one in enumerate(chosen)]
    return "\n".join(lines) + "\n"


def _as_yaml(place: int, one: AcceptanceCase, reading: str | None) -> str:
    name = f"case {place + 1}"
    if one.beside is not None:
        name += f", as case {one.beside + 1} but for {one.shows}"
    elif one.shows == "on":
        name += ", around a day of change"
    case = one.case
    stated = {
        "name": name if reading is None else f"{name}, {reading}",
        "reading": reading,
        "on": case.on.isoformat(),
        "act": case.act,
        "task": case.task,
        "body": case.body,
        "acquired": case.acquired,
        "facts": dict(case.facts),
        "outcome": one.outcome.value,
    }
    present = {key: value for key, value in stated.items() if value is not None}
    dumped: str = yaml.safe_dump(
        present, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True
    )
    return dumped.strip()
