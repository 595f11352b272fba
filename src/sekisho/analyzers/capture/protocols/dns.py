"""DNS messages: which names were asked for, and which addresses they were given.

References: RFC 1035, RFC 3596 (AAAA), RFC 6762 (multicast DNS). Compressed names are followed
backwards only and in bounded steps, so that a loop of pointers cannot hold the reader.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sekisho.analyzers.capture.file import octets

_A, _AAAA = 1, 28
_TYPE_NAMES = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV",
    64: "SVCB", 65: "HTTPS", 255: "ANY",
}  # fmt: skip
_HOST_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,126}")
_SPECIAL = frozenset(". \\")
_ESCAPED = [
    chr(byte) if 0x20 < byte < 0x7F and byte not in b".\\" else f"\\{byte:03d}"
    for byte in range(256)
]
MAX_NAME = _LONGEST_NAME = 255
_MAX_JUMPS = 32
_MAX_QUESTIONS = 32
_MAX_ANSWERS = 256
_OPCODE_MASK = 0x7800


class NameMessage(NamedTuple):
    """A DNS message as far as it could be read.

    `questions` are names with the mnemonic of the type asked for; `addresses` are packed
    addresses (4 or 16 bytes) that the message gives for the name first asked for, or, without a
    question, for the name of the record.
    """

    is_answer: bool
    questions: tuple[tuple[str, str], ...]
    addresses: tuple[tuple[bytes, str], ...]


class _UnreadableError(Exception):
    """The bytes are not a DNS message from here on."""


def read_message(data: bytes) -> NameMessage | None:
    """Read a DNS message; None when the bytes are not one.

    Answers after a damaged record are not read.
    """
    if len(data) < 12:
        return None
    flags, question_count, answer_count = (
        octets.u16(data, 2),
        octets.u16(data, 4),
        octets.u16(data, 6),
    )
    if flags & _OPCODE_MASK or not question_count + answer_count:
        return None
    if question_count > _MAX_QUESTIONS:
        return None
    is_answer = bool(flags & 0x8000)
    try:
        at, questions = _read_questions(data, question_count)
    except _UnreadableError:
        return None
    addresses: list[tuple[bytes, str]] = []
    if is_answer:
        asked = questions[0][0] if questions else None
        _read_answers(data, at, min(answer_count, _MAX_ANSWERS), asked, addresses)
    return NameMessage(is_answer, tuple(questions), tuple(addresses))


def is_plain_query(data: bytes) -> bool:
    """Whether the bytes are one ordinary question and nothing else: sure on any port.

    The name must have two labels of host-name characters, the class be Internet; one additional
    record (EDNS) may follow.
    """
    if len(data) < 12:
        return False
    flags, additional = octets.u16(data, 2), octets.u16(data, 10)
    counts_fit = octets.u32(data, 4) == 1 << 16 and not octets.u16(data, 8) and additional <= 1
    if flags & (0x8000 | _OPCODE_MASK) or not counts_fit:
        return False
    try:
        at, [(name, _)] = _read_questions(data, 1)
    except _UnreadableError:
        return False
    whole = additional == 1 or at == len(data)
    return whole and data[at - 2 : at] == b"\0\1" and _HOST_NAME.fullmatch(name) is not None


def _read_questions(data: bytes, count: int) -> tuple[int, list[tuple[str, str]]]:
    at, questions = 12, []
    for _ in range(count):
        name, at = _read_name(data, at)
        if at + 4 > len(data):
            raise _UnreadableError
        kind = data[at] << 8 | data[at + 1]
        questions.append((name, _TYPE_NAMES.get(kind, f"TYPE{kind}")))
        at += 4
    return at, questions


def _read_answers(
    data: bytes, at: int, count: int, asked: str | None, addresses: list[tuple[bytes, str]]
) -> None:
    try:
        for _ in range(count):
            name, at = _read_name(data, at)
            if at + 10 > len(data):
                return
            kind, length = octets.u16(data, at), octets.u16(data, at + 8)
            at += 10
            wanted = 4 if kind == _A else 16 if kind == _AAAA else -1
            if length == wanted and at + length <= len(data):
                addresses.append((data[at : at + length], asked or name))
            at += length
    except _UnreadableError:
        return


def _read_name(data: bytes, at: int) -> tuple[str, int]:
    """The name at `at` and the offset after it; a pointer must lead backwards."""
    labels: list[str] = []
    after, length, lowest = -1, 0, at
    for _ in range(_LONGEST_NAME + _MAX_JUMPS):
        if at >= len(data):
            raise _UnreadableError
        size = data[at]
        if size >= 0xC0:
            after = at + 2 if after < 0 else after
            at = _pointed_at(data, at, lowest)
            lowest = at
            continue
        if not size:
            return ".".join(labels), at + 1 if after < 0 else after
        length += size + 1
        if size > 63 or length > _LONGEST_NAME or at + 1 + size > len(data):
            raise _UnreadableError
        raw = data[at + 1 : at + 1 + size]
        labels.append(raw.decode("ascii") if _is_plain(raw) else _label(raw))
        at += size + 1
    raise _UnreadableError


def _pointed_at(data: bytes, at: int, lowest: int) -> int:
    if at + 1 >= len(data):
        raise _UnreadableError
    target = (data[at] & 0x3F) << 8 | data[at + 1]
    if target >= lowest:
        raise _UnreadableError
    return target


def _is_plain(raw: bytes) -> bool:
    """Whether a label consists of small letters, digits and what joins them, as nearly all do."""
    plain = True
    for byte in raw:
        plain &= 0x61 <= byte <= 0x7A or 0x30 <= byte <= 0x39 or byte in (0x2D, 0x5F)
    return plain


def _label(raw: bytes) -> str:
    """A label in lower case, with what is not printable text escaped (RFC 4343)."""
    raw = raw.lower()
    if not raw.isascii():
        try:
            text = raw.decode("utf-8").lower()
        except UnicodeDecodeError:
            text = ""
        if text.isprintable() and text and not set(text) & _SPECIAL:
            return text
    return "".join([_ESCAPED[byte] for byte in raw])
