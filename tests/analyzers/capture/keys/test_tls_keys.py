"""Keys of TLS, against the numbers of the standards and of other programs."""

from __future__ import annotations

import pytest

from sekisho.analyzers.capture.keys import tls_keys
from sekisho.analyzers.capture.keys.tls_keys import (
    TLS10,
    TLS12,
    Suite,
    master_keys,
    next_secret,
    suite_of,
    traffic_keys,
)
from sekisho.analyzers.capture.protocols.cipher_suites import NAMES

GCM = Suite("GCM", 16, "sha256")


def test_the_keys_of_1_3_are_those_of_the_standard() -> None:
    """RFC 8448, 3: what the server's handshake is protected with."""
    secret = bytes.fromhex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")
    keys = traffic_keys(GCM, secret)
    assert keys.key.hex() == "3fce516009c21727d0f2e4e86ee403bc"
    assert keys.iv.hex() == "5d313eb2671276ee13000b30"
    assert keys.mac == b""


def test_the_pseudorandom_function_of_1_2_is_that_of_others() -> None:
    """The numbers that implementers of TLS 1.2 agreed on (IETF TLS list, 2010)."""
    secret = bytes.fromhex("9bbe436ba940f017b17652849a71db35")
    seed = b"test label" + bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c")
    spread = tls_keys._spread(secret, seed, 100, "sha256")
    assert spread.hex().startswith(
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
    )
    assert len(spread) == 100


@pytest.mark.parametrize(
    ("suite", "does"),
    [
        (0x1301, GCM),
        (0x1302, Suite("GCM", 32, "sha384")),
        (0x1303, Suite("CHACHA20", 32, "sha256")),
        (0x1304, Suite("CCM", 16, "sha256")),
        (0x1305, Suite("CCM_8", 16, "sha256")),
        (0x002F, Suite("CBC", 16, "sha1")),
        (0x003D, Suite("CBC", 32, "sha256")),
        (0x0002, Suite("NULL", 0, "sha1")),
        (0x0001, Suite("NULL", 0, "md5")),
        (0xC02F, GCM),
        (0xC028, Suite("CBC", 32, "sha384")),
        (0xC0AD, Suite("CCM", 32, "sha256")),
        (0xC0AA, Suite("CCM_8", 16, "sha256")),
        (0xC0B3, Suite("CCM", 32, "sha384")),
        (0xCCA8, Suite("CHACHA20", 32, "sha256")),
        (0x0000, None),
        (0x0005, None),
        (0x000A, None),
        (0x0041, None),
        (0x00C6, None),
        (0x00FF, None),
        (0x1306, None),
        (0xC051, None),
        (0xC0B4, None),
        (0xC101, None),
        (0x0A0A, None),
        (0xFFFF, None),
    ],
)
def test_a_suite_says_what_it_does(suite: int, does: Suite | None) -> None:
    assert suite_of(suite) == does


def test_every_suite_with_aes_or_chacha20_can_be_opened() -> None:
    for suite, name in NAMES.items():
        assert (suite_of(suite) is not None) == any(
            part in name for part in ("_AES_", "_CHACHA20_", "_NULL_SHA", "_NULL_MD5")
        )


@pytest.mark.parametrize(
    ("version", "suite", "lengths"),
    [
        (TLS12, GCM, (0, 16, 4)),
        (TLS12, Suite("CHACHA20", 32, "sha256"), (0, 32, 12)),
        (TLS12, Suite("CBC", 32, "sha384"), (48, 32, 16)),
        (TLS10, Suite("CBC", 16, "sha1"), (20, 16, 16)),
        (TLS12, Suite("NULL", 0, "sha256"), (32, 0, 0)),
    ],
)
def test_both_ends_have_keys_of_their_own(
    version: int, suite: Suite, lengths: tuple[int, int, int]
) -> None:
    client, server = master_keys(version, suite, b"m" * 48, b"c" * 32, b"s" * 32)
    for end in (client, server):
        assert (len(end.mac), len(end.key), len(end.iv)) == lengths
    assert client != server
    assert (client, server) != master_keys(version, suite, b"m" * 48, b"s" * 32, b"c" * 32)
    assert (client, server) != master_keys(version, suite, b"n" * 48, b"c" * 32, b"s" * 32)


def test_the_next_secret_is_another_of_the_same_length() -> None:
    strong = Suite("GCM", 32, "sha384")
    for suite, secret in ((GCM, b"s" * 32), (strong, b"s" * 48)):
        later = next_secret(suite, secret)
        assert len(later) == len(secret)
        assert later != secret
