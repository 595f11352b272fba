"""Values that stand under a telling name in clear text: `imei=...`, `"lat": ...`, `<mac>...`.

A name alone proves nothing: the value must have the form the pack asks for, and a position needs
both of its coordinates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from sekisho.analyzers.capture.categories import DataCategories, Form
from sekisho.analyzers.capture.known import Match

LONGEST = 512
"""Bytes a name with its value may take; longer ones are read up to here."""

# Every repetition is bounded, so that the time is linear in the text.
# The value is looked ahead at, so that a name inside it (a query in a URL) is seen too.
_NAMED = re.compile(
    rb"(?<![A-Za-z0-9_.-])([A-Za-z][A-Za-z0-9_.-]{1,40})\\{0,3}[\"']?[ \t]{0,8}[:=>]"
    rb"(?=[ \t\r\n]{0,8}\\{0,3}[\"']?([^\x00-\x20\"'&,;<>{}\[\]\\]{1,256}))"
)
_IGNORED = str.maketrans("", "", "-_.")
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:([:-]?)[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_DEGREES = re.compile(r"-?\d{1,3}\.\d{1,16}")
_PHONE = re.compile(r"\+?\d{8,15}")
_IDENTIFIER = re.compile(r"(?=.*\d)[A-Za-z0-9._:-]{6,128}")


class NamedValueFinder:
    """Finds values that stand under the names of the pack."""

    def __init__(self, pack: DataCategories) -> None:
        """Take the names of the pack."""
        self._by_name = pack.by_name()

    def find(self, data: bytes | bytearray) -> Iterator[Match]:
        """Every place a value with a telling name and the right form stands at."""
        half: dict[Form, list[Match]] = {Form.LATITUDE: [], Form.LONGITUDE: []}
        for match in _NAMED.finditer(data):
            name = match[1].decode("ascii").lower().translate(_IGNORED)
            known = self._by_name.get(name)
            if known is None:
                continue
            category, form = known
            value = unquote_to_bytes(bytes(match[2])).decode("utf-8", "replace")
            if not has_form(value, form):
                continue
            start, end = match.span(2)
            found = Match(start, end - start, category, None)
            if form in half:
                half[form].append(found)
            else:
                yield found
        if all(half.values()):
            yield from half[Form.LATITUDE]
            yield from half[Form.LONGITUDE]


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
