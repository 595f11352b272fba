"""SOCKS: whom a client asks its proxy to connect it with; the far end beyond the proxy.

References: RFC 1928 (SOCKS 5), RFC 1929 (user name and password), SOCKS 4 and 4A (Ying-Da Lee).
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.said import Said, worded
from sekisho.model.flow import DataCategory

_FIVE, _SIGN_IN = 5, 1
_COMMANDS = (1, 2, 3)
_IPV4, _NAME, _IPV6 = 1, 3, 4
_SIZES = {_IPV4: 4, _IPV6: 16}
_LONGEST_TEXT = 255


class Target(NamedTuple):
    """The end that a client asks for: a host name or an address, where it stands, and the port.

    `user_at` is where the name of the user stands that the client signs in with, -1 without one.
    """

    host: str
    port: int
    host_at: int
    host_length: int
    user_at: int = -1
    user_length: int = 0

    @property
    def is_name(self) -> bool:
        """Whether the host is told by its name."""
        return self.host_length == len(self.host)


def read_target(data: bytes | bytearray) -> Target | None:
    """The target in what a client says first; `None` when it is not (yet) all there."""
    if data[:1] == b"\x05":
        return _of_five(data)
    return _of_four(data) if data[:1] == b"\x04" else None


def said_of(target: Target, data: bytes | bytearray) -> list[Said]:
    """What the request tells: the target, and who signs in; never the password."""
    end = f"{target.host}:{target.port}"
    said = [Said("target", end, target.host_at, target.host_length, None)]
    if target.user_length:
        user = worded(data[target.user_at : target.user_at + target.user_length])
        at, length = target.user_at, target.user_length
        said.append(Said("user", user, at, length, DataCategory.PERSON_IDENTIFIER))
    return said


def _of_five(data: bytes | bytearray) -> Target | None:
    """The greeting, the signing in where that was offered, then the request."""
    if len(data) < 2 or not data[1]:
        return None
    at = 2 + data[1]
    user_at, user_length = -1, 0
    if data[at : at + 1] == bytes((_SIGN_IN,)):
        user_at, user_length = at + 2, _byte(data, at + 1)
        secret_at = user_at + user_length
        at = secret_at + 1 + _byte(data, secret_at)
    if len(data) < at + 5 or data[at] != _FIVE or data[at + 1] not in _COMMANDS or data[at + 2]:
        return None
    kind, host_at = data[at + 3], at + 4
    if kind not in (_IPV4, _NAME, _IPV6):
        return None
    if kind == _NAME:
        host_at += 1
    length = _byte(data, host_at - 1) if kind == _NAME else _SIZES[kind]
    raw, end = bytes(data[host_at : host_at + length]), host_at + length
    if len(data) < end + 2 or not length:
        return None
    host = _text(raw) if kind == _NAME else str(ipaddress.ip_address(raw))
    return _target(data, host, (host_at, length), end, (user_at, user_length)) if host else None


def _of_four(data: bytes | bytearray) -> Target | None:
    """The request with port before address; an address of 0.0.0.x says that a name follows."""
    if len(data) < 9 or data[1] not in (1, 2) or data[2:4] == b"\0\0":
        return None
    raw, user_at = bytes(data[4:8]), 8
    user_end = data.find(b"\0", user_at, user_at + _LONGEST_TEXT + 1)
    if user_end < 0 or (user_end > user_at and not _text(bytes(data[user_at:user_end]))):
        return None
    user = (user_at, user_end - user_at) if user_end > user_at else (-1, 0)
    if raw == bytes(4):
        return None
    if raw[:3] != bytes(3):
        return _target(data, str(ipaddress.ip_address(raw)), (4, 4), 2, user)
    end = data.find(b"\0", user_end + 1, user_end + 2 + _LONGEST_TEXT)
    host = _text(bytes(data[user_end + 1 : end])) if end > user_end + 1 else ""
    return _target(data, host, (user_end + 1, len(host)), 2, user) if host else None


def _target(
    data: bytes | bytearray,
    host: str,
    stands: tuple[int, int],
    port_at: int,
    user: tuple[int, int],
) -> Target:
    port = data[port_at] << 8 | data[port_at + 1]
    return Target(host, port, *stands, *user)


def _byte(data: bytes | bytearray, at: int) -> int:
    return data[at] if at < len(data) else 0


def _text(raw: bytes) -> str:
    """A host name in lower case; empty when it is none."""
    text = raw.decode("ascii", "replace").lower()
    return text if text.isprintable() and " " not in text and "\ufffd" not in text else ""
