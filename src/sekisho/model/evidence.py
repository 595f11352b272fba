"""What was submitted on an article, and how it came here."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from sekisho.model.units import Bytes, EvidenceId, Seconds


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


class CaptureConditions(msgspec.Struct, frozen=True, kw_only=True):
    """Under which conditions traffic was captured.

    `mode` is the maker's word for the setting (e.g. `normal`, `local-data-mode`), `vantage` the
    place in the network (`phone`, `access-point`, `router`), `site` an ISO 3166-1 country.
    """

    phase: Phase | None = None
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
