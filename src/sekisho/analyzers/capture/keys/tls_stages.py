"""The stretches of TLS 1.3 that one end sends, each with keys of its own: early data, handshake, use.

References: RFC 8446, 2.3 and 4.2.10 (early data), 4.4.4 (Finished), 4.5 (EndOfEarlyData), 4.6.3
(KeyUpdate), 5.2 (records), 7.1 (secrets).
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from sekisho.analyzers.capture.keys import key_log
from sekisho.analyzers.capture.keys.key_log import KeyLog
from sekisho.analyzers.capture.keys.tls_keys import TLS13, Suite, next_secret, traffic_keys
from sekisho.analyzers.capture.keys.tls_records import Plain, RecordKeys, record_keys
from sekisho.analyzers.capture.protocols.tls_handshake import (
    APPLICATION,
    END_OF_EARLY_DATA,
    FINISHED,
    HANDSHAKE,
    KEY_UPDATE,
    Hello,
    Messages,
)

MAX_PASSED = 256 << 10
"""Bytes of records passed over while those that the keys are for are still to come."""

_LABELS = {
    True: (key_log.EARLY, key_log.CLIENT_HANDSHAKE, key_log.CLIENT_APPLICATION),
    False: (key_log.SERVER_HANDSHAKE, key_log.SERVER_APPLICATION),
}
_OF_HANDSHAKE = (key_log.CLIENT_HANDSHAKE, key_log.SERVER_HANDSHAKE)
_OF_USE = (key_log.CLIENT_APPLICATION, key_log.SERVER_APPLICATION)


class State(Enum):
    """Whether an end can be followed."""

    FOLLOWED = "followed"
    MISSING = "missing"
    """The next secret is not logged."""
    BROKEN = "broken"
    """A record is not authentic, or cannot stand there."""


class _Stage(NamedTuple):
    label: str
    secret: bytes
    keys: RecordKeys


class Stages:
    """Opens what one end of TLS 1.3 protects, and follows its changes of keys.

    While it seeks, records that no key opens may be others' (early data that the server refused or
    whose secret is not logged, a handshake whose secret is not) and are passed over; `skipped`
    counts them. `state` says whether it can go on.
    """

    def __init__(self, suite: Suite, client: Hello, log: KeyLog, *, by_client: bool) -> None:
        """Look up what is logged of the secrets of an end.

        Args:
            suite: the suite that was chosen, one that seals.
            client: what the client said.
            log: the secrets known.
            by_client: whether it is the client's records.
        """
        self.state = State.FOLLOWED
        self.skipped = 0
        self._suite = suite
        self._messages = Messages()
        self._passed = 0
        self._stages: list[_Stage] = []
        is_early = by_client and client.has_early_data
        for label in _LABELS[by_client]:
            secret = log.secret(client.random, label)
            if secret is not None and (is_early or label != key_log.EARLY):
                self._stages.append(_stage(label, suite, secret))
        if all(stage.label == key_log.EARLY for stage in self._stages):
            self._stop(State.MISSING)
        self._is_seeking = is_early or not self._is_at(_OF_HANDSHAKE)

    def open(self, header: bytes, body: bytes) -> Plain | None:
        """What a record protects; None for one that is not protected, or passed over."""
        if not self._stages:
            return None
        if header[0] != APPLICATION:
            # A hello may still come behind refused early data; a handshake in clear may not.
            if header[0] == HANDSHAKE and not self._is_seeking:
                self._stop(State.BROKEN)
            return None
        for i in range(len(self._stages) if self._is_seeking else 1):
            plain = self._stages[i].keys.open(header, body)
            if plain is not None:
                del self._stages[:i]
                self._is_seeking = self._is_at((key_log.EARLY,))
                self._follow(plain)
                return plain
        self._passed += len(body)
        if not self._is_seeking or self._passed > MAX_PASSED:
            self._stop(State.BROKEN)
        else:
            self.skipped += 1
        return None

    def _is_at(self, labels: tuple[str, ...]) -> bool:
        return bool(self._stages) and self._stages[0].label in labels

    def _follow(self, plain: Plain) -> None:
        """Change the keys where a message says so."""
        if plain.content_type != HANDSHAKE:
            return
        for kind, _ in self._messages.take(plain.content):
            if kind == KEY_UPDATE and self._is_at(_OF_USE):
                label, secret, _ = self._stages[0]
                secret = next_secret(self._suite, secret)
                self._stages[0] = _stage(label, self._suite, secret)
            elif kind == FINISHED and self._is_at(_OF_HANDSHAKE):
                self._leave()
            elif kind == END_OF_EARLY_DATA and self._is_at((key_log.EARLY,)):
                self._leave()
                self._is_seeking = not self._is_at(_OF_HANDSHAKE)

    def _leave(self) -> None:
        del self._stages[0]
        if not self._stages:
            self._stop(State.MISSING)

    def _stop(self, state: State) -> None:
        self.state = state
        self._stages.clear()


def _stage(label: str, suite: Suite, secret: bytes) -> _Stage:
    return _Stage(label, secret, record_keys(suite, traffic_keys(suite, secret), TLS13))
