"""What the readers of clear-text protocols share: caps, printable values, secrets left out."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.said import (
    MAX_CREDENTIALS,
    MAX_OF_NAME,
    MAX_SAID,
    MAX_URL,
    MAX_VALUE,
    Said,
    authorization,
    from_base64,
    gathered,
    header_fields,
    lines,
    without_secrets,
    worded,
)
from sekisho.model.flow import DataCategory

PERSON, SECRET = DataCategory.PERSON_IDENTIFIER, DataCategory.CREDENTIAL


def thing(name: str, value: str, start: int = 0) -> Said:
    return Said(name, value, start, 1, None)


def test_each_thing_is_kept_once_and_first() -> None:
    said = [thing("a", "1", 5), thing("b", "1"), thing("a", "1", 9), thing("a", "2")]
    assert gathered(said) == [said[0], said[1], said[3]]


def test_many_of_one_name_do_not_crowd_out_others() -> None:
    said = [thing("a", str(i)) for i in range(100)] + [thing("b", "1")]
    assert [kept.name for kept in gathered(said)] == ["a"] * MAX_OF_NAME + ["b"]
    assert len(gathered(thing(str(i), "") for i in range(1000))) == MAX_SAID


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b" pilot 7\r\n", "pilot 7"),
        ("無人機".encode(), "無人機"),
        (b"a\xffb", "a\\xffb"),
        (b"a\0\x1b[2J", "a\\x00\\x1b[2J"),
        ("\u202eevil".encode(), "\\u202eevil"),
        (b"x" * 999, "x" * MAX_VALUE),
    ],
)
def test_values_are_printable(raw: bytes, text: str) -> None:
    assert worded(raw) == text


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        (b"http://u:p:w@h/x?t=1", b"http://u@h/x"),
        (b"SIP:u:pw@h;x=1", b"SIP:u@h;x=1"),
        (b"rtsp://h:554/a", b"rtsp://h:554/a"),
        (b"/PASSWD=abc&x=1/pwd=", b"/PASSWD=&x=1/pwd="),
        (b"http://u:" + b"p" * 1000 + b"@h/", b"http://u@h/"),
        (b"http://u:" + b"p" * MAX_URL + b"@h/", b""),
    ],
)
def test_secrets_are_left_out_of_urls(url: bytes, plain: bytes) -> None:
    assert without_secrets(url) == plain


def test_lines_and_fields_tell_their_places() -> None:
    data = b"..A: 1\r\nB\n\r\nLong-Name :\t2 \r\n: 3\nend: 4"
    assert [data[at:stop] for at, stop in lines(data, 2, len(data))] == [
        b"A: 1", b"B", b"", b"Long-Name :\t2 ", b": 3", b"end: 4"
    ]  # fmt: skip
    fields = [(name, data[at:stop]) for name, at, stop in header_fields(data, 2, len(data))]
    assert fields == [(b"a", b"1"), (b"long-name", b"2 "), (b"", b"3"), (b"end", b"4")]
    assert list(lines(b"\n", 0, 1)) == [(0, 0)]
    assert list(lines(b"", 0, 0)) == []


def test_what_is_no_base64_is_nothing() -> None:
    assert from_base64(b"cGlsb3Q=") == b"pilot"
    assert from_base64(b"cGlsb3Q") == b""
    assert from_base64(b"A" * (MAX_CREDENTIALS + 4)) == b""


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (
            b"Basic " + b64encode(b"u:secret"),
            [("user_name", "u", PERSON), ("password", "", SECRET)],
        ),
        (b"basic  " + b64encode(b":secret"), [("password", "", SECRET)]),
        (b"Basic " + b64encode(b"secret"), []),
        (b"Basic ???", []),
        (b'Digest username="u", response="secret"', [("user_name", "u", PERSON)]),
        (b'Digest nousername="u"', []),
        (b"Bearer secret", [("token", "", SECRET)]),
        (b"Negotiate secret", []),
        (b"", []),
    ],
)
def test_credentials_are_told_by_their_scheme(
    raw: bytes, names: list[tuple[str, str, DataCategory]]
) -> None:
    said = list(authorization(raw, 100))
    assert [(thing.name, thing.value, thing.category) for thing in said] == names
    assert all(100 <= thing.start <= thing.start + thing.length <= 100 + len(raw) for thing in said)


@given(st.binary(max_size=300))
def test_no_bytes_do_harm(noise: bytes) -> None:
    assert worded(noise).isprintable()
    assert len(worded(noise)) <= MAX_VALUE
    without_secrets(noise)
    for scheme in (b"Basic ", b"Digest ", b"Bearer "):
        list(authorization(scheme + noise, 0))
    for _, at, stop in header_fields(noise, 0, len(noise)):
        assert at <= stop <= len(noise)
