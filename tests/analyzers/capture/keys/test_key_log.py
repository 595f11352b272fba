"""Key logs: which secrets are read, and what else may stand in the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.keys import key_log
from sekisho.analyzers.capture.keys.key_log import KeyLog
from tests.analyzers.capture.recorded import RECORDED, recorded

ONE, OTHER = bytes(range(32)), bytes(range(32, 64))


def line(label: str, random: bytes = ONE, secret: bytes = b"s" * 48) -> bytes:
    return f"{label} {random.hex()} {secret.hex()}\n".encode()


@pytest.mark.parametrize(
    ("label", "length"),
    [
        (key_log.MASTER, 48),
        (key_log.EARLY, 32),
        (key_log.CLIENT_HANDSHAKE, 32),
        (key_log.SERVER_HANDSHAKE, 48),
        (key_log.CLIENT_APPLICATION, 32),
        (key_log.SERVER_APPLICATION, 48),
    ],
)
def test_a_secret_is_found_by_the_random_number_and_its_label(label: str, length: int) -> None:
    log = KeyLog.read(line(label, secret=b"k" * length))
    assert log.secret(ONE, label) == b"k" * length
    assert log.secret(OTHER, label) is None
    assert log.secret(ONE, "EXPORTER_SECRET") is None
    assert (len(log), log.unread, log.not_used, log.is_cut) == (1, 0, 0, False)


def test_the_format_is_read_as_programs_write_it() -> None:
    text = (
        b"\xef\xbb\xbf# SSL/TLS secrets log file\r\n"
        + line("CLIENT_RANDOM").replace(b"\n", b"\r\n").upper()
        + b"\r\n   \n"
        + line("SERVER_TRAFFIC_SECRET_0", OTHER, b"z" * 32).rstrip()
    )
    log = KeyLog.read(text)
    assert log.secret(ONE, key_log.MASTER) == b"s" * 48
    assert log.secret(OTHER, key_log.SERVER_APPLICATION) == b"z" * 32
    assert (len(log), log.unread) == (2, 0)


def test_secrets_that_open_nothing_are_counted() -> None:
    text = line("EXPORTER_SECRET") + line("EARLY_EXPORTER_SECRET") + b"RSA 0123 4567\n"
    text += b"RSA Session-ID:00 Master-Key:00\nPMS_CLIENT_RANDOM 00 11\n"
    log = KeyLog.read(text + line("CLIENT_TRAFFIC_SECRET_N") + line("SERVER_TRAFFIC_SECRET_N"))
    assert (len(log), log.unread, log.not_used) == (0, 0, 7)


def test_the_logs_of_other_programs_are_read_as_a_whole() -> None:
    for name in RECORDED:
        log = KeyLog.read(recorded(name).keys)
        assert log.unread == 0
        assert len(log) >= 1


@pytest.mark.parametrize(
    "text",
    [
        b"CLIENT_RANDOM\n",
        b"CLIENT_RANDOM " + ONE.hex().encode() + b"\n",
        line("CLIENT_RANDOM").rstrip() + b" more\n",
        line("CLIENT_RANDOM", ONE[1:]),
        line("CLIENT_RANDOM", secret=b"s" * 47),
        line("CLIENT_RANDOM", secret=b"s" * 32),
        line("CLIENT_TRAFFIC_SECRET_0", secret=b"s" * 33),
        line("CLIENT_TRAFFIC_SECRET_0", secret=b""),
        line("CLIENT_RANDOM").replace(b"7373", b"73g3", 1),
        line("CLIENT_RANDOM").replace(b"7373", b"733", 1),
        line("client_random"),
        b"\xff\xfe\0\0\n",
        b"<html>\n",
    ],
)
def test_a_line_that_is_none_is_counted(text: bytes) -> None:
    log = KeyLog.read(text + line("CLIENT_RANDOM", OTHER))
    assert (len(log), log.unread) == (1, 1)
    assert log.secret(OTHER, key_log.MASTER) == b"s" * 48


def test_logs_are_merged_and_the_later_word_counts() -> None:
    log = KeyLog.read(line("CLIENT_RANDOM") + b"noise\n" + line("EXPORTER_SECRET"))
    log.update(KeyLog.read(line("CLIENT_RANDOM", secret=b"t" * 48) + b"noise\nRSA 0 0\n"))
    log.update(KeyLog.read(line("CLIENT_RANDOM", OTHER)))
    assert log.secret(ONE, key_log.MASTER) == b"t" * 48
    assert (len(log), log.unread, log.not_used, log.is_cut) == (2, 2, 2, False)


def test_what_stands_beyond_the_caps_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = line("CLIENT_RANDOM") + line("CLIENT_RANDOM", OTHER)
    monkeypatch.setattr(key_log, "MAX_LINES", 1)
    cut = KeyLog.read(text)
    assert (len(cut), cut.is_cut) == (1, True)
    monkeypatch.setattr(key_log, "MAX_LINES", 2)
    assert not KeyLog.read(text).is_cut
    monkeypatch.setattr(key_log, "MAX_BYTES", len(text) - 1)
    cut = KeyLog.read(text)
    assert (len(cut), cut.is_cut) == (1, True)
    whole = KeyLog()
    assert not whole.is_cut
    whole.update(cut)
    assert whole.is_cut


def test_a_line_without_end_is_not_held() -> None:
    log = KeyLog.read(b"x" * 10_000 + b"\n" + line("CLIENT_RANDOM"))
    assert (len(log), log.unread) == (1, 3)


@given(st.binary(max_size=300), st.integers(0, 180), st.integers(0, 255))
def test_no_bytes_do_harm(noise: bytes, at: int, value: int) -> None:
    text = bytearray(line("CLIENT_RANDOM") * 2)
    text[at] = value
    assert len(KeyLog.read(bytes(text) + noise)) <= 3
    assert len(KeyLog.read(noise)) <= 1
