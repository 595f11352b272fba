"""`dossier.yaml`: the article, the case, where each file came from, and what is declared.

Every key is known or refused, with its line. `docs/reference/dossier.md` describes the file.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, NoReturn

import msgspec

from sekisho.errors import EvidenceError
from sekisho.intake.names import compared_name, safe_name
from sekisho.model.case import Case
from sekisho.model.dossier import Article, NamedRecipient
from sekisho.model.evidence import CaptureConditions, Custody, Mark, Phase
from sekisho.model.flow import DataCategory, KnownValue
from sekisho.model.observation import Voice
from sekisho.model.units import UtcInstant
from sekisho.strict_yaml import MAX_CHARACTERS, Places, decode_placed

FILE_NAME = "dossier.yaml"
EVIDENCE_FOLDER = "evidence"
VERSION = 1
CODE = "SEK-E110"

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MAX_HOST = 253
_EARLIEST_MARK, _LATEST_MARK = 1971, 2200
MAX_MARKS = 200
"""Marks of one capture."""

_WIDEST = {4: 8, 6: 16}
"""The shortest prefix of a network that one body can have for its own, by version of IP."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of what the file may hold: unknown keys are errors."""


class ArticleEntry(_Strict, frozen=True):
    """The article; `class` is how it flies, `identifiers` are by scheme, e.g. `fcc_id`."""

    kind: str | None = None
    maker: str | None = None
    model: str | None = None
    version: str | None = None
    airframe_class: str | None = msgspec.field(name="class", default=None)
    configuration: str | None = None
    identifiers: dict[str, str] = {}


class CaseEntry(_Strict, frozen=True):
    """The case that the dossier asks about; its words are those of the vocabulary of the law."""

    act: str | None = None
    task: str | None = None
    body: str | None = None
    on: date | None = None
    acquired: date | None = None


class RecipientEntry(_Strict, frozen=True):
    """A host (with its subdomains) or a network that the body names as its own, and why."""

    host: str | None = None
    network: str | None = None
    why: str = ""


class KnownValueEntry(_Strict, frozen=True):
    """A value that only this article or its user has; it is searched for in the evidence."""

    category: DataCategory
    name: str
    value: str


class StatementEntry(_Strict, frozen=True):
    """What somebody declares: facts of the vocabulary with the values claimed for them.

    `document` is the file that says so, named as in `evidence`.
    """

    by: str
    voice: Voice
    claims: dict[str, str]
    on: date | None = None
    document: str | None = None


