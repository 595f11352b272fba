"""What every kind of archive is read into: entries, and what was not read of it."""

from __future__ import annotations

from collections.abc import Generator
from typing import BinaryIO, TypeAlias

import msgspec

from sekisho.intake.limit import NotReadError, Reach
from sekisho.intake.names import safe_name


class Entry(msgspec.Struct, frozen=True):
    """A file in an archive: its safe relative name, and its bytes, to be read before the next."""

    name: str
    stream: BinaryIO


class Refusal(msgspec.Struct, frozen=True):
    """An entry, or the rest of an archive, that is not read; `name` as the archive spells it."""

    name: str
    reason: NotReadError


Entries: TypeAlias = Generator[Entry | Refusal, None, None]


class Doorkeeper:
    """Decides by its name whether an entry may come in, once."""

    def __init__(self) -> None:
        """Nobody has come in yet."""
        self._seen: set[str] = set()

    def admit(self, name: str) -> str:
        """The safe name of an entry.

        Raises:
            NotReadError: when the name leads out of the archive, or was used before.
        """
        safe = safe_name(name)
        if safe is None:
            raise NotReadError("SEK-P101")
        if safe in self._seen:
            raise NotReadError("SEK-P104")
        self._seen.add(safe)
        return safe


def cut_short(reason: str) -> Refusal:
    """That the rest of an archive cannot be read."""
    return Refusal("", NotReadError("SEK-P111", Reach.ARCHIVE, reason=reason))
