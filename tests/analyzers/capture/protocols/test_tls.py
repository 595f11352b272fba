from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols import tls
from tests.analyzers.capture.build import (
    client_hello,
    extension,
    hello_message,
    record,
    server_hello,
    sized,
)


def test_the_server_name_and_its_place_are_read() -> None:
    data = b"prelude" + client_hello("GCS.police.example")
    hello = tls.read_client_hello(data, 7)
    assert hello is not None
    assert (hello.server_name, hello.application_protocols) == ("gcs.police.example", ("h2",))
    assert data[hello.name_at :].startswith(b"GCS.police.example")


def test_a_hello_split_over_records_is_put_together() -> None:
    message = hello_message()
    data = b"".join(record(22, message[i : i + 30]) for i in range(0, len(message), 30))
    hello = tls.read_client_hello(data)
    assert hello is not None
    assert hello.server_name == "gcs.police.example"
    assert data[hello.name_at : hello.name_at + 1] == b"g"


def test_a_hello_without_a_name_is_a_hello() -> None:
    hello = tls.read_client_hello(client_hello(None))
    assert hello is not None
    assert (hello.server_name, hello.name_at) == (None, -1)


@pytest.mark.parametrize("cut", [1, 20, 60, 200])
def test_a_hello_that_is_not_whole_is_none(cut: int) -> None:
    data = client_hello()[:-cut]
    assert tls.read_client_hello(data) is None
    assert tls.is_handshake(data)


def with_extension(kind: int, value: bytes) -> bytes:
    body = b"\3\3" + b"r" * 32 + b"\0" + sized(b"\x13\x01", 2) + sized(b"\0", 1)
    message = body + sized(extension(kind, value), 2)
    return record(22, b"\1" + sized(message, 3))


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\0\5\1\0\2ab",
        sized(b"\0" + b"\0\x09short", 2),
        sized(b"\0\0\0", 2),
        sized(b"\0" + sized(b"a" * 256, 2), 2),
    ],
)
def test_a_broken_name_is_no_name(value: bytes) -> None:
    hello = tls.read_client_hello(with_extension(0, value))
    assert hello is not None
    assert hello.server_name is None


def test_an_unprintable_name_is_escaped() -> None:
    hello = tls.read_client_hello(with_extension(0, sized(b"\0" + sized(b"a\n\xffb", 2), 2)))
    assert hello is not None
    assert hello.server_name == "a\\n\\\\xffb"


def test_an_extension_longer_than_the_message_is_not_read() -> None:
    broken = with_extension(0, b"")[:-4] + b"\0\0\x7f\xff"
    hello = tls.read_client_hello(broken)
    assert hello is not None
    assert hello.server_name is None


@pytest.mark.parametrize(
    ("data", "version", "encrypts"),
    [
        (server_hello(), "TLS 1.3", True),
        (server_hello(version=None), "TLS 1.2", True),
        (server_hello(version=0x7F1C), "0x7f1c", True),
        (server_hello(suite=0x003B, version=None), "TLS 1.2", False),
    ],
)
def test_version_and_suite_are_the_server_s(data: bytes, version: str, *, encrypts: bool) -> None:
    hello = tls.read_server_hello(data)
    assert hello is not None
    assert hello[:2] == (version, encrypts)


def test_one_hello_is_not_the_other() -> None:
    assert tls.read_server_hello(client_hello()) is None
    assert tls.read_client_hello(server_hello()) is None
    assert tls.read_server_hello(record(22, b"\2\0\0\4abcd")) is None


def test_records_are_told_from_other_bytes() -> None:
    assert tls.is_record(record(23, b"x"))
    assert not tls.is_record(record(23, b""))
    assert not tls.is_record(record(25, b"x"))
    assert not tls.is_record(record(23, b"x", 0x0203))
    assert not tls.is_record(b"\x17\3\3\xff\xffxx")
    assert not tls.is_record(b"\x17\3")
    assert tls.begins_hello(client_hello())
    assert not tls.begins_hello(record(22, b"\x0bx"))


def test_encrypted_records_are_seen_behind_the_handshake() -> None:
    assert tls.has_encrypted_record(client_hello() + record(20, b"\1") + record(23, b"x"))
    assert not tls.has_encrypted_record(client_hello() + record(20, b"\1"))


@given(st.binary(max_size=300), st.integers(0, 150))
def test_any_bytes_end_in_a_hello_or_none(data: bytes, at: int) -> None:
    mutated = bytearray(client_hello() + server_hello())
    mutated[at : at + len(data)] = data
    for content in (data, bytes(mutated), b"\x16\3\1" + data):
        tls.read_client_hello(content)
        tls.read_server_hello(content)
        tls.has_encrypted_record(content)