class MarkEntry(_Strict, frozen=True):
    """When a phase began while a capture ran; a time with its offset, e.g. `2026-04-01T10:05:00+09:00`."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    phase: Phase | None = None


class ConditionsEntry(_Strict, frozen=True):
    """Under which conditions traffic was captured; `site` is an ISO 3166-1 alpha-2 code.

    `phase` holds until the first of the `marks`, each of them until the next.
    """

    phase: Phase | None = None
    marks: Annotated[tuple[MarkEntry, ...], msgspec.Meta(max_length=MAX_MARKS)] = ()
    mode: str | None = None
    site: str | None = None
    vantage: str | None = None


class EvidenceEntry(_Strict, frozen=True):
    """A file with its custody; `file` is relative to the dossier, or to its folder `evidence`."""

    file: str
    obtained_from: str | None = msgspec.field(name="from", default=None)
    received_by: str | None = None
    received_on: date | None = None
    conditions: ConditionsEntry = ConditionsEntry()

    def custody(self) -> Custody:
        """Who handed it over, who took it, and when."""
        return Custody(
            obtained_from=self.obtained_from,
            received_by=self.received_by,
            received_on=self.received_on,
        )

    def capture_conditions(self) -> CaptureConditions:
        """The conditions of the capture."""
        said = self.conditions
        marks = tuple(
            Mark(at=UtcInstant(mark.at.astimezone(UTC)), phase=mark.phase)
            for mark in sorted(said.marks, key=lambda mark: mark.at)
        )
        return CaptureConditions(
            phase=said.phase, marks=marks, mode=said.mode, site=said.site, vantage=said.vantage
        )


class Manifest(_Strict, frozen=True):
    """The whole file. `sekisho` is the version of its form."""

    sekisho: int
    article: ArticleEntry = ArticleEntry()
    case: CaseEntry = CaseEntry()
    recipients: tuple[RecipientEntry, ...] = ()
    known_values: tuple[KnownValueEntry, ...] = ()
    statements: tuple[StatementEntry, ...] = ()
    evidence: tuple[EvidenceEntry, ...] = ()

    def stated_article(self) -> Article:
        """The article as a noun of the model."""
        return Article(**msgspec.structs.asdict(self.article))

    def stated_case(self) -> Case:
        """The case as a noun of the model."""
        return Case(**msgspec.structs.asdict(self.case))

    def named_recipients(self) -> tuple[NamedRecipient, ...]:
        """The recipients in canonical spelling: hosts in lower case, networks as CIDR."""
        return tuple(
            NamedRecipient(
                host=None if entry.host is None else canonical_host(entry.host),
                network=None if entry.network is None else str(canonical_network(entry.network)),
                why=entry.why,
            )
            for entry in self.recipients
        )

    def stated_values(self) -> tuple[KnownValue, ...]:
        """The known values as nouns of the model."""
        return tuple(
            KnownValue(category=entry.category, name=entry.name, value=entry.value)
            for entry in self.known_values
        )


def load_manifest(path: Path, *, shown: str = FILE_NAME) -> Manifest:
    """Read `dossier.yaml`.

    Args:
        path: where its bytes are.
        shown: what to call it in errors.

    Raises:
        EvidenceError: naming file, line and column: not UTF-8, not YAML, unknown keys (with the
            nearest known one), dates of another calendar, hosts, networks or paths that are none.
    """
    with path.open("rb") as file:
        # a character of UTF-8 has up to four bytes; one byte more shows that it is too large
        data = file.read(4 * MAX_CHARACTERS + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EvidenceError(
            CODE,
            "the dossier's manifest is not UTF-8 text",
            why=f"byte {error.start} belongs to no character of UTF-8",
            next_step="save it again with the encoding UTF-8 (not Shift_JIS or UTF-16)",
            where=shown,
        ) from error
    return decode_manifest(text, shown=shown)


def decode_manifest(text: str, *, shown: str = FILE_NAME) -> Manifest:
    """Read the text of `dossier.yaml`.

    Raises:
        EvidenceError: as `load_manifest` does.
    """
    manifest, places = decode_placed(text, Manifest, file=shown, error=EvidenceError, code=CODE)
    _Check(manifest, places).everything()
    return manifest


def file_names(stated: str) -> tuple[str, ...]:
    """The names that a stated file may have in the dossier, the likeliest first.

    A leading `evidence/` may be there or not.
    """
    name = compared_name(str(PurePosixPath(stated)))
    inside = name.removeprefix(f"{EVIDENCE_FOLDER}/")
    return (name, inside) if inside != name else (name, f"{EVIDENCE_FOLDER}/{name}")


def canonical_host(text: str) -> str:
    """A host name as it is compared.

    Raises:
        ValueError: saying what to write instead.
    """
    host = text.strip().lower().rstrip(".")
    if "/" in host or ":" in host or "@" in host:
        msg = "write the name of the host alone, without scheme, port or path"
        raise ValueError(msg)
    if host.startswith("*"):
        msg = "write it without '*': subdomains are included"
        raise ValueError(msg)
    if re.fullmatch(r"[0-9.]+", host):
        msg = f"an address goes under 'network', e.g. {host}/32"
        raise ValueError(msg)
    labels = host.split(".")
    if len(labels) < 2:
        msg = "write the full name with its domain: a single word could be a whole country's"
        raise ValueError(msg)
    if len(host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        msg = "write a host name of letters, digits and hyphens; other scripts in their xn-- form"
        raise ValueError(msg)
    return host


def canonical_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A network in CIDR form.

    Raises:
        ValueError: saying what to write instead.
    """
    try:
        network = ipaddress.ip_network(text.strip())
    except ValueError as error:
        msg = f"write a network such as 10.20.0.0/16 ({error})"
        raise ValueError(msg) from error
    if network.prefixlen < _WIDEST[network.version]:
        msg = f"name the body's own networks; /{network.prefixlen} takes in other people's"
        raise ValueError(msg)
    return network


