"""Secrets of TLS connections that an endpoint wrote down, so that its own traffic can be read.

References: draft-ietf-tls-keylogfile (formerly the NSS key log format); the environment variable
SSLKEYLOGFILE makes browsers, curl, OpenSSL and others write it. Each line says a label, the random
number of the ClientHello and the secret, both in hexadecimal.
"""

from __future__ import annotations

from binascii import Error, unhexlify
from io import BytesIO

MAX_BYTES = 64 << 20
MAX_LINES = 1_000_000
_MAX_LINE = 4096

MASTER = "CLIENT_RANDOM"
EARLY = "CLIENT_EARLY_TRAFFIC_SECRET"
CLIENT_HANDSHAKE = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
SERVER_HANDSHAKE = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
CLIENT_APPLICATION = "CLIENT_TRAFFIC_SECRET_0"
SERVER_APPLICATION = "SERVER_TRAFFIC_SECRET_0"

_RANDOM_BYTES = 32
_SECRET_BYTES = {
    MASTER.encode(): (48,),
    EARLY.encode(): (32, 48),
    CLIENT_HANDSHAKE.encode(): (32, 48),
    SERVER_HANDSHAKE.encode(): (32, 48),
    CLIENT_APPLICATION.encode(): (32, 48),
    SERVER_APPLICATION.encode(): (32, 48),
}
"""The labels read, each with the lengths its secret may have: that of TLS 1.2, or of a hash."""

_NOT_USED = frozenset(
    (
        b"EXPORTER_SECRET",
        b"EARLY_EXPORTER_SECRET",
        b"ECH_SECRET",
        b"ECH_CONFIG",
        b"CLIENT_TRAFFIC_SECRET_N",
        b"SERVER_TRAFFIC_SECRET_N",
        b"RSA",
        b"PMS_CLIENT_RANDOM",
    )
)
"""Labels of what opens no record, is known by the premaster secret, or follows from another (`_N`)."""


class KeyLog:
    """The secrets of a key log, by the random number of the client and their label.

    `unread` counts the lines that are none of the format, `not_used` those of labels that are of
    no use here (exporters, RSA premaster secrets, ...); `is_cut` says that lines beyond the caps were
    not read.
    """

    def __init__(self) -> None:
        """Begin with no secret."""
        self.unread = 0
        self.not_used = 0
        self.is_cut = False
        self._secrets: dict[bytes, dict[bytes, bytes]] = {label: {} for label in _SECRET_BYTES}

    @classmethod
    def read(cls, text: bytes) -> KeyLog:
        """Read the text of a key log; of a secret said twice, the later is kept."""
        log = cls()
        rest = BytesIO(text.removeprefix(b"\xef\xbb\xbf"))
        for _ in range(MAX_LINES):
            line = rest.readline(_MAX_LINE)
            if not line or rest.tell() > MAX_BYTES:
                break
            log._take(line)
        log.is_cut = rest.tell() > MAX_BYTES or bool(rest.read(1))
        return log

    def update(self, other: KeyLog) -> None:
        """Take the secrets and the counts of another log in."""
        for label, secrets in other._secrets.items():
            self._secrets[label].update(secrets)
        self.unread += other.unread
        self.not_used += other.not_used
        self.is_cut |= other.is_cut

    def secret(self, client_random: bytes, label: str) -> bytes | None:
        """The secret of a connection under one of the labels of this module; None when not said."""
        return self._secrets.get(label.encode(), {}).get(client_random)

    def __len__(self) -> int:
        """How many secrets are known."""
        return sum(map(len, self._secrets.values()))

    def _take(self, line: bytes) -> None:
        words = line.split()
        if not words or words[0].startswith(b"#"):
            return
        label = words[0]
        if label in _NOT_USED:
            self.not_used += 1
            return
        lengths = _SECRET_BYTES.get(label, ())
        random = _unhexed(words[1]) if lengths and len(words) == 3 else b""
        secret = _unhexed(words[2]) if len(random) == _RANDOM_BYTES else b""
        if len(secret) in lengths:
            self._secrets[label][random] = secret
        else:
            self.unread += 1


def _unhexed(word: bytes) -> bytes:
    """The bytes a word says; none when it says none."""
    try:
        return unhexlify(word)
    except Error:
        return b""
