"""Who a recipient is: its party, its owner, the countries it is placed in, whether the body named it.

On trust: a server name (TLS SNI) or an HTTP host is written by the sender, and a DNS answer by
the resolver that was asked. Such a name counts as the recipient's, also where the address lies
outside every network the body named, but the judgement then says so. A name that comes only from
code, or with a flow of unknown source of name, does not count for an observed flow. An address
counts by itself when it lies in a network the body named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from sekisho.leakage.address import (
    Network,
    PlacedAddress,
    Reach,
    parse_address,
    parse_network,
    place_address,
)
from sekisho.leakage.hosts import HostTable
from sekisho.model.assessment import CountryOpinion, KnownRecipient
from sekisho.model.dossier import NamedRecipient
from sekisho.model.flow import Modality, NameSource, Recipient
from sekisho.model.problem import Message
from sekisho.model.units import CountryCode

MAX_HOST = 253
_COUNTRY = re.compile(r"[A-Z]{2}")
SEEN_SOURCES = frozenset(
    {
        NameSource.TLS_SNI,
        NameSource.HTTP_HOST,
        NameSource.PROXY_REQUEST,
        NameSource.DNS_ANSWER,
    }
)


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """A table of addresses: which country a number registry entered an address for."""

    name: str
    as_of: date | None
    country: Callable[[str], str | None]


class NamedByBody:
    """The recipients that the body names as its own: hosts with their subdomains, and networks."""

    def __init__(
        self,
        named: Iterable[NamedRecipient],
        registered_domain: Callable[[str], str | None],
    ) -> None:
        """Read the body's entries; those that name nobody are in `refused`."""
        self._exact: set[str] = set()
        self._suffixes: set[str] = set()
        self._networks: list[Network] = []
        refused: list[Message] = []
        for entry in named:
            if entry.network is not None:
                self._add_network(entry.network, refused)
            if entry.host is not None:
                self._add_host(entry.host, refused, registered_domain)
        self.refused = tuple(refused)

    def _add_network(self, text: str, refused: list[Message]) -> None:
        network = parse_network(text)
        if network is None:
            refused.append(Message("SEK-P830", {"network": text}))
        else:
            self._networks.append(network)

    def _add_host(
        self, text: str, refused: list[Message], registered_domain: Callable[[str], str | None]
    ) -> None:
        host = normalise_host(text)
        if host is None or _is_public_suffix(host, registered_domain):
            refused.append(Message("SEK-P831", {"host": text}))
        elif "." in host and parse_address(host) is None:
            self._suffixes.add(host)
        else:
            self._exact.add(host)

    def names_host(self, host: str) -> bool:
        """Whether a normalised host is one named, or below one, at a dot."""
        if host in self._exact:
            return True
        labels = host.split(".")
        return any(".".join(labels[start:]) in self._suffixes for start in range(len(labels)))

    def names_address(self, placed: PlacedAddress) -> bool:
        """Whether an address lies in a network named."""
        return any(placed.address in network for network in self._networks)


class Directory(msgspec.Struct, frozen=True, kw_only=True):
    """All that recipients are looked up in."""

    hosts: HostTable
    registry: Registry
    registered_domain: Callable[[str], str | None]
    named: NamedByBody


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient as known, with how far its address reaches.

    `named_by_name_only` is true when the body named the host, but not the address, and the
    address is not local: the name is then the sender's word or the resolver's.
    """

    known: KnownRecipient
    reach: Reach | None
    named_by_name_only: bool


def normalise_host(text: str) -> str | None:
    """A host in lower-case ASCII labels (IDNA 2003, RFC 3490); `None` when it is no host name.

    Look-alike letters of other scripts stay different names (`xn--...`).
    """
    host = text.strip().removesuffix(".")
    if not host or len(host) > MAX_HOST:
        return None
    if address := parse_address(host):
        return str(address)
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return ascii_host if len(ascii_host) <= MAX_HOST and ascii_host.isprintable() else None


def know_recipient(recipient: Recipient, modality: Modality, directory: Directory) -> Placed:
    """Say what is known of a recipient.

    Args:
        recipient: as the evidence names it.
        modality: of the flow; a name learnt from code counts for possible flows only.
        directory: what to look it up in.
    """
    host = normalise_host(recipient.host) if recipient.host else None
    placed = _place(recipient.address, host)
    by_address = placed is not None and directory.named.names_address(placed)
    trusted = modality is Modality.POSSIBLE or recipient.host_learnt_from in SEEN_SOURCES
    by_name = host is not None and trusted and directory.named.names_host(host)
    reach = placed.reach if placed else None
    local = reach is not None and reach.is_local
    return Placed(
        known=_known(recipient, host, placed, directory, named=by_name or by_address),
        reach=reach,
        named_by_name_only=by_name and placed is not None and not by_address and not local,
    )


def _known(
    recipient: Recipient,
    host: str | None,
    placed: PlacedAddress | None,
    directory: Directory,
    *,
    named: bool,
) -> KnownRecipient:
    entry = directory.hosts.find(host) if host else None
    owner_country = (
        CountryOpinion(country=entry.owner_country, source=entry.source, as_of=entry.as_of)
        if entry and entry.owner_country
        else None
    )
    return KnownRecipient(
        name=host or recipient.host or recipient.address or "",
        registered_domain=(directory.registered_domain(host) or None) if host else None,
        address=str(placed.address) if placed else recipient.address,
        party=entry.party if entry else None,
        owner=entry.owner if entry else None,
        owner_country=owner_country,
        countries=_opinions(placed, directory.registry),
        named_by_body=named,
        reach=placed.reach.value if placed else None,
    )


def _place(address: str | None, host: str | None) -> PlacedAddress | None:
    """The address the flow went to; where none is told, the one that the host name spells."""
    parsed = parse_address(address) if address else parse_address(host) if host else None
    return place_address(parsed) if parsed is not None else None


def _opinions(placed: PlacedAddress | None, registry: Registry) -> tuple[CountryOpinion, ...]:
    if placed is None or placed.registered is None:
        return ()
    country = registry.country(str(placed.registered))
    if country is None or not _COUNTRY.fullmatch(country):
        return ()
    opinion = CountryOpinion(
        country=CountryCode(country), source=registry.name, as_of=registry.as_of
    )
    return (opinion,)


def _is_public_suffix(host: str, registered_domain: Callable[[str], str | None]) -> bool:
    """Whether everybody may register a name below this one, such as `co.jp`."""
    below = f"x.{host}"
    return "." in host and registered_domain(below) == below
