"""Where the code could send data: URLs as they stand in code, resources, assets and libraries.

Every URL is a possible flow, never an observed one: presence is not use. Addresses and host names
without a scheme are noted as properties, since they may be something else. Identifiers that only look like
URLs (XML namespaces, licence texts; `data/signatures/namespaces.csv`) are left out and counted.

References: RFC 3986 (URI syntax); RFC 6761 (localhost).
Cannot: see URLs that are put together or decrypted when the app runs.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import SplitResult, urlsplit

import msgspec

from sekisho.analyzers.app.dex import Dex
from sekisho.analyzers.app.hosts import find_hosts
from sekisho.analyzers.app.running import RunningCode, shown_way
from sekisho.analyzers.notes import Notes
from sekisho.data.files import pack_text
from sekisho.model.flow import Modality, NameSource, Protection, Recipient
from sekisho.model.locus import Locus, ZipEntry
from sekisho.model.observation import Flow, Property

PACK = "signatures/namespaces.csv"
CAPPED = "SEK-P207"
MAX_ENDPOINTS = 5_000
MAX_LOCI = 8
MAX_LEFT_OUT = 100_000
"""After so many mentions beyond the cap the rest is not looked at: it could change nothing."""
LOCAL = "localhost"

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
"""Scheme, host and port."""

Literal = tuple[str, str]
"""What is noted as a property: `address_literal` or `host_literal`, and the text."""


class Endpoints:
    """The endpoints of an app, gathered entry by entry."""

    def __init__(self, notes: Notes) -> None:
        """Begin with none."""
        self.notes = notes
        self.found: dict[Endpoint, list[Locus]] = {}
        self.literals: dict[Literal, list[Locus]] = {}
        self.namespaces = 0
        self.left_out = 0

    def scan(self, entry: str, data: bytes) -> None:
        """Look for URLs and addresses in the bytes of an entry."""
        for text, start in _urls(data):
            if self.left_out >= MAX_LEFT_OUT:
                return
            self._take(text, entry, start, len(text))
        if entry.endswith(_WIDE_ENTRIES):
            self._scan_wide(entry, data)

    def scan_code(self, entry: str, dex: Dex) -> None:
        """Look for addresses and host names without a scheme in a DEX file."""
        self._scan_addresses(entry, dex.data)
        for host, offset in find_hosts(dex):
            self._take_literal(("host_literal", host), entry, offset)

    def observe(self, running: RunningCode) -> None:
        """Note every endpoint as a possible flow, and everything else as a property.

        Where code that can run loads the text, the way to it is told.
        """
        ways = _ways(running)
        for endpoint, loci in self.found.items():
            flow = _flow(endpoint, tuple(loci), self.notes)
            self.notes.note(msgspec.structs.replace(flow, way=ways.get(endpoint, ())))
        for (name, value), loci in self.literals.items():
            way = shown_way(ways.get(value, ()))
            details = {"way": way} if way else {}
            seen = self.notes.analyzer
            self.notes.note(
                Property(name=name, value=value, details=details, loci=tuple(loci), analyzer=seen)
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
        if url.lower().startswith(_namespaces()):
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
            if _is_public(text.partition(":")[0]):
                self._take_literal(("address_literal", text), entry, match.end() - len(text))

    def _take_literal(self, literal: Literal, entry: str, offset: int) -> None:
        if literal not in self.literals and len(self.literals) == MAX_ENDPOINTS:
            self.left_out += 1
            return
        loci = self.literals.setdefault(literal, [])
        if len(loci) < MAX_LOCI:
            loci.append(ZipEntry(self.notes.evidence.id, entry, offset, len(literal[1])))


def _urls(data: bytes) -> Iterator[tuple[str, int]]:
    """The URLs in some bytes, and where each begins."""
    for match in _REST.finditer(data):
        start = match.start()
        lead = _scheme_before(data[max(0, start - _LONGEST) : start])
        if lead:
            yield lead + match[0].decode("ascii"), start - len(lead)


def _ways(running: RunningCode) -> dict[Endpoint | str, tuple[str, ...]]:
    """Endpoints and texts that code that can run loads, each with the first way to that code."""
    ways: dict[Endpoint | str, tuple[str, ...]] = {}
    for text, method in running.loaded_texts():
        way = running.way_to(method)
        if not way:
            continue
        ways.setdefault(text.decode("utf-8", "replace"), way)
        for url, _ in _urls(text):
            endpoint = _split(url)
            if endpoint is not None:
                ways.setdefault(endpoint, way)
    return ways


def _scheme_before(text: bytes) -> str:
    """The scheme that the text ends with, in lower case; empty when it is none we know."""
    lowered = text.lower()
    return next((one.decode() for one in _SCHEMES if lowered.endswith(one)), "")


def _split(url: str) -> Endpoint | None:
    """Scheme, host and port of a URL; `None` when no host stands in it."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    is_name = _HOST.fullmatch(host) and ("." in host or host == LOCAL)
    if not is_name and not _is_address(host):
        return None
    return parts.scheme, host, _port_of(parts)


def _port_of(parts: SplitResult) -> int | None:
    """The port; `None` also when it is filled in only when the app runs, as in `host:%d`."""
    try:
        return parts.port
    except ValueError:
        return None


def _flow(endpoint: Endpoint, loci: tuple[Locus, ...], notes: Notes) -> Flow:
    scheme, host, port = endpoint
    protection = Protection.OPAQUE
    if scheme in _PROTECTED:
        protection = Protection.PROTECTED
    elif scheme in _CLEAR:
        protection = Protection.CLEAR
    return Flow(
        origin="app",
        recipient=_recipient(host, port),
        modality=Modality.POSSIBLE,
        protocol=scheme,
        protection=protection,
        loci=loci,
        analyzer=notes.analyzer,
    )


def _recipient(host: str, port: int | None) -> Recipient:
    if _is_address(host):
        return Recipient(address=host, port=port)
    # RFC 6761 section 6.3: the name of the device itself, on every device
    is_device = host == LOCAL or host.endswith(f".{LOCAL}")
    return Recipient(
        host=host,
        host_learnt_from=NameSource.CODE,
        address="127.0.0.1" if is_device else None,
        port=port,
    )


def _is_address(host: str) -> bool:
    if not (host[-1:].isdigit() or ":" in host):
        return False
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
