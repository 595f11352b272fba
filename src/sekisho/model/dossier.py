"""The article under review and what was submitted on it."""

from __future__ import annotations

from datetime import date

import msgspec

from sekisho.model.case import Case
from sekisho.model.evidence import Evidence
from sekisho.model.flow import KnownValue
from sekisho.model.units import EvidenceId


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """The product type under review. Every part may be unknown (a bare folder says nothing).

    `kind` is the class of article a rule speaks of (`uas`, `camera`), `airframe_class` how it flies
    (`multirotor`, `fixed_wing`), `configuration` the maker's word for the variant, `identifiers`
    are by scheme, e.g. `fcc_id`, `serial`.
    """

    kind: str | None = None
    maker: str | None = None
    model: str | None = None
    version: str | None = None
    airframe_class: str | None = None
    configuration: str | None = None
    identifiers: dict[str, str] = {}

    def title(self) -> str:
        """Maker, model and version as far as known."""
        return " ".join(part for part in (self.maker, self.model, self.version) if part)


class NamedRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient that the body itself names as its own: a host (with its subdomains) or network.

    Exactly one of `host` and `network` (CIDR) is given; `why` is the body's reason.
    """

    host: str | None = None
    network: str | None = None
    why: str = ""


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """An article with the evidence submitted on it, and the case its manifest asks about."""

    article: Article
    evidence: tuple[Evidence, ...]
    manifest: EvidenceId | None = None
    case: Case = Case()
    recipients: tuple[NamedRecipient, ...] = ()
    known_values: tuple[KnownValue, ...] = ()
    opened_on: date | None = None
