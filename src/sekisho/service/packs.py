"""All packs that a review rests on, loaded once and known by their digests."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

import msgspec

from sekisho.data.files import VOCABULARY, pack_digest, pack_names, pack_text
from sekisho.errors import PackError, UsageError, did_you_mean
from sekisho.law.load import load_regime
from sekisho.law.regime import Regime
from sekisho.law.vocabulary import Vocabulary, load_vocabulary
from sekisho.model.units import Sha256

NOT_REGIMES = (VOCABULARY, "regimes/sources.yaml")


class LawPacks(msgspec.Struct, frozen=True):
    """The vocabulary and every regime, by id.

    `beside` names for regimes of the user's own the file of their cases.
    """

    vocabulary: Vocabulary
    regimes: dict[str, Regime]
    beside: dict[str, Path] = {}


@functools.cache
def load_law() -> LawPacks:
    """Read the vocabulary and all regimes that are shipped.

    Raises:
        PackError: when one of them is broken.
    """
    names = [name for name in pack_names("regimes") if name not in NOT_REGIMES]
    shared = _shared_vocabulary()
    return _joined([load_regime(pack_text(name), shared, name) for name in names])


def load_pack(file: Path) -> Regime:
    """Read a regime from a file of the user's own.

    Raises:
        PackError: when it cannot be read or is broken.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(
            "SEK-E307",
            f"the regime '{file.name}' cannot be read",
            why=str(error),
            next_step="name a readable YAML file",
            where=str(file),
        ) from error
    return load_regime(text, _shared_vocabulary(), file.name)


def with_packs(packs: LawPacks, files: Iterable[Path]) -> LawPacks:
    """The packs with further regimes; one with the id of a shipped regime takes its place.

    Raises:
        PackError: when one is broken, or two define the same fact.
    """
    further = {load_pack(file): file for file in files}
    if not further:
        return packs
    ids = {regime.id for regime in further}
    joined = _joined([*(one for one in packs.regimes.values() if one.id not in ids), *further])
    beside = {one.id: file.with_suffix(".cases.yaml") for one, file in further.items()}
    return msgspec.structs.replace(joined, beside=beside)


def unknown_regime(name: str, packs: LawPacks, where: str = "") -> UsageError:
    """The error for a regime that nobody knows, naming the nearest."""
    return UsageError(
        "SEK-E004",
        f"there is no regime '{name}'",
        why=f"known regimes: {', '.join(packs.regimes)}",
        next_step=did_you_mean(name, packs.regimes, "use one of these"),
        where=where,
    )


@functools.cache
def _shared_vocabulary() -> Vocabulary:
    return load_vocabulary(pack_text(VOCABULARY), VOCABULARY)


def _joined(regimes: list[Regime]) -> LawPacks:
    """All regimes, and the words of all of them."""
    owner: dict[str, str] = {}
    for regime in regimes:
        for entry in regime.facts:
            other = owner.setdefault(entry.key, regime.id)
            if other != regime.id:
                raise PackError(
                    "SEK-E308",
                    f"'{other}' and '{regime.id}' both define the fact '{entry.key}'",
                    why="a fact that is stated could be meant for either",
                    next_step="rename one, or move it to the shared vocabulary",
                )
    vocabulary = _shared_vocabulary().with_facts(
        entry for regime in regimes for entry in regime.facts
    )
    return LawPacks(vocabulary, {regime.id: regime for regime in regimes})


def digests_of(names: tuple[str, ...]) -> dict[str, Sha256]:
    """The digest of each pack."""
    return {name: pack_digest(name) for name in names}
