"""TLS opened with the key logs of other programs: all that was said, and never anything else."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.analyzers.capture.keys import key_log, tls_opener
from sekisho.analyzers.capture.keys.key_log import KeyLog
from sekisho.analyzers.capture.keys.tls_opener import MAX_HELD, Opened, TlsOpener
from sekisho.analyzers.capture.protocols.tls_handshake import SERVER_HELLO, Messages, read_hello
from tests.analyzers.capture.build import client_hello, record, server_hello
from tests.analyzers.capture.recorded import (
    CLIENT_SAYS,
    HANDSHAKE,
    RECORDED,
    SERVER_SAYS,
    opened_by,
    recorded,
    said_in,
)

EARLY = b"early " + CLIENT_SAYS
SAID_BY_CLIENT = {
    "tls12-renegotiated": CLIENT_SAYS + b"again " + CLIENT_SAYS,
    "tls13-early-data": EARLY + CLIENT_SAYS,
    "tls13-key-update": CLIENT_SAYS + b"second " + CLIENT_SAYS + b"third " + CLIENT_SAYS,
}
SAID_BY_SERVER = {
    "tls13-key-update": SERVER_SAYS + b"second " + SERVER_SAYS,
    "tls13-python": SERVER_SAYS + b"A" * 9000 + SERVER_SAYS,
}
AGREED_BUT_NOT_SAID = ("tls12-psk-cbc-sha256", "tls12-null-sha256")
"""Connections with encrypt-then-MAC, which does nothing for the latter: it has no blocks."""

REFUSED = ("tls13-early-data-rejected", "tls13-early-data-retried")
NEEDED = {
    label.encode()
    for label in (
        key_log.MASTER,
        key_log.CLIENT_HANDSHAKE,
        key_log.SERVER_HANDSHAKE,
        key_log.CLIENT_APPLICATION,
        key_log.SERVER_APPLICATION,
    )
}
SUITES = {
    "go-tls10-aes128-cbc-sha": (0x0301, 0xC013),
    "go-tls12-aes128-cbc-sha256": (0x0303, 0xC027),
    "go-tls12-chacha20": (0x0303, 0xCCA8),
    "tls10-aes128-cbc-sha-etm": (0x0301, 0xC009),
    "tls11-aes128-cbc-sha": (0x0302, 0xC009),
    "tls12-aes128-cbc-sha": (0x0303, 0x002F),
    "tls12-aes128-cbc-sha-etm": (0x0303, 0xC009),
    "tls12-aes128-ccm": (0x0303, 0xC0AC),
    "tls12-aes256-cbc-sha384": (0x0303, 0xC028),
    "tls12-aes256-cbc-sha384-etm": (0x0303, 0xC028),
    "tls12-aes256-ccm8": (0x0303, 0xC0AF),
    "tls12-aes256-gcm-sha384": (0x0303, 0xC02C),
    "tls12-chacha20": (0x0303, 0xCCA8),
    "tls12-ecdhe-rsa-aes128-gcm": (0x0303, 0xC02F),
    "tls12-null-sha256": (0x0303, 0x003B),
    "tls12-psk-cbc-sha256": (0x0303, 0x00AE),
    "tls13-aes128-ccm": (0x0304, 0x1304),
    "tls13-aes128-ccm8": (0x0304, 0x1305),
    "tls13-aes128-gcm": (0x0304, 0x1301),
    "tls13-aes256-gcm": (0x0304, 0x1302),
    "tls13-chacha20": (0x0304, 0x1303),
}


@cache
def truth(name: str) -> frozenset[Opened]:
    """All that a connection says."""
    _, opened = opened_by(*recorded(name))
    return frozenset(opened)


@pytest.mark.parametrize("name", SUITES)
def test_the_connections_are_of_the_kind_their_name_says(name: str) -> None:
    stream = recorded(name).stream(by_client=False)
    (kind, body), *_ = Messages().take(stream[5 : 5 + int.from_bytes(stream[3:5], "big")])
    hello = read_hello(kind, body)
    assert kind == SERVER_HELLO
    assert hello is not None
    assert (hello.version, hello.suite) == SUITES[name]
    agreed = name.endswith("-etm") or name in AGREED_BUT_NOT_SAID
    assert hello.encrypted_first == agreed


@pytest.mark.parametrize("name", RECORDED)
def test_what_both_ends_say_is_opened(name: str) -> None:
    opener, opened = opened_by(*recorded(name))
    assert said_in(opened, by_client=True) == SAID_BY_CLIENT.get(name, CLIENT_SAYS)
    assert said_in(opened, by_client=False) == SAID_BY_SERVER.get(name, SERVER_SAYS)
    assert not opener.broken
    assert (opener.missing_keys, opener.is_unsupported) == (False, False)
    assert opener.skipped == (name in REFUSED)


@pytest.mark.parametrize("name", RECORDED)
def test_a_record_is_pointed_at_in_the_stream_of_its_end(name: str) -> None:
    said = recorded(name)
    for each in truth(name):
        stream = said.stream(by_client=each.by_client)
        header = stream[each.record_at : each.record_at + 5]
        assert 5 + int.from_bytes(header[3:], "big") == each.record_length
        assert header[0] in (each.content_type, 23)


def test_the_certificate_of_a_server_of_1_3_is_seen() -> None:
    opened = truth("tls13-aes128-gcm")
    assert b"gcs.police.example" in said_in(opened, by_client=False, kind=HANDSHAKE)
    client = said_in(truth("tls13-client-certificate"), by_client=True, kind=HANDSHAKE)
    assert b"drone-0042" in client


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("client_first", [True, False])
def test_one_end_may_come_as_a_whole_before_the_other(name: str, *, client_first: bool) -> None:
    said = recorded(name)
    sent = [(end, said.stream(by_client=end)) for end in (client_first, not client_first)]
    opener, opened = opened_by(said.keys, sent)
    assert set(opened) == truth(name)
    assert not opener.broken
    assert opener.skipped == (name in REFUSED)


@settings(deadline=None)
@given(st.sampled_from(RECORDED), st.lists(st.tuples(st.booleans(), st.integers(1, 900))))
def test_pieces_of_both_ends_come_in_any_order(name: str, steps: list[tuple[bool, int]]) -> None:
    said = recorded(name)
    left = {end: said.stream(by_client=end) for end in (True, False)}
    sent = []
    for end, size in [*steps, (True, 1 << 20), (False, 1 << 20)]:
        sent.append((end, left[end][:size]))
        left[end] = left[end][size:]
    opener, opened = opened_by(said.keys, sent)
    assert set(opened) == truth(name)
    assert len(opened) == len(truth(name))
    assert not opener.broken


def test_byte_by_byte_it_is_the_same() -> None:
    said = recorded("tls13-key-update")
    single = [(end, data[i : i + 1]) for end, data in said.sent for i in range(len(data))]
    assert set(opened_by(said.keys, single)[1]) == truth("tls13-key-update")


def with_a_byte_changed(keys: bytes, label: bytes) -> bytes:
    """A key log in which the secret of a label is another."""
    lines = keys.splitlines()
    for i, line in enumerate(lines):
        if line.startswith(label + b" "):
            lines[i] = line[:-1] + (b"0" if line[-1:] != b"0" else b"1")
    return b"\n".join(lines)


@pytest.mark.parametrize("name", [name for name in RECORDED if name not in REFUSED])
def test_with_another_key_it_is_broken_and_nothing_is_made_up(name: str) -> None:
    said = recorded(name)
    for label in {line.split()[0] for line in said.keys.splitlines()} & NEEDED:
        keys = with_a_byte_changed(said.keys, label)
        assert keys.split() != said.keys.split()
        opener, opened = opened_by(keys, said.sent)
        assert opener.broken
        assert set(opened) < truth(name)


@pytest.mark.parametrize("name", RECORDED)
def test_without_keys_nothing_is_opened_and_that_is_told(name: str) -> None:
    opener, opened = opened_by(b"", recorded(name).sent)
    assert (opened, opener.broken, opener.missing_keys) == ([], False, True)
    assert opener.has_ended


def test_the_keys_of_another_connection_are_missing_ones() -> None:
    opener, opened = opened_by(recorded("tls13-chacha20").keys, recorded("tls13-aes128-gcm").sent)
    assert (opened, opener.broken, opener.missing_keys) == ([], False, True)


@pytest.mark.parametrize("name", ["tls13-resumed", "tls12-resumed", "tls10-aes128-cbc-sha-etm"])
def test_a_changed_byte_makes_nothing_up(name: str) -> None:
    said = recorded(name)
    log = KeyLog.read(said.keys)
    for i, (end, data) in enumerate(said.sent):
        for at in range(len(data)):
            changed = bytearray(data)
            changed[at] ^= 0x55
            opener = TlsOpener(log)
            opened: list[Opened] = []
            for by_client, piece in [*said.sent[:i], (end, bytes(changed)), *said.sent[i + 1 :]]:
                opened += opener.take(piece, by_client)
            assert set(opened) <= truth(name)


@pytest.mark.parametrize("name", ["tls13-early-data", "tls12-resumed", "tls12-renegotiated"])
def test_a_connection_cut_short_says_what_it_said_so_far(name: str) -> None:
    said = recorded(name)
    for end in range(len(said.sent)):
        by_client, data = said.sent[end]
        for cut in range(0, len(data), 9):
            opener, opened = opened_by(said.keys, [*said.sent[:end], (by_client, data[:cut])])
            assert set(opened) <= truth(name)
            assert not opener.broken


@pytest.mark.parametrize("name", ["tls12-chacha20", "tls12-aes256-cbc-sha384", "tls13-aes128-gcm"])
def test_a_record_lost_ends_what_is_opened_of_its_end(name: str) -> None:
    said = recorded(name)
    last = max(each.record_at for each in truth(name) if each.by_client)
    (lost,) = [o for o in truth(name) if o.by_client and o.plain == CLIENT_SAYS]
    stream = said.stream(by_client=True)
    assert last > lost.record_at
    rest = stream[: lost.record_at] + stream[lost.record_at + lost.record_length :]
    opener, opened = opened_by(said.keys, [(False, said.stream(by_client=False)), (True, rest)])
    assert opener.broken
    assert said_in(opened, by_client=True) == b""
    assert said_in(opened, by_client=False) == SERVER_SAYS


def test_after_the_farewell_nothing_is_of_tls() -> None:
    said = recorded("tls12-chacha20")
    opener, _ = opened_by(said.keys, said.sent)
    assert opener.has_ended
    assert opener.take(b"QUIT\r\n", by_client=True) == []
    assert not opener.broken


def waiting(by_client: bool) -> bytes:  # noqa: FBT001 - as in take
    """The beginning of one end, whose next record needs the other's hello."""
    stream = recorded("tls12-chacha20").stream(by_client=by_client)
    return stream[: stream.index(b"\x14\3\3\0\1\1") + 6]


