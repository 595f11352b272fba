"""All packs that a review rests on, loaded once and known by their digests."""

from __future__ import annotations

import functools

import msgspec

from sekisho.data.files import pack_digest, pack_names, pack_text
from sekisho.law.load import load_regime
from sekisho.law.regime import Regime
from sekisho.law.vocabulary import Vocabulary, load_vocabulary
from sekisho.model.units import Sha256

VOCABULARY = "regimes/vocabulary.yaml"
NOT_REGIMES = (VOCABULARY, "regimes/sources.yaml")


class LawPacks(msgspec.Struct, frozen=True):
    """The vocabulary and every regime, by id."""

    vocabulary: Vocabulary
    regimes: dict[str, Regime]


@functools.cache
def load_law() -> LawPacks:
    """Read the vocabulary and all regimes.

    Raises:
        PackError: when one of them is broken.
    """
    shared = load_vocabulary(pack_text(VOCABULARY), VOCABULARY)
    names = [name for name in pack_names("regimes") if name not in NOT_REGIMES]
    regimes = [load_regime(pack_text(name), shared, name) for name in names]
    vocabulary = shared.with_facts(entry for regime in regimes for entry in regime.facts)
    return LawPacks(vocabulary, {regime.id: regime for regime in regimes})


def digests_of(names: tuple[str, ...]) -> dict[str, Sha256]:
    """The digest of each pack."""
    return {name: pack_digest(name) for name in names}
