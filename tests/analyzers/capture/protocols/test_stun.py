"""STUN: messages that another program made, those of RFC 5769, and what only resembles them."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.stun import is_stun, read_message, read_stun
from sekisho.model.flow import DataCategory

PERSON = DataCategory.PERSON_IDENTIFIER

# Made by aioice 0.13.
VECTORS = {
    "request": bytes.fromhex(
        "000100382112a442000102030405060708090a0b00060009616263643a65666768000000002400046e00"
        "1eff000800145e13cdc5807f68f7c1c5110c09b4a2d2a60f392f802800040e09e861"
    ),
    "answer": bytes.fromhex(
        "0101003c2112a442000102030405060708090a0b002000080001e242e1baa5478022000972656c617920"
        "312e3000000000080014b429c70dd641e1a77ff141f4e58d74fcc18de673802800042d99a882"
    ),
    "answer6": bytes.fromhex(
        "010100182112a442000102030405060708090a0b002000140002e2420113a9fa000102030405060708090a0e"
    ),
    "send": bytes.fromhex(
        "0016001c2112a442000102030405060708090a0b001200080001023a7caa7c600013000b68656c6c6f20"
        "64726f6e6500"
    ),
    "allocate": bytes.fromhex(
        "000300442112a442000102030405060708090a0b0006000670696c6f743700000014000c7475726e2e65"
        "78616d706c65001500026e3100000008001475b229b43019e9f9692c5e8e9bff4fbf688feb9e80280004"
        "aa60018f"
    ),
    "allocated": bytes.fromhex("0103000c2112a442000102030405060708090a0b001600080001e112ea12d54b"),
}

# RFC 5769, 2.1: a request with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME and a fingerprint.
SAMPLE = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
HEAD = b"\x21\x12\xa4\x42" + bytes(range(12))


def message(kind: int, *attributes: bytes, sealed: bool = False) -> bytes:
    body = b"".join(attributes)
    length = len(body) + (8 if sealed else 0)
    data = struct.pack(">HH", kind, length) + HEAD + body
    return data + attribute(0x8028, fingerprint(data)) if sealed else data


def fingerprint(data: bytes) -> bytes:
    return (zlib.crc32(data) ^ 0x5354554E).to_bytes(4, "big")


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def said(data: bytes) -> list[tuple[str, str]]:
    return [(thing.name, thing.value) for thing in read_stun(data)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("request", [("method", "binding request"), ("user_name", "abcd:efgh")]),
        (
            "answer",
            [
                ("method", "binding success"),
                ("mapped_address", "192.168.1.5:50000"),
                ("software", "relay 1.0"),
            ],
        ),
        ("answer6", [("method", "binding success"), ("mapped_address", "[2001:db8::5]:50000")]),
        (
            "send",
            [
                ("method", "send indication"),
                ("peer_address", "93.184.216.34:9000"),
                ("relayed_data", "11 bytes"),
            ],
        ),
        (
            "allocate",
            [
                ("method", "allocate request"),
                ("user_name", "pilot7"),
                ("realm", "turn.example"),
            ],
        ),
        (
            "allocated",
            [("method", "allocate success"), ("relayed_address", "203.0.113.9:49152")],
        ),
    ],
)
def test_what_another_program_sends_is_read(name: str, expected: list[tuple[str, str]]) -> None:
    assert is_stun(VECTORS[name])
    assert is_stun(bytearray(VECTORS[name]))
    assert said(VECTORS[name]) == expected


def test_the_sample_of_the_standard_is_read() -> None:
    assert said(SAMPLE) == [
        ("method", "binding request"),
        ("software", "STUN test client"),
        ("user_name", "evtj:h6vY"),
    ]


def test_a_user_is_a_person_only_where_accounts_are() -> None:
    (of_ice,) = (thing for thing in read_stun(SAMPLE) if thing.name == "user_name")
    (of_turn,) = (thing for thing in read_stun(VECTORS["allocate"]) if thing.name == "user_name")
    assert (of_ice.category, of_turn.category) == (None, PERSON)


def test_places_are_those_of_the_bytes() -> None:
    data = VECTORS["send"]
    places = {
        thing.name: data[thing.start : thing.start + thing.length] for thing in read_stun(data)
    }
    assert places["relayed_data"] == b"hello drone"
    assert places["method"] == b"\0\x16"


def test_an_address_may_be_unmixed() -> None:
    plain = attribute(1, b"\0\1\x1f\x90\x0a\0\0\x01")
    assert said(message(0x0101, plain)) == [
        ("method", "binding success"),
        ("mapped_address", "10.0.0.1:8080"),
    ]


@pytest.mark.parametrize("value", [b"", b"\0\1\0\1\1\1\1", b"\0\2" + bytes(6), b"\0\3" + bytes(6)])
def test_a_broken_address_is_none(value: bytes) -> None:
    assert said(message(0x0101, attribute(1, value))) == [("method", "binding success")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        message(0x0001)[:-1],
        message(0x0001) + b"\0\0\0\0",
        message(0x0001).replace(b"\x21\x12", b"\x21\x13"),
        message(0x4001),
        message(0x0002),
        message(0x0FFF),
        message(0x0001, b"\x80\x22\0\5abcd"),
        message(0x0001, b"\x80\x22\0"),
        message(0x0001, attribute(0x8028, b"wron")),
        message(0x0001, attribute(0x8022, b"abcd"), sealed=True)[:-4] + b"wron",
        message(0x0001, *[attribute(0x8022, b"")] * 65),
    ],
)
def test_what_only_resembles_a_message_is_none(data: bytes) -> None:
    assert not is_stun(data)
    assert read_stun(data) == []


def test_a_fingerprint_stands_last() -> None:
    sealed = message(0x0001, attribute(0x8022, b"abcd"), sealed=True)
    assert is_stun(sealed)
    early = message(0x0001, attribute(0x8028, fingerprint(message(0x0001, bytes(16))[:20])))
    assert not is_stun(early + attribute(0x8022, b""))
    assert read_message(sealed) is not None


@pytest.mark.parametrize("data", [SAMPLE, VECTORS["answer"], VECTORS["allocate"]])
def test_cut_or_changed_it_is_none_or_harmless(data: bytes) -> None:
    for cut in range(len(data)):
        assert not is_stun(data[:cut])
    kind_of_fingerprint = {len(data) - 8, len(data) - 7}
    for at in set(range(len(data))) - kind_of_fingerprint:
        changed = bytearray(data)
        changed[at] ^= 0x55
        assert not is_stun(changed)


@given(st.binary(max_size=200), st.integers(0, 0x3FFF), st.integers(0, 0xFFFF))
def test_no_bytes_do_harm(noise: bytes, kind: int, of: int) -> None:
    for data in (noise, message(kind, attribute(of, noise)), message(0x0101, noise)):
        for thing in read_stun(data):
            assert thing.start + thing.length <= len(data)
            assert thing.value.isprintable()
