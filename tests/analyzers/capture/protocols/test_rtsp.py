"""RTSP: requests and answers, credentials and media in them, and packets between them."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.rtsp import (
    MAX_HEAD,
    Interleaved,
    Message,
    begins_rtsp,
    read_parts,
    read_rtsp,
)
from sekisho.analyzers.capture.protocols.said import Said
from sekisho.model.flow import DataCategory

PERSON, SECRET = DataCategory.PERSON_IDENTIFIER, DataCategory.CREDENTIAL
DESCRIPTION = (
    b"v=0\r\no=- 1 1 IN IP4 192.168.1.1\r\ns=live\r\nm=video 0 RTP/AVP 96\r\n"
    b"a=rtpmap:96 H264/90000\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/48000\r\n"
)


def request(line: bytes, *fields: bytes, body: bytes = b"") -> bytes:
    if body:
        fields = (*fields, b"Content-Length: " + str(len(body)).encode())
    return b"\r\n".join((line + b" RTSP/1.0", b"CSeq: 1", *fields)) + b"\r\n\r\n" + body


def answer(*fields: bytes, body: bytes = b"") -> bytes:
    return request(b"", *fields, body=body).replace(b" RTSP/1.0", b"RTSP/1.0 200 OK", 1)


def within(channel: int, data: bytes) -> bytes:
    return b"$" + bytes((channel,)) + len(data).to_bytes(2, "big") + data


def told(data: bytes) -> list[tuple[str, str]]:
    return [(thing.name, thing.value) for thing in read_rtsp(data)]


def test_what_is_asked_for_is_told() -> None:
    data = request(b"OPTIONS rtsp://10.0.0.1/live", b"User-Agent: Pilot/2")
    data += request(
        b"SETUP rtsp://10.0.0.1/live/1", b"Transport: RTP/AVP;unicast;client_port=5000-5001"
    )
    assert begins_rtsp(data)
    assert begins_rtsp(bytearray(data))
    assert told(data) == [
        ("method", "OPTIONS"),
        ("url", "rtsp://10.0.0.1/live"),
        ("software", "Pilot/2"),
        ("method", "SETUP"),
        ("url", "rtsp://10.0.0.1/live/1"),
        ("transport", "RTP/AVP;unicast;client_port=5000-5001"),
    ]
    for thing in read_rtsp(data):
        assert data[thing.start : thing.start + thing.length].decode() == thing.value


def test_media_of_an_answer_are_told() -> None:
    data = answer(b"Server: cam", b"Content-Type: application/sdp", body=DESCRIPTION)
    assert begins_rtsp(data)
    assert [(thing.name, thing.value, thing.category) for thing in read_rtsp(data)] == [
        ("status", "200", None),
        ("software", "cam", None),
        ("media", "video", DataCategory.IMAGERY),
        ("codec", "H264", DataCategory.IMAGERY),
        ("media", "audio", None),
        ("codec", "mpeg4-generic", None),
    ]


@pytest.mark.parametrize(
    ("url", "plain", "user"),
    [
        (b"rtsp://admin:hunter2@10.0.0.1/live", "rtsp://admin@10.0.0.1/live", "admin"),
        (b"RTSP://admin:hunter2@10.0.0.1/", "RTSP://admin@10.0.0.1/", "admin"),
        (
            b"rtsp://10.0.0.1/user=admin&password=hunter2&ch=1",
            "rtsp://10.0.0.1/user=admin&password=&ch=1",
            None,
        ),
        (b"rtsp://10.0.0.1/live?token=hunter2", "rtsp://10.0.0.1/live", None),
        (b"rtsp://admin@10.0.0.1/live", "rtsp://admin@10.0.0.1/live", None),
    ],
)
def test_passwords_in_urls_are_not_kept(url: bytes, plain: str, user: str | None) -> None:
    data = request(b"DESCRIBE " + url)
    said = read_rtsp(data)
    assert ("url", plain) in told(data)
    assert not any("hunter2" in thing.value for thing in said)
    names = [thing.value for thing in said if thing.name == "user_name"]
    assert names == ([] if user is None else [user])
    assert ("password" in [thing.name for thing in said]) == (user is not None)
    for thing in said:
        if thing.name in ("user_name", "password"):
            assert data[thing.start : thing.start + thing.length] == b"admin:hunter2"


def test_credentials_are_told_and_passwords_not_kept() -> None:
    secret = b64encode(b"admin:hun:ter2")
    data = request(b"DESCRIBE rtsp://10.0.0.1/", b"Authorization: Basic " + secret)
    at = data.index(b"Basic")
    assert read_rtsp(data)[2:] == [
        Said("user_name", "admin", at, 6 + len(secret), PERSON),
        Said("password", "", at, 6 + len(secret), SECRET),
    ]
    digest = b'Authorization: Digest realm="x", username="pilot", response="00ff"'
    data = request(b"PLAY rtsp://10.0.0.1/", digest)
    assert read_rtsp(data)[2:] == [Said("user_name", "pilot", data.index(b"pilot"), 5, PERSON)]


def test_packets_stand_between_messages() -> None:
    media = within(5, b"\x80\x60rtp") + within(1, b"") + within(2, b"x" * 300)
    data = request(b"PLAY rtsp://a/", body=b"$\0\0\1") + media + b"\r\n" + answer() + media
    parts = list(read_parts(data))
    assert [type(part) for part in parts] == [
        Message, *[Interleaved] * 3, Message, *[Interleaved] * 3
    ]  # fmt: skip
    first = parts[1]
    assert isinstance(first, Interleaved)
    assert (first.channel, data[first.start : first.end]) == (5, b"\x80\x60rtp")
    assert parts[-1].end == len(data)
    assert list(read_parts(data[:-1]))[-1] == parts[-2]
    assert told(data) == [("method", "PLAY"), ("url", "rtsp://a/"), ("status", "200")]


def test_a_status_needs_no_words() -> None:
    assert told(b"RTSP/2.0 100 \r\n\r\n") == [("status", "100")]


def test_media_need_a_port_and_a_transport() -> None:
    body = (
        b"m=video 49170/2 RTP/AVP 31\r\nm=audio 1 x 0\r\nm=video x RTP/AVP 1\r\nm=image 1 t 1\r\n"
    )
    assert told(answer(body=body))[1:] == [("media", "video"), ("media", "audio")]


def test_reading_ends_at_what_is_neither() -> None:
    data = request(b"PLAY rtsp://a/")
    parts = list(read_parts(data + b"junk" + data))
    assert len(parts) == 1
    assert list(read_parts(b"$")) == []
    assert list(read_parts(b"$\0\0\5abcd")) == []


def test_a_message_that_is_not_whole_is_the_last() -> None:
    head = request(b"DESCRIBE rtsp://a/", b"User-Agent: x")[:-2]
    assert list(read_parts(head)) == [Message(0, len(head), len(head))]
    assert ("software", "x") in told(head)
    whole = answer(body=DESCRIPTION)
    assert next(read_parts(whole[:-20])).end == len(whole) - 20
    odd = request(b"PLAY rtsp://a/", b"Content-Length: 1x") + answer(b"Content-Length: 99999999999")
    assert len(list(read_parts(odd))) == 2
    endless = b"PLAY rtsp://a/ RTSP/1.0\r\n" + b"a: b\r\n" * MAX_HEAD
    assert len(list(read_parts(endless))) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"PLAY rtsp://a/ RTSP/3.0\r\n",
        b"PLAY rtsp://a/ RTSP/1.0",
        b"RTSP/1.0 999 No\r\n",
        b"RTSP is a protocol\r\n",
        b"$\0\0\0",
    ],
)
def test_what_only_resembles_it_is_none(data: bytes) -> None:
    assert not begins_rtsp(data)
    assert read_rtsp(data) == []


def test_cut_or_changed_it_does_no_harm() -> None:
    data = request(b"SETUP rtsp://u:p@a/", b"Authorization: Basic eDp5") + within(0, b"abc")
    data += answer(body=DESCRIPTION)
    for cut in range(len(data)):
        read_rtsp(data[:cut])
    for at in range(len(data)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(data)
            changed[at] ^= mask
            read_rtsp(bytes(changed))


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_no_bytes_do_harm(noise: bytes, value: bytes) -> None:
    begins_rtsp(noise)
    named = request(b"PLAY rtsp://" + value, b"Authorization: " + value, b"Server:" + value)
    for data in (
        noise,
        b"$" + noise,
        named,
        answer(body=noise),
        answer(b"Content-Length:" + value),
    ):
        for thing in read_rtsp(data):
            assert thing.start + thing.length <= len(data)
            assert thing.value.isprintable()
