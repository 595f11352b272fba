"""What bytes of a clear-text protocol say: the form in which all its readers answer.

References for credentials: RFC 7617 (Basic), RFC 7616 (Digest), RFC 6750 (Bearer), RFC 3986, 3.2.1.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sekisho.model.flow import DataCategory

MAX_SAID = 64
MAX_OF_NAME = 16
"""Of one name, so that what is said often does not crowd out what is said once."""

MAX_VALUE = 256
MAX_CREDENTIALS = 4096
MAX_URL = 2048
_DIGEST_USER = re.compile(rb'\busername\s{0,8}=\s{0,8}"([^"]{1,256})"')
_USER_AND_PASSWORD = re.compile(rb"(//|sips?:)([^\s:@/<>]*+):[^\s@/<>]*+@", re.IGNORECASE)
_PASSWORD_FIELD = re.compile(rb"(pass(?:word|wd)?|pwd)=[^&;/?\s>]*+", re.IGNORECASE)


class Said(NamedTuple):
    """One thing that bytes say: which, its printable value, and where its bytes stand.

    The value of a secret is empty: that it is there is told, never what it is. `start` and
    `length` count bytes of the data that was read; `category` is what kind of data it is, if any.
    """

    name: str
    value: str
    start: int
    length: int
    category: DataCategory | None


def gathered(said: Iterable[Said]) -> list[Said]:
    """The first of each name and value, in their order, as many as the caps allow."""
    kept: list[Said] = []
    seen: set[tuple[str, str]] = set()
    of_name: dict[str, int] = {}
    for thing in said:
        key, count = (thing.name, thing.value), of_name.get(thing.name, 0)
        if key in seen or count >= MAX_OF_NAME:
            continue
        seen.add(key)
        of_name[thing.name] = count + 1
        kept.append(thing)
        if len(kept) >= MAX_SAID:
            break
    return kept


def worded(raw: bytes | bytearray) -> str:
    """Bytes as text of at most `MAX_VALUE` characters, with what cannot be printed escaped."""
    text = bytes(raw[:MAX_VALUE]).decode("utf-8", "backslashreplace").strip()
    return (text if text.isprintable() else ascii(text)[1:-1])[:MAX_VALUE]


def without_secrets(url: bytes) -> bytes:
    """A URL without what is secret in it: password and query; nothing of one too long to tell."""
    if len(url) > MAX_URL:
        return b""
    url = _USER_AND_PASSWORD.sub(rb"\1\2@", url.partition(b"?")[0])
    return _PASSWORD_FIELD.sub(rb"\1=", url)


def lines(data: bytes | bytearray, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, without what ends it; the last may lack its end."""
    while at < end:
        stop = data.find(b"\n", at, end)
        after = end if stop < 0 else stop + 1
        stop = end if stop < 0 else stop
        yield at, stop - 1 if stop > at and data[stop - 1] == 0x0D else stop
        at = after


def header_fields(data: bytes | bytearray, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Fields of a head from `at` on, as in mail, SIP and RTSP: lower-case name, value's places."""
    for start, stop in lines(data, at, end):
        colon = data.find(b":", start, min(start + 64, stop))
        if colon < 0:
            continue
        value = colon + 1
        while value < stop and data[value] in b" \t":
            value += 1
        yield bytes(data[start:colon]).rstrip().lower(), value, stop


def from_base64(raw: bytes) -> bytes:
    """What is written in base64; nothing when it is not, or is too long to be a credential."""
    if len(raw) > MAX_CREDENTIALS:
        return b""
    try:
        return binascii.a2b_base64(raw)
    except (binascii.Error, ValueError):
        return b""


def credentials(user: bytes, start: int, length: int) -> Iterator[Said]:
    """A user name and a password that stand together in one place."""
    if user:
        yield Said("user_name", worded(user), start, length, DataCategory.PERSON_IDENTIFIER)
    yield Said("password", "", start, length, DataCategory.CREDENTIAL)


def authorization(raw: bytes, at: int) -> Iterator[Said]:
    """What the value of an Authorization field says; it stands at `at`."""
    scheme, _, rest = bytes(raw[:MAX_CREDENTIALS]).strip().partition(b" ")
    match scheme.lower():
        case b"basic":
            user, colon, _ = from_base64(rest.strip()).partition(b":")
            if colon:
                yield from credentials(user, at, len(raw))
        case b"digest":
            name = _DIGEST_USER.search(rest)
            if name is not None:
                start = at + raw.find(name[1])
                person = DataCategory.PERSON_IDENTIFIER
                yield Said("user_name", worded(name[1]), start, len(name[1]), person)
        case b"bearer":
            yield Said("token", "", at, len(raw), DataCategory.CREDENTIAL)
