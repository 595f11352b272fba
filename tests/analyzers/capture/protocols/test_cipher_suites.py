"""Cipher suites: their names, and what is said to be weak about them."""

from __future__ import annotations

import pytest

from sekisho.analyzers.capture.protocols import tls
from sekisho.analyzers.capture.protocols.cipher_suites import (
    NAMES,
    name_of,
    weaknesses_of,
    weaknesses_of_version,
)


@pytest.mark.parametrize(
    ("suite", "name"),
    [
        (0x0000, "TLS_NULL_WITH_NULL_NULL"),
        (0x001B, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA"),
        (0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA"),
        (0x006D, "TLS_DH_anon_WITH_AES_256_CBC_SHA256"),
        (0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA"),
        (0x00C5, "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256"),
        (0x00FF, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"),
        (0x1301, "TLS_AES_128_GCM_SHA256"),
        (0x1305, "TLS_AES_128_CCM_8_SHA256"),
        (0x5600, "TLS_FALLBACK_SCSV"),
        (0xC019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"),
        (0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        (0xC071, "TLS_ECDHE_PSK_WITH_ARIA_256_CBC_SHA384"),
        (0xC0AF, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"),
        (0xC0B5, "TLS_SHA384_SHA384"),
        (0xCCAE, "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256"),
        (0xD005, "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256"),
        (0x0A0A, "GREASE"),
        (0xFAFA, "GREASE"),
        (0x0A1A, "0x0a1a"),
        (0xFFFF, "0xffff"),
        (0x0047, "0x0047"),
    ],
)
def test_a_suite_has_the_name_of_the_registry(suite: int, name: str) -> None:
    assert name_of(suite) == name


def test_no_name_stands_twice() -> None:
    assert len(set(NAMES.values())) == len(NAMES) == 360


@pytest.mark.parametrize(
    ("suite", "weaknesses"),
    [
        (0x0000, ("null", "anonymous", "no_forward_secrecy")),
        (0x0001, ("null", "md5", "no_forward_secrecy")),
        (0x0003, ("export", "rc4", "md5", "no_forward_secrecy")),
        (0x0009, ("des", "no_forward_secrecy", "cbc_sha1")),
        (0x0014, ("export", "des", "cbc_sha1")),
        (0x0016, ("3des", "cbc_sha1")),
        (0x0018, ("anonymous", "rc4", "md5")),
        (0x0026, ("export", "des", "no_forward_secrecy", "cbc_sha1")),
        (0x002D, ("null",)),
        (0x002F, ("no_forward_secrecy", "cbc_sha1")),
        (0x003C, ("no_forward_secrecy",)),
        (0x0062, ("export", "des", "no_forward_secrecy", "cbc_sha1")),
        (0x008C, ("no_forward_secrecy", "cbc_sha1")),
        (0x009C, ("no_forward_secrecy",)),
        (0x009E, ()),
        (0x1301, ()),
        (0xC004, ("no_forward_secrecy", "cbc_sha1")),
        (0xC010, ("null",)),
        (0xC013, ("cbc_sha1",)),
        (0xC018, ("anonymous", "cbc_sha1")),
        (0xC01E, ("cbc_sha1",)),
        (0xC027, ()),
        (0xC02F, ()),
        (0xC0A4, ("no_forward_secrecy",)),
        (0xC0AA, ()),
        (0xC0B4, ("null",)),
        (0x00FF, ()),
        (0x0A0A, ()),
        (0xFFFF, ()),
    ],
)
def test_what_is_weak_is_said_in_order(suite: int, weaknesses: tuple[str, ...]) -> None:
    assert weaknesses_of(suite) == weaknesses


def test_suites_without_encryption_are_those_known_elsewhere() -> None:
    silent = {suite for suite in NAMES if "null" in weaknesses_of(suite)}
    assert silent == set(tls._WITHOUT_ENCRYPTION)


@pytest.mark.parametrize(
    ("version", "weaknesses"),
    [
        (0x0002, ("ssl2",)),
        (0x0300, ("ssl3",)),
        (0x0301, ("tls10",)),
        (0x0302, ("tls11",)),
        (0x0303, ()),
        (0x0304, ()),
        (0xFEFF, ("dtls10",)),
        (0xFEFD, ()),
        (0x1234, ()),
    ],
)
def test_versions_to_be_used_no_more_are_named(version: int, weaknesses: tuple[str, ...]) -> None:
    assert weaknesses_of_version(version) == weaknesses
