"""What kind of text a file is: judged by a bounded piece of its beginning."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
import yaml

from sekisho.intake.tables import HEADER_ROWS, find_header, load_table_headers
from sekisho.model.evidence import EvidenceKind

WHOLE_JSON = 64 << 20
"""A JSON document up to this size is read whole, because its keys may stand in any order."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_WIDEST = 6
"""Bytes that a character cut off at the end of the head may lack."""

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_JSON_START = re.compile(r'(\{\s*["}]|\[\s*[\[{"\]\-0-9tfn])')
_CYCLONEDX_JSON = re.compile(r'"bomFormat"\s*:\s*"CycloneDX"')
_SPDX_JSON = re.compile(r'"spdxVersion"\s*:\s*"SPDX-')
_HAR = re.compile(r'\{\s*"log"\s*:\s*\{\s*"(?:version|creator|browser|pages|entries|comment)"')
_XML_ELEMENT = re.compile(r"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)([^<>]*)>?")
_CYCLONEDX_XML = re.compile(r"http://cyclonedx\.org/schema/bom/")
_KEY_LOG = re.compile(
    r"(?:#[^\n]{0,1000}\n){0,100}"
    r"(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:HANDSHAKE_|EARLY_)?TRAFFIC_SECRET(?:_0)?|EXPORTER_SECRET)"
    r" [0-9A-Fa-f]{64} [0-9A-Fa-f]{32}"
)
"""The first secret of a TLS key log (draft-ietf-tls-keylogfile), after comments."""

_HTML = "html"
_DELIMITERS = ",;\t"
_MAX_HEADER_CELL = 80
_MAX_YAML_DEPTH = 40
_DOSSIER_KEY = "sekisho"
_INK = re.compile(r"\S")
_BLANK = re.compile(r"\s|^$")


class _JsonHead(msgspec.Struct):
    """The two members that tell the kind; everything else is passed over, not built."""

    bom_format: msgspec.Raw = msgspec.field(name="bomFormat", default=msgspec.Raw())
    spdx_version: msgspec.Raw = msgspec.field(name="spdxVersion", default=msgspec.Raw())


def decode_head(head: bytes, *, whole: bool) -> str | None:
    """The text that the first bytes of a file are, or `None` when they are not text.

    Tried are UTF-8, UTF-16 (with its mark, or plainly of Latin text) and Shift_JIS. `whole` says
    that the head is the whole file; otherwise its last character may be cut.
    """
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return _decode(head[len(mark) :], encoding, whole=whole)
    for encoding in ("utf-8", *_utf16_guess(head), "cp932"):
        if (text := _decode(head, encoding, whole=whole)) is not None:
            return text
    return None


def _utf16_guess(head: bytes) -> tuple[str, ...]:
    """UTF-16 by the zero bytes that its Latin letters have in every other place."""
    if head[1::2].count(0) * 2 > len(head[1::2]):
        return ("utf-16-le",)
    if head[::2].count(0) * 2 > len(head[::2]):
        return ("utf-16-be",)
    return ()


def _decode(head: bytes, encoding: str, *, whole: bool) -> str | None:
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError as error:
        if whole or error.start < len(head) - _WIDEST:
            return None
        text = head[: error.start].decode(encoding)
    return None if _NOT_TEXT.search(text) else text