@pytest.mark.parametrize("by_client", [True, False])
def test_what_waits_is_held_to_a_cap(*, by_client: bool) -> None:
    opener = TlsOpener(KeyLog())
    sent = waiting(by_client)
    assert opener.take(sent, by_client) == []
    step = record(23, bytes(1 << 14))
    for _ in range(MAX_HELD // len(step)):
        opener.take(step, by_client)
        assert not opener.broken
    opener.take(step * 2, by_client)
    assert opener.broken
    assert not opener._ends[by_client].held


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x80\x2e\1\3\1",
        record(23, b"") + b"x",
        b"\x16\3\1\xff\xff",
        client_hello() + b"HELO me",
    ],
)
def test_what_is_no_record_is_broken(noise: bytes) -> None:
    opener = TlsOpener(KeyLog())
    assert opener.take(noise, by_client=True) == []
    assert opener.broken


@pytest.mark.parametrize(
    "hello",
    [
        server_hello(suite=0x0005, version=None),
        server_hello(suite=0xC0B4, version=None),
        server_hello(suite=0xFFFF),
        server_hello(suite=0x002F),
        server_hello(version=0x7F1C),
    ],
)
def test_what_cannot_be_opened_here_is_told(hello: bytes) -> None:
    opener = TlsOpener(KeyLog())
    opener.take(client_hello(), by_client=True)
    opener.take(hello, by_client=False)
    for end in (True, False):
        opener.take(record(20, b"\1") + record(23, b"x" * 40), end)
    assert opener.is_unsupported
    assert not opener.broken
    assert not opener.missing_keys


