"""Values that stand under a telling name in clear text: `imei=...`, `"lat": ...`, `<mac>...`.

A name alone proves nothing: the value must have the form the pack asks for, and a position needs
both of its coordinates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from sekisho.analyzers.capture.content.categories import DataCategories, Form
from sekisho.analyzers.capture.content.known import Match

LONGEST = 512
"""Bytes a name with its value may take; longer ones are read up to here."""

_SHORTEST_NAME, _LONGEST_NAME, _LONGEST_VALUE = 2, 41, 256
_MOST_BLANKS, _MOST_BACKSLASHES = 8, 3
_IGNORED = b"-_."
_BACKSLASH = 0x5C
# What each byte may be: part of a name, its beginning, part of a value, a sign after a name.
_OF_NAME, _OF_VALUE, _SIGN, _QUOTE, _BLANK, _LETTER = 1, 2, 4, 8, 16, 32
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:([:-]?)[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_DEGREES = re.compile(r"-?\d{1,3}\.\d{1,16}")
_PHONE = re.compile(r"\+?\d{8,15}")
_IDENTIFIER = re.compile(r"(?=.*\d)[A-Za-z0-9._:-]{6,128}")


def _kinds() -> bytes:
    """What each of the 256 bytes may be."""
    kinds = bytearray(256)
    for byte in range(256):
        sign = bytes((byte,))
        if byte > 0x20 and sign not in b"\"'&,;<>{}[]\\":
            kinds[byte] |= _OF_VALUE
        if byte < 0x80 and (sign.isalnum() or sign in _IGNORED):
            kinds[byte] |= _OF_NAME
        if byte < 0x80 and sign.isalpha():
            kinds[byte] |= _LETTER
        if sign in b":=>":
            kinds[byte] |= _SIGN
        if sign in b"\"'":
            kinds[byte] |= _QUOTE
        if sign in b" \t":
            kinds[byte] |= _BLANK
    return bytes(kinds)


_KINDS = _kinds()


class NamedValueFinder:
    """Finds values that stand under the names of the pack.

    A name ends before `:`, `=` or `>`, with a quote, backslashes or blanks between; every walk
    from there is bounded, so that the time is linear in the text.
    """

    def __init__(self, pack: DataCategories) -> None:
        """Take the names of the pack."""
        self._by_name = {name.encode(): said for name, said in pack.by_name().items()}

    def find(self, data: bytes) -> list[Match]:
        """Every place a value with a telling name and the right form stands at."""
        found: list[Match] = []
        latitudes: list[Match] = []
        longitudes: list[Match] = []
        for at in range(_SHORTEST_NAME, len(data) - 1):
            if not _KINDS[data[at]] & _SIGN:
                continue
            known = self._by_name.get(_name_before(data, at))
            if known is None:
                continue
            category, form = known
            start = _value_after(data, at + 1)
            end = _end_of_value(data, start)
            value = unquote_to_bytes(data[start:end]).decode("utf-8", "replace")
            if start == end or not has_form(value, form):
                continue
            match = Match(start, end - start, category, None)
            if form is Form.LATITUDE:
                latitudes.append(match)
            elif form is Form.LONGITUDE:
                longitudes.append(match)
            else:
                found.append(match)
        if latitudes and longitudes:
            found += latitudes + longitudes
        return found


def _name_before(data: bytes, at: int) -> bytes:
    """The name that ends before a sign, in lower case and without what joins words; or nothing."""
    end = at
    while end > 0 and at - end < _MOST_BLANKS and _KINDS[data[end - 1]] & _BLANK:
        end -= 1
    if end > 0 and _KINDS[data[end - 1]] & _QUOTE:
        end -= 1
    slashes = 0
    while end > 0 and slashes < _MOST_BACKSLASHES and data[end - 1] == _BACKSLASH:
        end -= 1
        slashes += 1
    start = end
    while start > 0 and end - start <= _LONGEST_NAME and _KINDS[data[start - 1]] & _OF_NAME:
        start -= 1
    if not _SHORTEST_NAME <= end - start <= _LONGEST_NAME or not _KINDS[data[start]] & _LETTER:
        return b""
    return data[start:end].lower().translate(None, _IGNORED)


def _value_after(data: bytes, at: int) -> int:
    """Where the value begins after a sign."""
    size, start = len(data), at
    while at < size and at - start < _MOST_BLANKS and data[at] in b" \t\r\n":
        at += 1
    start = at
    while at < size and at - start < _MOST_BACKSLASHES and data[at] == _BACKSLASH:
        at += 1
    return at + 1 if at < size and _KINDS[data[at]] & _QUOTE else at


def _end_of_value(data: bytes, start: int) -> int:
    """Where the value that begins at `start` ends."""
    at, last = start, min(len(data), start + _LONGEST_VALUE)
    while at < last and _KINDS[data[at]] & _OF_VALUE:
        at += 1
    return at


def has_form(value: str, form: Form) -> bool:
    """Whether a value has the form a name asks for."""
    return value.isascii() and _CHECKS[form](value) if form is not Form.WORDS else len(value) > 1


def _is_imei(value: str) -> bool:
    return value.isdigit() and len(value) == 15 and value.strip("0") != "" and _luhn(value)


def _is_imsi(value: str) -> bool:
    return value.isdigit() and len(value) in (14, 15) and value[0] in "234567"


def _is_iccid(value: str) -> bool:
    return value.isdigit() and 19 <= len(value) <= 20 and value[:2] == "89" and _luhn(value)


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_mac(value: str) -> bool:
    plain = value.replace(":", "").replace("-", "").lower()
    return _MAC.fullmatch(value) is not None and len(set(plain)) > 1


def _is_degrees(limit: float) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        within = _DEGREES.fullmatch(value) is not None and abs(float(value)) <= limit
        return within and float(value) != 0

    return check


_CHECKS: dict[Form, Callable[[str], bool]] = {
    Form.IMEI: _is_imei,
    Form.IMSI: _is_imsi,
    Form.ICCID: _is_iccid,
    Form.MAC: _is_mac,
    Form.LATITUDE: _is_degrees(90),
    Form.LONGITUDE: _is_degrees(180),
    Form.EMAIL: lambda value: _EMAIL.fullmatch(value) is not None,
    Form.PHONE: lambda value: _PHONE.fullmatch(value) is not None,
    Form.IDENTIFIER: lambda value: _IDENTIFIER.fullmatch(value) is not None,
    Form.SECRET: lambda value: 4 <= len(value) <= 4096,
}
