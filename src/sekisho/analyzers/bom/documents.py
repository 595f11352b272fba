"""JSON and XML documents of parts, read within bounds."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from sekisho.analyzers.interface import Source
from sekisho.errors import EvidenceError

MAX_BYTES = 64 << 20
MAX_XML_BYTES = 32 << 20
"""XML is read by a slower parser than JSON."""

MAX_DEPTH = 100
MAX_ELEMENTS = 1_000_000
MAX_NUMBER = 400
"""Digits of a number in JSON; no field that is read here holds one."""


def read_document(source: Source) -> bytes:
    """The bytes of a document.

    Raises:
        EvidenceError: SEK-E243 when there are more than `MAX_BYTES`.
    """
    with source.content.open("rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise unreadable(f"it has more than {MAX_BYTES} bytes")
    return data


def load_json(data: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The top object of a JSON text (RFC 8259), and the keys that stand twice in one object.

    Of a key that stands twice the last counts, as in most readers; others take the first, so that
    two readers may see two documents.

    Raises:
        EvidenceError: SEK-E243 when it is not JSON, or no object.
    """
    twice: dict[str, None] = {}

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) != len(pairs):
            names = Counter(name for name, _ in pairs)
            twice.update((name, None) for name, times in names.items() if times > 1)
        return built

    try:
        value = json.loads(data, object_pairs_hook=build, parse_int=_number, parse_float=_number)
    except RecursionError as error:
        raise unreadable("it is nested too deeply") from error
    except ValueError as error:
        raise unreadable(f"it is not JSON: {str(error)[:200]}") from error
    if not isinstance(value, dict):
        raise unreadable("its outermost value is not an object")
    return value, tuple(twice)


def _number(digits: str) -> str | float:
    """Numbers stay numbers to the reader, but a giant one is not computed."""
    return float(digits) if len(digits) <= MAX_NUMBER else digits[:MAX_NUMBER]


def load_xml(data: bytes) -> Any:
    """The root element of an XML text without a document type.

    Raises:
        EvidenceError: SEK-E243 when it is not well-formed, has a document type or entities, is too
            large, or nested too deeply.
    """
    if len(data) > MAX_XML_BYTES:
        raise unreadable(f"it has {len(data)} bytes; of XML {MAX_XML_BYTES} are read at most")
    root: Any = None
    depth = elements = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            begins = event == "start"
            depth += 1 if begins else -1
            elements += begins
            if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
                raise unreadable("it has too many elements, or nests them too deeply")
    except DefusedXmlException as error:
        why = "it has a document type or entities, which could make it mean more than it shows"
        raise unreadable(why) from error
    except (ParseError, ValueError, LookupError) as error:
        raise unreadable(f"it is not XML: {str(error)[:200]}") from error
    return root


def unreadable(why: str) -> EvidenceError:
    """The error for a document that cannot be read at all."""
    return EvidenceError(
        "SEK-E243",
        "the bill of materials cannot be read",
        why=why,
        next_step="ask for the document again, as the tool that made it wrote it",
    )