def test_protected_data_before_any_key_is_broken() -> None:
    opener = TlsOpener(KeyLog())
    opener.take(client_hello(), by_client=True)
    opener.take(server_hello(suite=0x002F, version=None) + record(23, b"x" * 40), by_client=False)
    assert opener.broken


def test_only_so_many_renegotiations_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = truth("tls12-renegotiated")
    monkeypatch.setattr(tls_opener, "MAX_CHANGES", 1)
    said = recorded("tls12-renegotiated")
    opener, opened = opened_by(said.keys, said.sent)
    assert opener.broken
    assert said_in(opened, by_client=True) == CLIENT_SAYS
    assert set(opened) < everything


@settings(deadline=None)
@given(
    st.sampled_from(RECORDED),
    st.binary(max_size=60),
    st.integers(0, 12),
    st.integers(0, 3000),
    st.booleans(),
)
def test_no_bytes_do_harm(name: str, noise: bytes, turn: int, at: int, by_client: bool) -> None:  # noqa: FBT001
    said = recorded(name)
    turn = min(turn, len(said.sent) - 1)
    end, data = said.sent[turn]
    mixed = [*said.sent[:turn], (end, data[:at] + noise + data[at + len(noise) :])]
    opener, opened = opened_by(said.keys, [*mixed, *said.sent[turn + 1 :], (by_client, noise)])
    assert set(opened) <= truth(name)
    TlsOpener(KeyLog()).take(noise, by_client)
    assert isinstance(opener.broken, bool)