class _Check:
    """What the types cannot say, each with the line it stands at."""

    def __init__(self, manifest: Manifest, places: Places) -> None:
        self.manifest = manifest
        self.places = places

    def everything(self) -> None:
        if self.manifest.sekisho != VERSION:
            self._refuse(
                f"the form of this manifest is {self.manifest.sekisho}",
                f"this version reads form {VERSION}",
                f"write 'sekisho: {VERSION}'",
                "sekisho",
            )
        self._recipients()
        self._known_values()
        self._statements()
        self._evidence()

    def _recipients(self) -> None:
        for number, entry in enumerate(self.manifest.recipients):
            if (entry.host is None) == (entry.network is None):
                self._refuse(
                    "a recipient needs either a host or a network",
                    "both or neither cannot be matched with traffic",
                    "give exactly one of 'host:' and 'network:'; make two entries for two",
                    *("recipients", number),
                )
            key, text = (
                ("host", entry.host) if entry.network is None else ("network", entry.network)
            )
            try:
                (canonical_host if key == "host" else canonical_network)(text or "")
            except ValueError as error:
                self._refuse(
                    f"'{text}' cannot be used as a {key}",
                    "the body's own recipients must be told from all others exactly",
                    str(error),
                    *("recipients", number, key),
                )

    def _known_values(self) -> None:
        for number, entry in enumerate(self.manifest.known_values):
            if not entry.value.strip() or not entry.name.strip():
                self._refuse(
                    "a known value needs a name and a value",
                    "nothing can be searched for without",
                    "fill it in or remove the entry",
                    *("known_values", number),
                )

    def _statements(self) -> None:
        for number, entry in enumerate(self.manifest.statements):
            if entry.document is not None:
                self._path(entry.document, "statements", number, "document")

    def _evidence(self) -> None:
        lines: dict[str, str] = {}
        for number, entry in enumerate(self.manifest.evidence):
            place = ("evidence", number, "file")
            for mark in entry.conditions.marks:
                if not _EARLIEST_MARK <= mark.at.year <= _LATEST_MARK:
                    self._refuse(
                        f"no capture was taken in {mark.at.year}",
                        "the mark would divide nothing",
                        "write when the phase began, e.g. 2026-04-01T10:05:00+09:00",
                        *("evidence", number, "conditions", "marks"),
                    )
            self._path(entry.file, *place)
            name = max(file_names(entry.file), key=len)
            if name in lines:
                self._refuse(
                    f"'{entry.file}' is listed twice",
                    f"it stands at {lines[name]} too, and nothing says which one counts",
                    "keep one of the two entries",
                    *place,
                )
            lines[name] = self.places.where(*place)
            site = entry.conditions.site
            if site is not None and not _COUNTRY.fullmatch(site):
                self._refuse(
                    f"'{site}' is not a country code",
                    "the site of a capture is compared with the countries of its recipients",
                    "write two capital letters of ISO 3166-1, e.g. JP",
                    *("evidence", number, "conditions", "site"),
                )

    def _path(self, file: str, *place: str | int) -> None:
        if safe_name(file) is None:
            self._refuse(
                f"'{file}' is not a path inside the dossier",
                "files are named relative to the dossier, with '/', and never lead out of it",
                "write the path as it is in the dossier, e.g. app/pilot.apk",
                *place,
            )

    def _refuse(self, what: str, why: str, next_step: str, *place: str | int) -> NoReturn:
        where = self.places.where(*place)
        raise EvidenceError(CODE, what, why=why, next_step=next_step, where=where)
