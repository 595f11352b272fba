"""What was submitted on an article, and how it came here."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from sekisho.model.units import Bytes, EvidenceId, Seconds, UtcInstant


class EvidenceKind(StrEnum):
    """What a file is, by its content (never by its name)."""

    APK = "apk"
    DEX = "dex"
    ELF = "elf"
    PCAP = "pcap"
    PCAPNG = "pcapng"
    HAR = "har"
    MITMPROXY = "mitmproxy"
    KEY_LOG = "key_log"
    CYCLONEDX_JSON = "cyclonedx_json"
    CYCLONEDX_XML = "cyclonedx_xml"
    SPDX_JSON = "spdx_json"
    PARTS_TABLE = "parts_table"
    OWNERSHIP_TABLE = "ownership_table"
    DOSSIER = "dossier"
    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTANDARD = "zstandard"
    PDF = "pdf"
    IMAGE = "image"
    JSON = "json"
    XML = "xml"
    YAML = "yaml"
    TABLE = "table"
    SPREADSHEET = "spreadsheet"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class Phase(StrEnum):
    """When in the use of the article a capture was taken."""

    FIRST_RUN = "first_run"
    IDLE = "idle"
    FLIGHT = "flight"
    AFTER_FLIGHT = "after_flight"
    UPDATE = "update"


def phase_measure(phase: Phase) -> str:
    """The name of the measure of coverage that says how many seconds a phase lasts."""
    return f"{phase.value}_s"


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """When a phase began while a capture ran; `None` where nobody says which."""

    at: UtcInstant
    phase: Phase | None = None


class CaptureConditions(msgspec.Struct, frozen=True, kw_only=True):
    """Under which conditions traffic was captured.

    `mode` is the maker's word for the setting (e.g. `normal`, `local-data-mode`), `vantage` the
    place in the network (`phone`, `access-point`, `router`), `site` an ISO 3166-1 country. Where
    a capture runs through several phases, `phase` holds until the first of the `marks`, and each
    of them until the next.
    """

    phase: Phase | None = None
    marks: tuple[Mark, ...] = ()
    mode: str | None = None
    site: str | None = None
    vantage: str | None = None


class Custody(msgspec.Struct, frozen=True, kw_only=True):
    """Who handed a file over, who took it, when, and where it came from."""

    obtained_from: str | None = None
    received_by: str | None = None
    received_on: date | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a dossier.

    `path` is the name it was submitted under, inside the dossier; it is shown, never opened.
    `parent` is the archive it was unpacked from, or `None`.
    """

    id: EvidenceId
    path: str
    size: Bytes
    kind: EvidenceKind
    parent: EvidenceId | None = None
    custody: Custody = Custody()
    conditions: CaptureConditions = CaptureConditions()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Caps that hold for hostile input; reaching one is a Problem, never a silent stop."""

    file_size: Bytes = Bytes(2 << 30)
    total_size: Bytes = Bytes(8 << 30)
    files: int = 20_000
    depth: int = 4
    expansion_ratio: int = 200
    analysis_time: Seconds = Seconds(120)
    analysis_memory: Bytes = Bytes(2 << 30)
