from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.leakage.address import Reach, parse_address, parse_network, place_address


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("193.0.6.139", Reach.GLOBAL),
        ("2001:67c:2e8::1", Reach.GLOBAL),
        ("10.20.0.5", Reach.PRIVATE),
        ("172.16.0.1", Reach.PRIVATE),
        ("172.32.0.1", Reach.GLOBAL),
        ("192.168.10.1", Reach.PRIVATE),
        ("fd00::1", Reach.PRIVATE),
        ("169.254.1.1", Reach.LINK_LOCAL),
        ("fe80::1%eth0", Reach.LINK_LOCAL),
        ("127.0.0.53", Reach.DEVICE),
        ("::1", Reach.DEVICE),
        ("255.255.255.255", Reach.BROADCAST),
        ("224.0.0.251", Reach.LOCAL_MULTICAST),
        ("239.255.255.250", Reach.LOCAL_MULTICAST),
        ("ff02::fb", Reach.LOCAL_MULTICAST),
        ("ff0e::1", Reach.WIDE_MULTICAST),
        ("233.1.2.3", Reach.WIDE_MULTICAST),
        ("100.64.0.1", Reach.SHARED),
        ("240.0.0.1", Reach.RESERVED),
        ("192.0.2.1", Reach.RESERVED),
        ("2001:db8::1", Reach.RESERVED),
        ("0.0.0.0", Reach.RESERVED),
        ("2002:c100:68b::1", Reach.TUNNEL),
        ("64:ff9b::c100:68b", Reach.TUNNEL),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Reach.TUNNEL),
        ("::ffff:10.20.0.5", Reach.PRIVATE),
        ("::ffff:193.0.6.139", Reach.GLOBAL),
        ("[2001:67c:2e8::1]", Reach.GLOBAL),
    ],
)
def test_addresses_reach_as_far_as_the_registries_say(text: str, reach: Reach) -> None:
    address = parse_address(text)
    assert address is not None
    assert place_address(address).reach is reach


def test_only_public_addresses_are_placed_in_a_country() -> None:
    for text in ("10.0.0.1", "100.64.0.1", "192.0.2.1", "224.0.0.1", "fe80::1"):
        address = parse_address(text)
        assert address is not None
        assert place_address(address).registered is None


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("2002:c100:68b::1", "193.0.6.139"),
        ("64:ff9b::c100:68b", "193.0.6.139"),
        ("2002:0a14:0005::1", None),
    ],
)
def test_a_tunnel_is_placed_by_the_address_inside(text: str, inner: str | None) -> None:
    address = parse_address(text)
    assert address is not None
    registered = place_address(address).registered
    assert (str(registered) if registered else None) == inner


def test_an_address_in_ipv6_clothes_is_the_ipv4_address() -> None:
    assert str(parse_address("::ffff:10.20.0.5")) == "10.20.0.5"
    assert str(parse_network("::ffff:10.20.0.0/120")) == "10.20.0.0/24"


@pytest.mark.parametrize(
    "text", ["", "x", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.0/7", "::/0", "::ffff:0:0/96", "2000::/3"]
)
def test_what_is_no_network_or_names_everybody_is_none(text: str) -> None:
    assert parse_network(text) is None


def test_host_bits_may_stand_in_a_network() -> None:
    assert str(parse_network(" 10.20.0.5/24")) == "10.20.0.0/24"
    assert str(parse_network("fd00:1::/32")) == "fd00:1::/32"
    assert str(parse_network("10.20.0.5")) == "10.20.0.5/32"


@given(st.ip_addresses())
def test_every_address_has_a_reach_and_local_ones_have_no_country(address: object) -> None:
    parsed = parse_address(str(address))
    assert parsed is not None
    placed = place_address(parsed)
    if placed.reach.is_local or placed.reach is Reach.DEVICE:
        assert placed.registered is None


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_none(text: str) -> None:
    parse_address(text)
    parse_network(text)
