"""The keys of TLS 1.3 one after the other, where some of them are not logged."""

from __future__ import annotations

import pytest

from sekisho.analyzers.capture.keys import tls_stages
from sekisho.analyzers.capture.keys.tls_opener import Opened, TlsOpener
from tests.analyzers.capture.build import record
from tests.analyzers.capture.recorded import (
    CLIENT_SAYS,
    HANDSHAKE,
    SERVER_SAYS,
    opened_by,
    recorded,
    said_in,
)

EARLY = b"early " + CLIENT_SAYS
HANDSHAKE_SECRETS = (b"CLIENT_HANDSHAKE", b"SERVER_HANDSHAKE")
APPLICATION_SECRETS = (b"CLIENT_TRAFFIC", b"SERVER_TRAFFIC")


def without(name: str, *labels: bytes) -> tuple[TlsOpener, list[Opened]]:
    """A connection opened with the key log but for some of its lines."""
    said = recorded(name)
    kept = [line for line in said.keys.splitlines() if not line.startswith(labels)]
    assert len(kept) < len(said.keys.splitlines())
    return opened_by(b"\n".join(kept), said.sent)


@pytest.mark.parametrize("name", ["tls13-aes128-gcm", "tls13-key-update", "go-tls13"])
def test_without_the_secrets_of_the_handshake_what_follows_is_opened(name: str) -> None:
    opener, opened = without(name, *HANDSHAKE_SECRETS)
    assert said_in(opened, by_client=True).startswith(CLIENT_SAYS)
    assert said_in(opened, by_client=False).startswith(SERVER_SAYS)
    assert b"gcs.police.example" not in said_in(opened, by_client=False, kind=HANDSHAKE)
    assert (opener.broken, opener.missing_keys) == (False, False)
    assert opener.skipped > 1


def test_without_the_secrets_of_use_the_handshake_is_opened() -> None:
    opener, opened = without("tls13-aes128-gcm", *APPLICATION_SECRETS)
    assert b"gcs.police.example" in said_in(opened, by_client=False, kind=HANDSHAKE)
    assert said_in(opened, by_client=True) + said_in(opened, by_client=False) == b""
    assert (opener.broken, opener.missing_keys) == (False, True)


def test_one_end_alone_may_be_logged() -> None:
    opener, opened = without("tls13-aes128-gcm", b"SERVER_")
    assert said_in(opened, by_client=True) == CLIENT_SAYS
    assert not any(each for each in opened if not each.by_client)
    assert (opener.broken, opener.missing_keys) == (False, True)


def test_early_data_without_their_secret_are_passed_over() -> None:
    opener, opened = without("tls13-early-data", b"CLIENT_EARLY")
    assert said_in(opened, by_client=True) == CLIENT_SAYS
    assert (opener.broken, opener.missing_keys, opener.skipped) == (False, False, 2)


def test_early_data_alone_are_no_keys_of_a_connection() -> None:
    opener, opened = without("tls13-early-data", *HANDSHAKE_SECRETS, *APPLICATION_SECRETS)
    assert (opened, opener.broken, opener.missing_keys) == ([], False, True)


def test_after_early_data_the_handshake_may_not_be_logged() -> None:
    opener, opened = without("tls13-early-data", *HANDSHAKE_SECRETS)
    assert said_in(opened, by_client=True) == EARLY + CLIENT_SAYS
    assert (opener.broken, opener.missing_keys) == (False, False)


def test_no_more_than_some_bytes_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls_stages, "MAX_PASSED", 100)
    opener, opened = without("tls13-aes128-gcm", *HANDSHAKE_SECRETS)
    assert opener.broken
    assert said_in(opened, by_client=False) == b""


@pytest.mark.parametrize("name", ["tls13-early-data-rejected", "tls13-early-data-retried"])
def test_refused_early_data_are_no_reason_to_stop(name: str) -> None:
    opener, opened = opened_by(*recorded(name))
    assert said_in(opened, by_client=True) == CLIENT_SAYS
    assert (opener.broken, opener.skipped) == (False, 1)


def test_a_handshake_in_clear_has_no_place_behind_keys() -> None:
    said = recorded("tls13-aes128-gcm")
    last = max(i for i, (by_client, _) in enumerate(said.sent) if by_client)
    sent = [*said.sent[:last], (True, record(22, b"\1\0\0\0"))]
    opener, opened = opened_by(said.keys, sent)
    assert opener.broken
    assert said_in(opened, by_client=True) == CLIENT_SAYS


def test_a_change_of_cipher_and_an_alert_in_clear_say_nothing() -> None:
    said = recorded("tls13-aes128-gcm")
    last = max(i for i, (by_client, _) in enumerate(said.sent) if by_client)
    between = [(True, record(20, b"\1")), (False, record(21, b"\2\x14"))]
    opener, opened = opened_by(said.keys, [*said.sent[:last], *between, *said.sent[last:]])
    assert said_in(opened, by_client=True) == CLIENT_SAYS
    assert not opener.broken
