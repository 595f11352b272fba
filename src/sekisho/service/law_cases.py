"""The cases that are shipped beside each regime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sekisho.data.files import pack_path, pack_text
from sekisho.errors import PackError
from sekisho.law.casefile import ExpectedCases, Failure, failures_of, load_expected
from sekisho.law.regime import Regime
from sekisho.service.packs import LawPacks, unknown_regime


def run_expected(
    packs: LawPacks, names: Sequence[str]
) -> Iterator[tuple[str, int, tuple[Failure, ...]]]:
    """For each regime its id, the number of its cases, and the cases that fail.

    Raises:
        PackError: when a case file is broken or missing.
    """
    for regime in chosen_regimes(packs, names):
        expected = load_expected_of(regime, packs)
        failures = tuple(failures_of(regime, expected))
        yield regime.id, len(expected.cases), failures


def chosen_regimes(packs: LawPacks, names: Sequence[str]) -> tuple[Regime, ...]:
    """The regimes named; all when none is.

    Raises:
        UsageError: naming the nearest regime when one is not known.
    """
    for name in names:
        if name not in packs.regimes:
            raise unknown_regime(name, packs)
    return tuple(packs.regimes[name] for name in names or packs.regimes)


def load_expected_of(regime: Regime, packs: LawPacks) -> ExpectedCases:
    """The cases of a regime: those beside the file it was read from, or those shipped with it.

    Raises:
        PackError: when there are none, or the file is broken.
    """
    if regime.id in packs.beside:
        file = packs.beside[regime.id]
        return load_expected(_text_of(file), file.name, regime, error=PackError)
    name = f"cases/{regime.id}.yaml"
    if not pack_path(name).is_file():
        raise PackError(
            "SEK-E305",
            f"the regime '{regime.id}' has no cases",
            why="nobody could see that it answers as the law does",
            next_step=f"write {name}",
            where=name,
        )
    return load_expected(pack_text(name), name, regime, error=PackError)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(
            "SEK-E305",
            f"the cases of '{file.name}' cannot be read",
            why=str(error),
            next_step="write them beside the regime, as NAME.cases.yaml",
            where=str(file),
        ) from error
