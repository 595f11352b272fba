"""What kind of address a recipient has: how far it reaches, and which registry entry counts.

References: RFC 6890 (special-purpose registries), RFC 4291 2.5.5.2 (IPv4-mapped), RFC 3056
(6to4), RFC 4380 (Teredo), RFC 6052 (NAT64), RFC 2365 and RFC 7346 (multicast scopes), RFC 6598
(shared address space).
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MIN_PREFIX_V4 = 8
MIN_PREFIX_V6 = 16
"""A shorter prefix takes in so much of the internet that it names nobody."""

_NAT64 = IPv6Network("64:ff9b::/96")
_SHARED = IPv4Network("100.64.0.0/10")
_LOCAL_MULTICAST_V4 = (IPv4Network("224.0.0.0/24"), IPv4Network("239.0.0.0/8"))
_LOCAL_MULTICAST_SCOPES = frozenset(range(1, 9))
_PRIVATE = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv6Network("fc00::/7"),
)
_MAPPED_BITS = 96


class Reach(StrEnum):
    """How far an address reaches."""

    DEVICE = "device"
    LINK_LOCAL = "link_local"
    PRIVATE = "private"
    BROADCAST = "broadcast"
    LOCAL_MULTICAST = "local_multicast"
    WIDE_MULTICAST = "wide_multicast"
    SHARED = "shared"
    RESERVED = "reserved"
    TUNNEL = "tunnel"
    GLOBAL = "global"

    @property
    def is_local(self) -> bool:
        """Whether what is sent there stays on the network it is sent in, as far as standards say.

        Shared space (RFC 6598) belongs to an operator and is not local.
        """
        return self in _LOCAL


_LOCAL = frozenset({Reach.LINK_LOCAL, Reach.PRIVATE, Reach.BROADCAST, Reach.LOCAL_MULTICAST})


class PlacedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An address with its reach.

    `registered` is the address whose registry entry says where it is (for a tunnel the IPv4
    address inside); `None` where no registry can say.
    """

    address: Address
    reach: Reach
    registered: Address | None


def parse_address(text: str) -> Address | None:
    """The address a text spells, IPv4-mapped ones as IPv4, zone left out; `None` when it is none."""
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def parse_network(text: str) -> Network | None:
    """The network (CIDR) a text spells; `None` when it is none, or too wide to name anybody.

    Host bits may be set. IPv4-mapped networks become IPv4 networks.
    """
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    if isinstance(network, IPv6Network):
        mapped = network.network_address.ipv4_mapped
        if mapped is not None and network.prefixlen >= _MAPPED_BITS:
            network = IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))
    least = MIN_PREFIX_V4 if isinstance(network, IPv4Network) else MIN_PREFIX_V6
    return network if network.prefixlen >= least else None


def place_address(address: Address) -> PlacedAddress:
    """Classify an address by the special-purpose registries."""
    if isinstance(address, IPv6Address) and (inner := _tunnelled(address)) is not None:
        return PlacedAddress(
            address=address, reach=Reach.TUNNEL, registered=inner if inner.is_global else None
        )
    reach = _reach(address)
    return PlacedAddress(
        address=address, reach=reach, registered=address if reach is Reach.GLOBAL else None
    )


def _tunnelled(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that traffic to a 6to4, Teredo or NAT64 address goes to."""
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _reach(address: Address) -> Reach:
    if address.is_multicast:
        return Reach.LOCAL_MULTICAST if _stays_local(address) else Reach.WIDE_MULTICAST
    if address.is_loopback:
        return Reach.DEVICE
    if str(address) == "255.255.255.255":
        return Reach.BROADCAST
    return _unicast_reach(address)


def _unicast_reach(address: Address) -> Reach:
    if address.is_link_local:
        return Reach.LINK_LOCAL
    if any(address in network for network in _PRIVATE):
        return Reach.PRIVATE
    if address in _SHARED:
        return Reach.SHARED
    return Reach.GLOBAL if address.is_global else Reach.RESERVED


def _stays_local(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in network for network in _LOCAL_MULTICAST_V4)
    scope = (int(address) >> 112) & 0xF
    return scope in _LOCAL_MULTICAST_SCOPES
