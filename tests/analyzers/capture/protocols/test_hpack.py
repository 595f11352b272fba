"""HPACK: the examples of the standard, its Huffman code, and blocks that break the rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols import hpack
from sekisho.analyzers.capture.protocols.hpack import MAX_FIELDS, MAX_TEXT, Decoder

REQUEST = [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/")]
HOST = (b":authority", b"www.example.com")
REQUESTS = [
    [*REQUEST, HOST],
    [*REQUEST, HOST, (b"cache-control", b"no-cache")],
    [
        (b":method", b"GET"),
        (b":scheme", b"https"),
        (b":path", b"/index.html"),
        HOST,
        (b"custom-key", b"custom-value"),
    ],
]
LOCATION = (b"location", b"https://www.example.com")
PRIVATE = (b"cache-control", b"private")
FIRST_DATE = (b"date", b"Mon, 21 Oct 2013 20:13:21 GMT")
COOKIE = b"foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
ANSWERS = [
    [(b":status", b"302"), PRIVATE, FIRST_DATE, LOCATION],
    [(b":status", b"307"), PRIVATE, FIRST_DATE, LOCATION],
    [
        (b":status", b"200"),
        PRIVATE,
        (b"date", b"Mon, 21 Oct 2013 20:13:22 GMT"),
        LOCATION,
        (b"content-encoding", b"gzip"),
        (b"set-cookie", COOKIE),
    ],
]
SMALL_TABLE = "3fe101"
"""The tables of the examples with answers have 256 bytes."""


def literal(name: bytes, value: bytes, first: int = 0) -> bytes:
    return bytes((first, len(name))) + name + bytes((len(value),)) + value


@pytest.mark.parametrize(
    ("block", "field"),
    [
        ("400a637573746f6d2d6b65790d637573746f6d2d686561646572", (b"custom-key", b"custom-header")),
        ("040c2f73616d706c652f70617468", (b":path", b"/sample/path")),
        ("100870617373776f726406736563726574", (b"password", b"secret")),
        ("82", (b":method", b"GET")),
    ],
)
def test_fields_come_in_four_forms(block: str, field: tuple[bytes, bytes]) -> None:
    """RFC 7541, C.2."""
    assert Decoder().decode(bytes.fromhex(block)) == [field]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (
            [
                "828684410f7777772e6578616d706c652e636f6d",
                "828684be58086e6f2d6361636865",
                "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
            ],
            REQUESTS,
        ),
        (
            [
                "828684418cf1e3c2e5f23a6ba0ab90f4ff",
                "828684be5886a8eb10649cbf",
                "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
            ],
            REQUESTS,
        ),
        (
            [
                SMALL_TABLE + "4803333032580770726976617465611d4d6f6e2c203231204f63742032303133"
                "2032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
                "4803333037c1c0bf",
                (
                    "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a6970"
                    "7738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d61"
                    "67653d333630303b2076657273696f6e3d31"
                ),
            ],
            ANSWERS,
        ),
        (
            [
                SMALL_TABLE + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a6"
                "2d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
                "4883640effc1c0bf",
                (
                    "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2"
                    "e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"
                ),
            ],
            ANSWERS,
        ),
    ],
    ids=["C.3", "C.4", "C.5", "C.6"],
)
def test_later_blocks_refer_to_earlier_ones(
    blocks: list[str], expected: list[list[tuple[bytes, bytes]]]
) -> None:
    decoder = Decoder()
    assert [decoder.decode(bytes.fromhex(block)) for block in blocks] == expected


@pytest.mark.parametrize(
    ("data", "bits", "value"), [("0a", 5, 10), ("1f9a0a", 5, 1337), ("2a", 8, 42), ("e0", 5, 0)]
)
def test_numbers_are_those_of_the_standard(data: str, bits: int, value: int) -> None:
    """RFC 7541, C.1."""
    raw = bytes.fromhex(data)
    assert hpack._number(raw, 0, bits) == (value, len(raw))


def codes() -> dict[int, str]:
    """The codes as strings of bits, made of the lengths alone."""
    found: dict[int, str] = {}
    code = length = 0
    for symbol in sorted(range(257), key=lambda symbol: (hpack._CODE_LENGTHS[symbol], symbol)):
        code <<= hpack._CODE_LENGTHS[symbol] - length
        length = hpack._CODE_LENGTHS[symbol]
        found[symbol] = f"{code:0{length}b}"
        code += 1
    return found


CODES = codes()


def coded(data: bytes) -> bytes:
    bits = "".join(CODES[byte] for byte in data)
    bits += "1" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def test_codes_are_those_of_the_standard() -> None:
    """RFC 7541, appendix B, some of each kind."""
    assert CODES[ord("0")] == "00000"
    assert CODES[ord(" ")] == "010100"
    assert CODES[ord(":")] == "1011100"
    assert CODES[ord("&")] == "11111000"
    assert CODES[ord("!")] == "1111111000"
    assert CODES[ord("\\")] == "1111111111111110000"
    assert CODES[0] == "1111111111000"
    assert CODES[255] == "11111111111111111111101110"
    assert CODES[22] == "111111111111111111111111111110"
    assert CODES[256] == "1" * 30
    assert sum(2.0 ** -len(code) for code in CODES.values()) == 1


@given(st.binary(max_size=80))
def test_every_byte_has_its_code(data: bytes) -> None:
    raw = coded(data)
    if len(raw) < 127:
        block = b"\0\1a" + bytes((0x80 | len(raw),)) + raw
        assert Decoder().decode(block) == [(b"a", data)]


@pytest.mark.parametrize(
    "block",
    [
        "80",
        "be",
        "ff",
        "ffffffffffff0f",
        "00",
        "0001",
        "000161",
        "0001610561",
        "0001618100",
        "00016182ffff",
        "00016184ffffffff",
        "0001618bfffffffffffffffffffffc",
        "823fe101",
        "3fe1ffff7f",
        "1f",
    ],
)
def test_what_breaks_the_rules_breaks_the_decoder(block: str) -> None:
    decoder = Decoder()
    assert decoder.decode(bytes.fromhex(block)) is None
    assert decoder.decode(b"\x82") is None


def test_what_does_not_fit_empties_the_table() -> None:
    decoder = Decoder()
    assert decoder.decode(literal(b"a", b"b", 0x40)) == [(b"a", b"b")]
    assert decoder.decode(b"\xbe") == [(b"a", b"b")]
    assert decoder.decode(b"\x3f\x03\xbe") == [(b"a", b"b")]
    assert decoder.decode(b"\x3f\x02") == []
    assert decoder.decode(b"\xbe") is None


def test_the_oldest_leave_first() -> None:
    decoder = Decoder()
    for value in (b"1", b"2", b"3"):
        decoder.decode(literal(b"a", value, 0x40))
    assert decoder.decode(b"\x3f\x25\xbe\xbf") == [(b"a", b"3"), (b"a", b"2")]
    assert decoder.decode(b"\xc0") is None


def test_the_text_of_a_block_is_capped() -> None:
    decoder = Decoder()
    assert decoder.decode(literal(b"a", b"x" * 100, 0x40)) is not None
    assert decoder.decode(b"\xbe" * min(MAX_FIELDS, MAX_TEXT // 101)) is not None
    assert decoder.decode(b"\x82" * (MAX_FIELDS + 1)) is None
    decoder = Decoder()
    big = b"x" * 4000
    length = b"\x7f" + bytes(((4000 - 127) & 0x7F | 0x80, (4000 - 127) >> 7))
    assert decoder.decode(b"\x40\1a" + length + big) == [(b"a", big)]
    assert decoder.decode(b"\xbe" * 17) is None


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_no_bytes_do_harm(blocks: list[bytes]) -> None:
    decoder = Decoder()
    for block in blocks:
        fields = decoder.decode(block)
        assert fields is None or len(fields) <= len(block)
    for first in (0x00, 0x40, 0x80, 0x20):
        for block in blocks:
            Decoder().decode(bytes((first,)) + block)
