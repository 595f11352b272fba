"""RTSP: which streams are asked for, with which credentials, and what media they are.

References: RFC 2326 (RTSP 1.0, 10.12 for media inside the connection), RFC 7826 (RTSP 2.0), RFC
8866 (SDP).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.said import (
    Said,
    authorization,
    credentials,
    gathered,
    header_fields,
    lines,
    without_secrets,
    worded,
)
from sekisho.model.flow import DataCategory

MAX_HEAD = 16 << 10
_REQUEST = re.compile(
    rb"(OPTIONS|DESCRIBE|ANNOUNCE|SETUP|PLAY|PAUSE|TEARDOWN|GET_PARAMETER|SET_PARAMETER|REDIRECT"
    rb"|RECORD|PLAY_NOTIFY) ([^\s]{1,2048}) RTSP/[12]\.0\r?\n"
)
_STATUS = re.compile(rb"RTSP/[12]\.0 ([1-5]\d\d) [^\r\n]{0,256}\r?\n")
_USER_INFO = re.compile(rb"rtsps?://([^\s:@/]*+)(:[^\s@/]*+)?@", re.IGNORECASE)
_MEDIA = re.compile(rb"m=(audio|video|application|text) \d{1,5}(?:/\d{1,5})? [^\s]{1,64} ")
_CODEC = re.compile(rb"a=rtpmap:\d{1,3} ([^\s/]{1,64})")
_MARK = 0x24
_FRAME_HEAD = 4
_SOFTWARE = frozenset((b"user-agent", b"server"))
_AUTHORIZATION = frozenset((b"authorization", b"proxy-authorization"))


class Interleaved(NamedTuple):
    """A packet inside the connection: its channel, and where it stands without its mark."""

    channel: int
    start: int
    end: int


class Message(NamedTuple):
    """A request or an answer: where it, its body and its end stand."""

    at: int
    body_at: int
    end: int


def begins_rtsp(data: bytes | bytearray) -> bool:
    """Whether the first line of a request or an answer stands at the beginning."""
    return _begins(data, 0)


def read_parts(data: bytes | bytearray) -> Iterator[Message | Interleaved]:
    """Messages and packets in the order of one direction, up to what is neither.

    A part that is not whole is the last; a message then ends with the data, a packet is left out.
    """
    at = 0
    while at < len(data):
        if data[at] == _MARK:
            end = at + _FRAME_HEAD
            end += int.from_bytes(data[at + 2 : at + 4], "big")
            if len(data) < at + _FRAME_HEAD or end > len(data):
                return
            yield Interleaved(data[at + 1], at + _FRAME_HEAD, end)
            at = end
        elif data[at] in b"\r\n":
            at += 1
        elif _begins(data, at):
            message = _message(data, at)
            yield message
            at = message.end
        else:
            return


def read_rtsp(data: bytes) -> list[Said]:
    """What one direction says: methods, URLs, software, credentials, media and their codecs."""
    return gathered(_said(data))


def _begins(data: bytes | bytearray, at: int) -> bool:
    return _REQUEST.match(data, at) is not None or _STATUS.match(data, at) is not None


def _message(data: bytes | bytearray, at: int) -> Message:
    blank = data.find(b"\r\n\r\n", at, at + MAX_HEAD)
    if blank < 0:
        return Message(at, len(data), len(data))
    length = 0
    for name, start, stop in header_fields(data, at, blank):
        digits = data[start:stop].strip()
        if name == b"content-length" and digits.isdigit() and len(digits) < 10:
            length = int(digits)
    return Message(at, blank + 4, min(blank + 4 + length, len(data)))


def _said(data: bytes) -> Iterator[Said]:
    for part in read_parts(data):
        if isinstance(part, Message):
            yield from _said_first_line(data, part)
            yield from _said_fields(data, part)
            yield from _said_media(data, part)


def _said_first_line(data: bytes, message: Message) -> Iterator[Said]:
    request = _REQUEST.match(data, message.at)
    status = _STATUS.match(data, message.at)
    if request is not None:
        yield Said("method", request[1].decode(), request.start(1), len(request[1]), None)
        url = worded(without_secrets(request[2]))
        yield Said("url", url, request.start(2), len(request[2]), None)
        yield from _said_user(request[2], request.start(2))
    elif status is not None:
        yield Said("status", status[1].decode(), status.start(1), len(status[1]), None)


def _said_user(url: bytes, at: int) -> Iterator[Said]:
    """The credentials inside a URL (RFC 3986, 3.2.1)."""
    user = _USER_INFO.match(url)
    if user is not None and user[2] is not None:
        yield from credentials(user[1], at + user.start(1), user.end() - 1 - user.start(1))


def _said_fields(data: bytes, message: Message) -> Iterator[Said]:
    for name, start, stop in header_fields(data, message.at, min(message.body_at, len(data))):
        value = data[start:stop]
        if name in _AUTHORIZATION:
            yield from authorization(value, start)
        elif name in _SOFTWARE:
            yield Said("software", worded(value), start, stop - start, None)
        elif name == b"transport":
            yield Said("transport", worded(value), start, stop - start, None)


def _said_media(data: bytes, message: Message) -> Iterator[Said]:
    """The media of a description, and the codecs of each."""
    is_video = False
    for start, stop in lines(data, message.body_at, message.end):
        line = data[start : min(stop, start + 256)]
        media, codec = _MEDIA.match(line), _CODEC.match(line)
        if media is not None:
            is_video = media[1] == b"video"
            category = DataCategory.IMAGERY if is_video else None
            yield Said("media", media[1].decode(), start, stop - start, category)
        elif codec is not None:
            category = DataCategory.IMAGERY if is_video else None
            yield Said("codec", worded(codec[1]), start + codec.start(1), len(codec[1]), category)
