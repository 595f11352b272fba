"""JA4: the examples of its specification, and what it passes over."""

from __future__ import annotations

import struct

import pytest

from sekisho.analyzers.capture.protocols.ja4 import ja4_of
from sekisho.analyzers.capture.protocols.tls import read_client_hello, read_hello_message
from tests.analyzers.capture.build import client_hello, hello_message, sized

Extensions = list[tuple[int, bytes]]

# The first example of the specification: a hello of Chrome.
SUITES = "1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"
KINDS = "001b 0000 0033 0010 4469 0017 002d 000d 0005 0023 0012 002b ff01 000b 000a 0015"
SIGNATURES = "0403 0804 0401 0503 0805 0501 0806 0601"
JA4 = "t13d1516h2_8daaf6152771_e5627efa2ab1"


def extensions(kinds: str = KINDS, alpn: bytes = b"h2", signatures: str = SIGNATURES) -> Extensions:
    values = {
        0x0010: sized(sized(alpn, 1), 2),
        0x000D: sized(bytes.fromhex(signatures), 2),
        0x002B: sized(bytes.fromhex("0304 0303"), 1),
    }
    numbers = [int(kind, 16) for kind in kinds.split()]
    return [(number, values.get(number, b"")) for number in numbers]


def ja4(suites: str = SUITES, said: Extensions | None = None, transport: str = "t") -> str:
    said = extensions() if said is None else said
    return ja4_of(transport, 0x0303, bytes.fromhex(suites), said)


def test_the_example_of_the_specification() -> None:
    assert ja4() == JA4
    assert ja4(transport="q") == "q" + JA4[1:]


def test_the_order_of_suites_and_extensions_does_not_matter_but_that_of_signatures_does() -> None:
    backwards = " ".join(reversed(SUITES.split()))
    assert ja4(backwards, extensions()[::-1]) == JA4
    turned = extensions(signatures=" ".join(reversed(SIGNATURES.split())))
    assert ja4(said=turned)[:24] == JA4[:24]
    assert ja4(said=turned) != JA4


def test_grease_counts_for_nothing() -> None:
    said = [(0x2A2A, b""), *extensions(signatures="0a0a " + SIGNATURES), (0xFAFA, b"x")]
    versions = [
        (kind, sized(bytes.fromhex("caca 0304 0303"), 1) if kind == 0x002B else value)
        for kind, value in said
    ]
    assert ja4("1a1a " + SUITES, versions) == JA4


@pytest.mark.parametrize(
    ("alpn", "told"),
    [
        (b"h2", "h2"),
        (b"http/1.1", "h1"),
        (b"x", "xx"),
        (b"", "00"),
        (b"\xab", "ab"),
        (b"\xab\xcd", "ad"),
        (b"0\xab", "3b"),
        (b"0\x31\xab\xcd", "3d"),
        (b"0\xab\xcd1", "01"),
    ],
)
def test_the_ends_of_the_first_protocol(alpn: bytes, told: str) -> None:
    assert ja4(said=extensions(alpn=alpn))[8:10] == told


def test_without_a_name_or_protocols_that_is_told() -> None:
    kinds = KINDS.replace("0000 ", "").replace("0010 ", "")
    assert ja4(said=extensions(kinds)) == "t13i1514" + "00" + JA4[10:]


@pytest.mark.parametrize(
    ("version", "told"),
    [(0x0303, "12"), (0x0301, "10"), (0x0300, "s3"), (0x0002, "s2"), (0xFEFD, "d2"), (9, "00")],
)
def test_without_a_list_of_versions_the_field_counts(version: int, told: str) -> None:
    assert ja4_of("t", version, b"", []) == f"t{told}i000000_000000000000_000000000000"


def test_many_are_told_as_ninety_nine() -> None:
    suites = b"".join(struct.pack(">H", 0xC000 + i) for i in range(120))
    assert ja4_of("t", 0x0303, suites, [(i, b"") for i in range(101, 260)])[:8] == "t12i9999"


def test_a_hello_is_told_over_tcp_and_over_quic() -> None:
    over_tcp, over_quic = read_client_hello(client_hello()), read_hello_message(hello_message())
    assert over_tcp is not None
    assert over_quic is not None
    assert over_tcp.ja4[0] == "t"
    assert over_quic.ja4 == "q" + over_tcp.ja4[1:]
    assert over_tcp.ja4[3] == "d"
