"""Where in a piece of evidence something was seen: a typed place, never a bare number or string."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from sekisho.model.units import EvidenceId


class ByteRange(msgspec.Struct, frozen=True, tag="byte_range"):
    """`length` bytes from `offset` (0-based) of the evidence file itself."""

    evidence: EvidenceId
    offset: int
    length: int

    def address(self) -> str:
        """The place in words a person can follow."""
        return f"@{self.offset:#x}+{self.length}"


class ZipEntry(msgspec.Struct, frozen=True, tag="zip_entry"):
    """A place in the uncompressed bytes of an entry of a ZIP (an APK is one).

    `offset` and `length` count uncompressed bytes of the entry; a length of 0 means the entry.
    """

    evidence: EvidenceId
    entry: str
    offset: int = 0
    length: int = 0

    def address(self) -> str:
        """The place in words a person can follow."""
        return f"{self.entry}@{self.offset:#x}+{self.length}" if self.length else self.entry


class DexMethod(msgspec.Struct, frozen=True, tag="dex_method"):
    """A class, or a method of it, in a DEX file inside an APK, in Java's dotted spelling."""

    evidence: EvidenceId
    entry: str
    class_name: str
    method: str | None = None

    def address(self) -> str:
        """The place in words a person can follow."""
        member = f".{self.method}" if self.method is not None else ""
        return f"{self.entry}:{self.class_name}{member}"


class PcapFrame(msgspec.Struct, frozen=True, tag="pcap_frame"):
    """Bytes of one captured frame.

    `frame` is 1-based as in Wireshark; `offset` (0-based) and `length` count bytes of the
    evidence file, so that the bytes can be read without parsing the capture again.
    """

    evidence: EvidenceId
    frame: int
    offset: int
    length: int

    def address(self) -> str:
        """The place in words a person can follow."""
        return f"frame {self.frame} @{self.offset:#x}+{self.length}"


class LogRecord(msgspec.Struct, frozen=True, tag="log_record"):
    """The `record`-th record (1-based) of a flight log, at byte `offset` (0-based)."""

    evidence: EvidenceId
    record: int
    offset: int

    def address(self) -> str:
        """The place in words a person can follow."""
        return f"record {self.record} @{self.offset:#x}"


class JsonPointer(msgspec.Struct, frozen=True, tag="json_pointer"):
    """A value in a JSON or YAML document (RFC 6901); `line` is 1-based where it is known."""

    evidence: EvidenceId
    pointer: str
    line: int | None = None

    def address(self) -> str:
        """The place in words a person can follow."""
        line = f" (line {self.line})" if self.line is not None else ""
        return f"{self.pointer or '/'}{line}"


class XmlElement(msgspec.Struct, frozen=True, tag="xml_element"):
    """An element of an XML document, as a path of names with 1-based positions."""

    evidence: EvidenceId
    path: str

    def address(self) -> str:
        """The place in words a person can follow."""
        return self.path


class TableRow(msgspec.Struct, frozen=True, tag="table_row"):
    """A row (1-based, the header counts) of a CSV or spreadsheet; `sheet` is empty for CSV."""

    evidence: EvidenceId
    row: int
    sheet: str = ""

    def address(self) -> str:
        """The place in words a person can follow."""
        return f"{self.sheet + ' ' if self.sheet else ''}row {self.row}"


class DocumentPage(msgspec.Struct, frozen=True, tag="document_page"):
    """A page (1-based) of a document."""

    evidence: EvidenceId
    page: int

    def address(self) -> str:
        """The place in words a person can follow."""
        return f"page {self.page}"


Locus: TypeAlias = (
    ByteRange
    | ZipEntry
    | DexMethod
    | PcapFrame
    | LogRecord
    | JsonPointer
    | XmlElement
    | TableRow
    | DocumentPage
)
