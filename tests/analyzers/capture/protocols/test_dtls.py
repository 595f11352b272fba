"""DTLS: what a client says first, whole, in fragments, with and without a cookie."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols import dtls, tls
from sekisho.analyzers.capture.protocols.dtls import MAX_DATAGRAMS, DtlsReader
from tests.analyzers.capture.build import hello_message, sized

REAL = Path(__file__).parents[1] / "real" / "dtls"
HOST = "gcs.police.example"
VERSION_1, VERSION_2 = 0xFEFF, 0xFEFD


def body_with(cookie: bytes = b"", version: int = VERSION_2) -> bytes:
    """The body of a ClientHello of TLS, made one of DTLS."""
    plain = hello_message()[4:]
    after = 35 + plain[34]
    return version.to_bytes(2, "big") + plain[2:after] + sized(cookie, 1) + plain[after:]


def fragment(
    body: bytes, begin: int = 0, end: int | None = None, *, message: int = 0, kind: int = 1
) -> bytes:
    piece = body[begin:end]
    head = bytes((kind,)) + len(body).to_bytes(3, "big") + message.to_bytes(2, "big")
    return head + begin.to_bytes(3, "big") + len(piece).to_bytes(3, "big") + piece


def in_record(
    data: bytes, *, kind: int = 22, version: int = VERSION_1, epoch: int = 0, number: int = 0
) -> bytes:
    head = bytes((kind,)) + version.to_bytes(2, "big") + epoch.to_bytes(2, "big")
    return head + number.to_bytes(6, "big") + sized(data, 2)


def real(name: str) -> list[bytes]:
    data, at, datagrams = (REAL / f"{name}.bin").read_bytes(), 0, []
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        datagrams.append(data[at + 2 : end])
        at = end
    return datagrams


def name_in(*datagrams: bytes) -> str | None:
    reader = DtlsReader()
    for datagram in datagrams:
        hello = reader.take(datagram)
        if hello is not None:
            return hello.server_name
    return None


@pytest.mark.parametrize(("name", "begin"), [("dtls12", "dd2d"), ("dtls10", "dd1d")])
def test_what_another_program_sends_is_read(name: str, begin: str) -> None:
    (datagram,) = real(name)
    hello = DtlsReader().take(datagram)
    assert hello is not None
    assert (hello.server_name, hello.application_protocols) == (HOST, ("webrtc",))
    assert datagram[hello.name_at :].startswith(HOST.encode())
    assert hello.ja4.startswith(begin)
    assert hello.ja4[8:11] == "wc_"


def test_with_the_cookie_the_client_is_the_same() -> None:
    first, second = real("dtls12-cookie")
    before, after = DtlsReader().take(first), DtlsReader().take(second)
    assert before is not None
    assert after is not None
    assert before.ja4 == after.ja4
    assert second[after.name_at :].startswith(HOST.encode())
    assert after.name_at == before.name_at + 20


def test_fragments_of_another_program_are_put_together() -> None:
    begin, rest, *again = real("dtls12-fragments")
    reader = DtlsReader()
    assert reader.take(begin) is None
    assert reader.wants_more
    hello = reader.take(rest)
    assert hello is not None
    assert (hello.server_name, hello.name_at) == (HOST, -1)
    assert name_in(rest, begin) == name_in(*again) == HOST
    (whole,) = real("dtls12")
    unbroken = DtlsReader().take(whole)
    assert unbroken is not None
    assert unbroken.ja4 == hello.ja4


def test_the_name_is_pointed_at_where_its_fragment_is() -> None:
    begin, rest, *_ = real("dtls12-fragments")
    reader = DtlsReader()
    assert reader.take(rest) is None
    hello = reader.take(begin)
    assert hello is not None
    assert begin[hello.name_at :].startswith(HOST.encode())


def test_a_name_at_the_edge_of_a_fragment_is_in_the_one_it_begins_in() -> None:
    body = body_with()
    at = body.index(HOST.encode())
    before, behind = in_record(fragment(body, 0, at)), in_record(fragment(body, at))
    for first, last in ((before, behind), (behind, before)):
        reader = DtlsReader()
        assert reader.take(first) is None
        hello = reader.take(last)
        assert hello is not None
        assert hello.name_at == (25 if last is behind else -1)


@pytest.mark.parametrize("cookie", [b"", b"c" * 20, b"c" * 255])
@pytest.mark.parametrize("version", [VERSION_1, VERSION_2])
def test_a_client_is_known_again_by_what_tls_would_say(cookie: bytes, version: int) -> None:
    datagram = in_record(fragment(body_with(cookie, version)))
    hello = DtlsReader().take(datagram)
    plain = tls.read_hello_message(hello_message())
    assert hello is not None
    assert plain is not None
    assert (hello.ja4[0], hello.ja4[3:]) == ("d", plain.ja4[3:])
    assert (hello.server_name, hello.application_protocols) == plain[0::2][:2]
    assert datagram[hello.name_at :].startswith(HOST.encode())


@given(
    st.lists(st.integers(1, len(body_with()) - 1), max_size=6, unique=True),
    st.randoms(use_true_random=False),
    st.integers(1, 3),
)
def test_fragments_come_in_any_order_and_again(cuts: list[int], order: object, copies: int) -> None:
    body = body_with(b"cookie")
    ends = [0, *sorted(cuts), len(body)]
    pieces = [in_record(fragment(body, a, b)) for a, b in pairwise(ends)] * copies
    pieces.append(in_record(fragment(body, 7, len(body) // 2)))
    order.shuffle(pieces)  # type: ignore[attr-defined]
    assert name_in(b"".join(pieces)) == HOST
    assert name_in(*pieces[:MAX_DATAGRAMS]) == HOST or len(pieces) > MAX_DATAGRAMS
    one_record = in_record(b"".join(fragment(body, a, b) for a, b in pairwise(ends)))
    assert name_in(one_record) == HOST


def test_a_gap_is_no_hello() -> None:
    body = body_with()
    first, last = fragment(body, 0, 60), fragment(body, 61)
    reader = DtlsReader()
    assert reader.take(in_record(first + last)) is None
    assert reader.take(in_record(fragment(body, 50, 70))) is not None


def test_messages_are_not_mixed() -> None:
    body = body_with()
    first, second = fragment(body, 0, 60), fragment(body, 60, message=1)
    assert name_in(in_record(first), in_record(second)) is None
    longer = fragment(body + b"x", 60)
    assert name_in(in_record(first), in_record(longer)) is None
    assert name_in(in_record(second), in_record(fragment(body, message=5))) == HOST


@pytest.mark.parametrize(
    "datagram",
    [
        in_record(fragment(body_with()), epoch=1),
        in_record(fragment(body_with()), kind=23),
        in_record(fragment(body_with()), version=0x0303),
        in_record(fragment(body_with(), kind=2)),
        in_record(fragment(body_with()))[:-1],
        in_record(fragment(body_with())[:-1]),
        in_record(fragment(body_with()[:30])),
        in_record(fragment(body_with())[:9] + sized(body_with() + b"x", 3)),
        in_record(fragment(body_with())[:6] + b"\0\0\1" + sized(body_with(), 3)),
        in_record(fragment(body_with()[:35] + b"\xff")),
        in_record(fragment(b"")),
        in_record(b""),
        b"",
        b"\x16",
    ],
)
def test_what_is_no_hello_is_none(datagram: bytes) -> None:
    assert DtlsReader().take(datagram) is None


def test_a_hello_may_stand_behind_other_messages() -> None:
    other = fragment(b"asked", kind=0)
    assert name_in(in_record(other + fragment(body_with(), message=1))) == HOST
    assert name_in(in_record(other) + in_record(fragment(body_with()), number=1)) == HOST


@pytest.mark.parametrize("version", [0xFEFF, 0xFEFD, 0xFEFC, 0x0100])
def test_records_of_every_version_are_read(version: int) -> None:
    assert name_in(in_record(fragment(body_with()), version=version)) == HOST


def test_a_hello_without_a_name_has_no_place() -> None:
    body = b"\xfe\xfd" + b"r" * 32 + b"\0\0" + sized(b"\xc0\x2b", 2) + sized(b"\0", 1)
    hello = DtlsReader().take(in_record(fragment(body)))
    assert hello is not None
    assert (hello.server_name, hello.name_at) == (None, -1)
    assert hello.ja4.startswith("dd2i010000_")


def test_no_more_than_some_datagrams_and_pieces_are_looked_at() -> None:
    reader = DtlsReader()
    for _ in range(MAX_DATAGRAMS):
        assert reader.wants_more
        assert reader.take(b"\x16\xfe\xfd nothing that could be read") is None
    assert not reader.wants_more
    long = bytes(tls.MAX_HELLO)
    scattered = b"".join(
        in_record(fragment(long, 2 * i, 2 * i + 1)) for i in range(dtls.MAX_PIECES)
    )
    reader = DtlsReader()
    assert reader.take(scattered) is None
    assert not reader.wants_more
    reader = DtlsReader()
    for i in range(dtls.MAX_MESSAGES):
        assert reader.take(in_record(fragment(body_with(), 5, message=i))) is None
    assert reader.take(in_record(fragment(body_with(), message=9))) is None
    assert reader.take(in_record(fragment(bytes(tls.MAX_HELLO + 1), 0, 9))) is None


@pytest.mark.parametrize("name", ["dtls12", "dtls10"])
def test_a_datagram_cut_short_or_changed_does_no_harm(name: str) -> None:
    (datagram,) = real(name)
    for at in range(len(datagram)):
        assert name_in(datagram[:at]) is None
        changed = bytearray(datagram)
        changed[at] ^= 0x93
        name_in(bytes(changed))


@given(st.binary(max_size=200), st.integers(0, 244))
def test_no_bytes_do_harm(noise: bytes, at: int) -> None:
    (datagram,) = real("dtls12")
    for data in (noise, datagram[:at] + noise, in_record(noise), in_record(fragment(noise))):
        reader = DtlsReader()
        reader.take(data)
        reader.take(datagram)
