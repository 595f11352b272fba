"""Where the code could send data: URLs as they stand in code, resources, assets and libraries.

Every URL is a possible flow, never an observed one: presence is not use. Addresses without a
scheme are noted as properties, since they may be version numbers. Identifiers that only look like
URLs (XML namespaces, licence texts; `data/signatures/namespaces.csv`) are left out and counted.

Reference: RFC 3986 (URI syntax).
Cannot: see URLs that are put together or decrypted when the app runs.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from functools import cache
from urllib.parse import urlsplit

from sekisho.analyzers.notes import Notes
from sekisho.data.files import pack_text
from sekisho.model.flow import Modality, NameSource, Protection, Recipient
from sekisho.model.locus import Locus, ZipEntry
from sekisho.model.observation import Flow, Property

PACK = "signatures/namespaces.csv"
CAPPED = "SEK-P207"
MAX_ENDPOINTS = 5_000
MAX_LOCI = 8

_SCHEMES = (
    b"https", b"http", b"wss", b"ws", b"ftps", b"ftp", b"mqtts", b"mqtt",
    b"rtsps", b"rtsp", b"rtmps", b"rtmp", b"tcp", b"udp", b"ssl",
)  # fmt: skip
_REST = re.compile(rb"://[^\x00-\x20\"'<>\\^`{|}\x7f-\xff]{4,2000}")
_WIDE_REST = re.compile(rb":\0/\0/\0(?:[\x21-\x7e]\0){4,1000}")
_LONGEST = max(map(len, _SCHEMES))
_ADDRESS = re.compile(rb"\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?(?![\d.\w])")
_FIRST_BYTE = re.compile(rb"(?<![\d.\w])\d{1,3}\Z")
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*"
)
_WIDE_ENTRIES = (".arsc", ".xml")

_PROTECTED = frozenset({"https", "wss", "ftps", "mqtts", "rtsps", "rtmps", "ssl"})
_CLEAR = frozenset({"http", "ws", "ftp", "mqtt", "rtsp", "rtmp"})

Endpoint = tuple[str, str, int | None]


class Endpoints:
    """The endpoints of an app, gathered entry by entry."""

    def __init__(self, notes: Notes) -> None:
        """Begin with none."""
        self.notes = notes
        self.found: dict[Endpoint, list[Locus]] = {}
        self.addresses: dict[str, list[Locus]] = {}
        self.namespaces = 0
        self.left_out = 0

    def scan(self, entry: str, data: bytes) -> None:
        """Look for URLs and addresses in the bytes of an entry."""
        for match in _REST.finditer(data):
            start = match.start()
            lead = _scheme_before(data[max(0, start - _LONGEST) : start])
            if lead:
                text = lead + match[0].decode("ascii")
                self._take(text, entry, start - len(lead), len(text))
        if entry.endswith(_WIDE_ENTRIES):
            self._scan_wide(entry, data)
        if entry.endswith(".dex"):
            self._scan_addresses(entry, data)

    def observe(self) -> None:
        """Note every endpoint as a possible flow, and every bare address as a property."""
        for (scheme, host, port), loci in self.found.items():
            self.notes.note(_flow(scheme, host, port, tuple(loci), self.notes))
        for address, loci in self.addresses.items():
            self.notes.note(
                Property(
                    name="address_literal",
                    value=address,
                    loci=tuple(loci),
                    analyzer=self.notes.analyzer,
                )
            )
        if self.left_out:
            self.notes.note_problem(CAPPED, {"count": str(self.left_out)}, blocks_clean=True)

    def _scan_wide(self, entry: str, data: bytes) -> None:
        """URLs in UTF-16, as binary resources may hold them."""
        for match in _WIDE_REST.finditer(data):
            start = match.start()
            before = data[max(0, start - 2 * _LONGEST) : start].decode("utf-16-le", "replace")
            lead = _scheme_before(before.encode("ascii", "replace"))
            if lead:
                text = lead + match[0].decode("utf-16-le")
                self._take(text, entry, start - 2 * len(lead), 2 * len(text))

    def _take(self, url: str, entry: str, offset: int, length: int) -> None:
        if any(url.lower().startswith(prefix) for prefix in _namespaces()):
            self.namespaces += 1
            return
        endpoint = _split(url)
        if endpoint is None:
            return
        if endpoint not in self.found and len(self.found) == MAX_ENDPOINTS:
            self.left_out += 1
            return
        loci = self.found.setdefault(endpoint, [])
        if len(loci) < MAX_LOCI:
            loci.append(ZipEntry(self.notes.evidence.id, entry, offset, length))

    def _scan_addresses(self, entry: str, data: bytes) -> None:
        for match in _ADDRESS.finditer(data):
            first = _FIRST_BYTE.search(data[max(0, match.start() - 4) : match.start()])
            text = (first[0] + match[0]).decode() if first else ""
            if not _is_public(text.partition(":")[0]) or len(self.addresses) == MAX_ENDPOINTS:
                continue
            loci = self.addresses.setdefault(text, [])
            if len(loci) < MAX_LOCI:
                loci.append(
                    ZipEntry(self.notes.evidence.id, entry, match.end() - len(text), len(text))
                )


def _scheme_before(text: bytes) -> str:
    """The scheme that the text ends with, in lower case; empty when it is none we know."""
    lowered = text.lower()
    return next((one.decode() for one in _SCHEMES if lowered.endswith(one)), "")


def _split(url: str) -> Endpoint | None:
    """Scheme, host and port of a URL; `None` when no host stands in it."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    is_address = _is_address(host)
    if not is_address and (not _HOST.fullmatch(host) or ("." not in host and host != "localhost")):
        return None
    return parts.scheme.lower(), host, port


def _flow(scheme: str, host: str, port: int | None, loci: tuple[Locus, ...], notes: Notes) -> Flow:
    protection = Protection.OPAQUE
    if scheme in _PROTECTED:
        protection = Protection.PROTECTED
    elif scheme in _CLEAR:
        protection = Protection.CLEAR
    is_address = _is_address(host)
    return Flow(
        origin="app",
        recipient=Recipient(
            host=None if is_address else host,
            host_learnt_from=NameSource.NONE if is_address else NameSource.CODE,
            address=host if is_address else None,
            port=port,
        ),
        modality=Modality.POSSIBLE,
        protocol=scheme,
        protection=protection,
        loci=loci,
        analyzer=notes.analyzer,
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_global
    except ValueError:
        return False


@cache
def _namespaces() -> tuple[str, ...]:
    return tuple(row["url_prefix"].lower() for row in csv.DictReader(pack_text(PACK).splitlines()))