def identify_text(text: str, *, cut: bool, content: Callable[[], bytes | None]) -> EvidenceKind:
    """The kind of a text.

    Args:
        text: the beginning of the file, decoded.
        cut: whether the file goes on after it.
        content: reads the whole file; gives `None` when it is larger than `WHOLE_JSON`.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if _JSON_START.match(start):
        return _identify_json(start, content())
    if start.startswith("<"):
        return _identify_xml(start)
    if _KEY_LOG.match(start):
        return EvidenceKind.KEY_LOG
    return _identify_plain(text, cut=cut)


def _identify_json(start: str, content: bytes | None) -> EvidenceKind:
    """CycloneDX, SPDX, HAR or other; broken JSON is judged by what its beginning shows."""
    if _HAR.match(start):
        return EvidenceKind.HAR
    by_beginning = EvidenceKind.JSON
    if _CYCLONEDX_JSON.search(start):
        by_beginning = EvidenceKind.CYCLONEDX_JSON
    elif _SPDX_JSON.search(start):
        by_beginning = EvidenceKind.SPDX_JSON
    if content is None or not start.startswith("{"):
        return by_beginning
    try:
        head = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_JsonHead)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return by_beginning
    if bytes(head.bom_format) == b'"CycloneDX"':
        return EvidenceKind.CYCLONEDX_JSON
    if bytes(head.spdx_version).startswith(b'"SPDX-'):
        return EvidenceKind.SPDX_JSON
    return EvidenceKind.JSON


def _identify_xml(start: str) -> EvidenceKind:
    root = _XML_ELEMENT.match(start, _after_prolog(start))
    if root is None or root[2].lower() == _HTML:
        return EvidenceKind.TEXT
    if root[2] == "bom" and _CYCLONEDX_XML.search(root[3]):
        return EvidenceKind.CYCLONEDX_XML
    return EvidenceKind.XML


def _after_prolog(text: str) -> int:
    """Where the root element begins: after the declaration, comments and document type."""
    closings = (("<?", "?>"), ("<!--", "-->"))
    at = 0
    while text.startswith(("<?", "<!"), at):
        closing = next((end for start, end in closings if text.startswith(start, at)), ">")
        end = text.find(closing, at)
        if closing == ">" and "[" in text[at:end]:
            closing = "]>"
            end = text.find(closing, at)
        if end < 0:
            break
        at = end + len(closing)
        at = len(text) if (mark := _INK.search(text, at)) is None else mark.start()
    return at


def _identify_plain(text: str, *, cut: bool) -> EvidenceKind:
    """A dossier manifest, a table, other YAML, or just text."""
    keys = _yaml_keys(text, cut=cut)
    if keys is not None and _DOSSIER_KEY in keys:
        return EvidenceKind.DOSSIER
    rows = _first_rows(text, cut=cut)
    if (known := identify_rows(rows)) is not None:
        return known
    if keys is not None and (len(keys) > 1 or text.lstrip().startswith("---")):
        return EvidenceKind.YAML
    return EvidenceKind.TABLE if any(map(_is_table, rows)) else EvidenceKind.TEXT


def _yaml_keys(text: str, *, cut: bool) -> list[str] | None:
    """The top keys of a YAML mapping, or `None` when the text is no mapping.

    Keys with blanks are how prose with colons reads as YAML; they make it no mapping.
    """
    nodes: list[str] = []
    try:
        for node in _top_nodes(text):
            nodes.append(node)  # noqa: PERF402 - what came before an error is kept
    except (yaml.YAMLError, ValueError):
        if not cut and _DOSSIER_KEY not in nodes[::2]:
            return None
    keys = nodes[::2]
    return None if not keys or any(map(_BLANK.search, keys)) else keys


def _top_nodes(text: str) -> Iterator[str]:
    """Keys and values of the top mapping in turn; what is no plain word is a blank.

    Events are read, not the document: a document is composed by recursion, and hostile ones are
    deep.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.NodeEvent):
            if depth == 0 and not isinstance(event, yaml.MappingStartEvent):
                return
            if depth == 1:
                yield getattr(event, "value", " ")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_YAML_DEPTH:
            return


def identify_rows(sheets: Iterable[Sequence[Sequence[str]]]) -> EvidenceKind | None:
    """The kind that the header of any of some tables shows, by its first rows."""
    headers = load_table_headers()
    for rows in sheets:
        if find_header(rows, headers.ownership_table):
            return EvidenceKind.OWNERSHIP_TABLE
        if find_header(rows, headers.parts_table):
            return EvidenceKind.PARTS_TABLE
    return None


def _first_rows(text: str, *, cut: bool) -> list[list[list[str]]]:
    """The first rows of the text, read with each delimiter that a table may have."""
    return [_rows_by(text, delimiter, cut=cut) for delimiter in _DELIMITERS if delimiter in text]


def _rows_by(text: str, delimiter: str, *, cut: bool) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(rows) > HEADER_ROWS:
                return rows
            rows.append(row)
    except csv.Error:
        return rows
    return rows[:-1] if cut else rows


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows read like a table with a header: even, short heads, more than a line or two."""
    rows = [row for row in rows if row]
    width = len(rows[0]) if rows else 0
    if width < 2 or len(rows) < (3 if width == 2 else 2) or any(len(row) != width for row in rows):
        return False
    head = [cell.strip() for cell in rows[0]]
    return len(set(head)) == width and all(0 < len(cell) <= _MAX_HEADER_CELL for cell in head)
