"""Known values searched in payload, in the encodings that programs commonly send them in.

Plain text, percent-encoding (RFC 3986), JSON escapes (RFC 8259), base64 in its three alignments
(RFC 4648, both alphabets), hexadecimal, digests, and the binary forms of numbers and places. A
value is found only as a whole: a longer number or word that contains it is another value.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from sekisho.analyzers.capture.content.binary_values import (
    NEAR,
    Pattern,
    hexadecimal_digests,
    is_near,
    spell_binary,
)
from sekisho.analyzers.capture.content.needles import Needles
from sekisho.model.flow import DataCategory, KnownValue

SHORTEST = 4
"""Characters a value must have to be searched: shorter ones turn up by chance."""

SHORTEST_ENCODED = 6
"""Characters a value must have to be searched in base64 and hexadecimal."""

SHORTEST_JOINED = 8
"""Characters a value must have to be found right beside a letter or digit of the other class."""

MAX_MATCHES = 64
"""Matches of one spelling reported for each window."""


class Match(NamedTuple):
    """Bytes of a text that say something: where they stand, of which category, which value."""

    start: int
    length: int
    category: DataCategory
    name: str | None


class _Spelling(NamedTuple):
    """One way a value may be written; `whole` asks for a boundary on both sides."""

    needle: bytes
    value: KnownValue
    whole: bool

    def is_at(self, data: bytes, at: int) -> bool:
        """Whether the needle found at `at` is the value, not a part of another."""
        return not self.whole or _stands_alone(data, at, len(self.needle))


class _Binary(NamedTuple):
    """A value in binary."""

    needle: bytes
    value: KnownValue
    pattern: Pattern

    def is_at(self, data: bytes, at: int) -> bool:
        """Whether what else the pattern asks for stands near the needle found at `at`."""
        return is_near(data, at, self.pattern)


class KnownValues:
    """The known values, ready to be searched.

    `too_short` names the values that are not searched, `longest` is the longest spelling, `any`
    tells whether there is one to search for.
    """

    def __init__(self, values: Iterable[KnownValue]) -> None:
        """Spell every value out in all encodings."""
        exact: dict[bytes, _Spelling] = {}
        folded: dict[bytes, _Spelling] = {}
        binary: dict[Pattern, _Binary] = {}
        short: list[str] = []
        for value in values:
            if len(value.value) < SHORTEST:
                short.append(value.name)
                continue
            for pattern in spell_binary(value.value):
                binary.setdefault(pattern, _Binary(pattern.needle, value, pattern))
            for digest in hexadecimal_digests(value.value):
                folded.setdefault(digest, _Spelling(digest, value, whole=False))
            for needle in _plain_spellings(value.value):
                exact.setdefault(needle, _Spelling(needle, value, whole=True))
            if len(value.value) >= SHORTEST_ENCODED:
                for needle in _base64_spellings(value.value.encode()):
                    exact.setdefault(needle, _Spelling(needle, value, whole=False))
                digits = value.value.encode().hex().encode()
                folded.setdefault(digits, _Spelling(digits, value, whole=False))
        self.too_short = tuple(sorted(set(short)))
        self._forms: tuple[_Spelling | _Binary, ...] = (
            *exact.values(),
            *binary.values(),
            *folded.values(),
        )
        self._needles = Needles((*exact, *(pattern.needle for pattern in binary)), folded)
        self.any = bool(exact)
        spelled = [*map(len, exact), *map(len, folded)]
        spelled += [len(one.needle) + len(one.partner) + NEAR for one in binary]
        self.longest = max(spelled, default=0)

    def find(self, data: bytes) -> Iterator[Match]:
        """Every place a known value stands at, encoded or not."""
        for number, places in self._needles.find(data).items():
            form = self._forms[number]
            size, value = len(form.needle), form.value
            stand = (at for at in places if form.is_at(data, at))
            for at in islice(stand, MAX_MATCHES):
                yield Match(at, size, value.category, value.name)


def _plain_spellings(value: str) -> list[bytes]:
    percent = quote(value, safe="")
    texts = (
        value,
        percent,
        _lower_escapes(percent),
        quote_plus(value),
        json.dumps(value)[1:-1],
    )
    return [text.encode() for text in texts]


def _lower_escapes(text: str) -> str:
    """Percent-escapes in lower case, which some programs write."""
    parts = text.split("%")
    return "%".join((parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])))


def _base64_spellings(value: bytes) -> Iterator[bytes]:
    """What stands in base64 text whichever of three alignments the value has in it."""
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + value)
        first = (lead * 8 + 5) // 6
        last = (lead + len(value)) * 8 // 6
        core = encoded[first:last]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


def _stands_alone(data: bytes, at: int, size: int) -> bool:
    """Whether the bytes are not part of a longer word; a length written before them ends it too.

    A letter beside a digit joins two words, unless the value is short enough to be chance.
    """
    if at and data[at - 1] == size:
        return True
    before = data[at - 1 : at] if at else b""
    after = data[at + size : at + size + 1]
    if size < SHORTEST_JOINED:
        return not (before.isalnum() or after.isalnum())
    first, last = data[at : at + 1], data[at + size - 1 : at + size]
    return not (_same_class(before, first) or _same_class(last, after))


def _same_class(one: bytes, other: bytes) -> bool:
    return (one.isdigit() and other.isdigit()) or (one.isalpha() and other.isalpha())
