"""What a part is for, by the words that documents use for it."""

from __future__ import annotations

from functools import cache

import msgspec

from sekisho.data.files import pack_text
from sekisho.errors import PackError
from sekisho.intake.tables import canonical_spelling
from sekisho.model.observation import PartKind
from sekisho.strict_yaml import decode

PACK = "signatures/part_kinds.yaml"


class _Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: dict[PartKind, tuple[str, ...]]


def identify_part_kind(words: str) -> PartKind | None:
    """The kind that a category names, whole and exactly; `None` when no row of the pack has it."""
    known = load_part_kinds()
    spelling = canonical_spelling(words)
    return known.get(spelling) or known.get(spelling.removesuffix("s"))


@cache
def load_part_kinds() -> dict[str, PartKind]:
    """Every known spelling with its kind; the words of the vocabulary itself are among them.

    Raises:
        PackError: when the pack is broken, or gives one word to two kinds.
    """
    pack = decode(pack_text(PACK), _Pack, file=PACK, error=PackError, code="SEK-E359")
    known = {canonical_spelling(kind.value): kind for kind in PartKind if kind in _PLAIN}
    for kind, spellings in pack.kinds.items():
        for spelling in spellings:
            if known.setdefault(canonical_spelling(spelling), kind) is not kind:
                raise PackError(
                    "SEK-E359",
                    f"the word '{spelling}' stands for two kinds of part",
                    why="only one of them could count",
                    next_step="keep it in one row",
                    where=PACK,
                )
    return known


_PLAIN = frozenset(PartKind) - {PartKind.SOFTWARE}
"""Kinds whose own word says enough; "software" alone leaves open what the software is for."""
