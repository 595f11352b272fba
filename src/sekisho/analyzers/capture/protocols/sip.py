"""SIP by its head: who calls whom, with what.

References: RFC 3261 (7.1, 7.2, 7.3.3 for short names), RFC 3311, 3428, 3515, 3903, 6086 and 6665
for methods. Bodies are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sekisho.analyzers.capture.protocols.said import (
    Said,
    authorization,
    gathered,
    header_fields,
    without_secrets,
    worded,
)
from sekisho.model.flow import DataCategory

MAX_HEAD = 16 << 10
_REQUEST = re.compile(
    rb"(INVITE|ACK|BYE|CANCEL|REGISTER|OPTIONS|PRACK|SUBSCRIBE|NOTIFY|PUBLISH|INFO|REFER|MESSAGE"
    rb"|UPDATE) ((?:sips?|tel):[^\s]{1,1024}) SIP/2\.0\r?\n"
)
_STATUS = re.compile(rb"SIP/2\.0 ([1-6]\d\d) [^\r\n]{0,256}\r?\n")
_PEOPLE = {
    b"from": "from",
    b"f": "from",
    b"to": "to",
    b"t": "to",
    b"contact": "contact",
    b"m": "contact",
}
_SOFTWARE = frozenset((b"user-agent", b"server"))
_AUTHORIZATION = frozenset((b"authorization", b"proxy-authorization"))


def is_sip(data: bytes | bytearray) -> bool:
    """Whether the first line of a request or an answer stands at the beginning."""
    return _REQUEST.match(data) is not None or _STATUS.match(data) is not None


def read_sip(data: bytes) -> list[Said]:
    """What the head at the beginning says: method, both ends, software, user names."""
    return gathered(_said(data))


def _said(data: bytes) -> Iterator[Said]:
    request, status = _REQUEST.match(data), _STATUS.match(data)
    first = request or status
    if first is None:
        return
    name = "method" if request else "status"
    yield Said(name, first[1].decode(), first.start(1), len(first[1]), None)
    if request is not None:
        url = worded(without_secrets(request[2]))
        yield Said("url", url, request.start(2), len(request[2]), None)
    last = min(len(data), MAX_HEAD)
    end = data.find(b"\r\n\r\n", first.end() - 2, last)
    for field, start, stop in header_fields(data, first.end(), last if end < 0 else end):
        value = data[start:stop]
        if field in _PEOPLE:
            person = DataCategory.PERSON_IDENTIFIER
            text = worded(without_secrets(value))
            yield Said(_PEOPLE[field], text, start, stop - start, person)
        elif field in _SOFTWARE:
            yield Said("software", worded(value), start, stop - start, None)
        elif field in _AUTHORIZATION:
            yield from authorization(value, start)
