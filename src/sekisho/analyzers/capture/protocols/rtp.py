"""RTP and RTCP: streams of video and sound, told by packets that follow each other.

References: RFC 3550 (RTP, RTCP), RFC 3551 (payload types), RFC 5761 (both on one port), RFC 6184
(H.264), RFC 7798 (H.265), RFC 2250 (MPEG-2 transport stream). What is encrypted (SRTP) is found as
a stream whose media cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.protocols.said import Said, gathered, worded
from sekisho.model.flow import DataCategory

ENOUGH_IN_ORDER = 8
MAX_SOURCES = 8
_LOOKED_AT = 256
_HEAD = 12
_RTCP = range(192, 224)
_SENDER_REPORT, _RECEIVER_REPORT, _DESCRIPTION = 200, 201, 202
_RTCP_KINDS = range(200, 208)
_MOST_CHUNKS = 31
_ITEMS: dict[int, tuple[str, DataCategory | None]] = {
    1: ("cname", DataCategory.DEVICE_IDENTIFIER),
    2: ("name", DataCategory.PERSON_IDENTIFIER),
    3: ("email", DataCategory.PERSON_IDENTIFIER),
    4: ("phone", DataCategory.PERSON_IDENTIFIER),
    5: ("location", DataCategory.POSITION),
    6: ("software", None),
    7: ("note", None),
}
_FIXED_MEDIA = {
    **dict.fromkeys((0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18), "audio"),
    26: "jpeg",
    31: "h261",
    32: "mpeg",
    33: "mpeg_ts",
    34: "h263",
}
_VIDEO = frozenset(("h264", "h265", "jpeg", "h261", "mpeg", "mpeg_ts", "h263"))
_FIRST_DYNAMIC = 35

# H.264: slices, their companions, and the kinds of packets that hold several or parts of one.
_AVC_PLAIN = frozenset((1, 5, 6, 7, 8, 9))
_AVC_SEVERAL, _AVC_PART, _AVC_PARAMETERS = 24, 28, 7
_AVC_PROFILES = frozenset((44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 244))
_HEVC_PLAIN = frozenset((0, 1, 2, 3, 4, 5, 8, 9, 16, 17, 18, 19, 20, 21, 32, 33, 34, 35, 39, 40))
_HEVC_PARAMETERS = frozenset((32, 33, 34))
_HEVC_SEVERAL, _HEVC_PART = 48, 49
_SOUND_STEPS = frozenset(
    (80, 160, 240, 320, 480, 640, 882, 960, 1024, 1152, 1920, 2048, 2880)
)  # fmt: skip


class Header(NamedTuple):
    """The header of an RTP packet, and where its payload stands."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    source: int
    payload_at: int
    payload_end: int


def read_header(data: bytes | bytearray) -> Header | None:
    """Read the header of a packet; None for what is none, and for RTCP."""
    if len(data) < _HEAD or data[0] >> 6 != 2 or data[1] in _RTCP:
        return None
    at, end = _HEAD + 4 * (data[0] & 15), len(data)
    if data[0] & 0x10:
        if at + 4 > end:
            return None
        at += 4 + 4 * (data[at + 2] << 8 | data[at + 3])
    if data[0] & 0x20:
        end -= data[-1] or end  # the padding counts itself
    if at > end:
        return None
    return Header(
        payload_type=data[1] & 0x7F,
        marker=data[1] >= 0x80,
        sequence=data[2] << 8 | data[3],
        timestamp=int.from_bytes(data[4:8], "big"),
        source=int.from_bytes(data[8:12], "big"),
        payload_at=at,
        payload_end=end,
    )


class RtpSource:
    """The packets of one source and payload type: how many, in order, and what they seem to be."""

    def __init__(self, header: Header) -> None:
        """Begin before the first packet."""
        self.source = header.source
        self.payload_type = header.payload_type
        self.packets = 0
        self.in_order = 0
        self._last: Header | None = None
        self._judged = 0  # of the packets, how many look like what
        self._avc = 0
        self._avc_marks = 0
        self._hevc = 0
        self._hevc_marks = 0
        self._steps = 0
        self._sound_steps = 0

    @property
    def is_rtp(self) -> bool:
        """Whether enough packets followed each other, and few did not."""
        return self.in_order >= ENOUGH_IN_ORDER and self.in_order * 2 >= self.packets

    @property
    def media(self) -> str:
        """`h264`, `h265`, another kind of video, `audio`, or `unknown`."""
        fixed = _FIXED_MEDIA.get(self.payload_type)
        if fixed is not None:
            return fixed
        most = max(self._judged, 1) * 9
        if self._hevc_marks and self._hevc * 10 >= most and self._hevc >= self._avc:
            return "h265"
        if self._avc_marks and self._avc * 10 >= most:
            return "h264"
        if self._steps >= ENOUGH_IN_ORDER - 1 and self._sound_steps * 10 >= self._steps * 9:
            return "audio"
        return "unknown"

    @property
    def category(self) -> DataCategory | None:
        """Imagery for video; None for what is not."""
        return DataCategory.IMAGERY if self.media in _VIDEO else None

    def take(self, header: Header, data: bytes) -> None:
        """Count a packet, and look at it, as long as not enough were looked at."""
        last, self._last = self._last, header
        self.packets += 1
        follows = last is None or (header.sequence - last.sequence) & 0xFFFF == 1
        self.in_order += follows
        if self._judged < _LOOKED_AT and header.payload_type >= _FIRST_DYNAMIC:
            self._judge(data, header.payload_at, header.payload_end)
            if last is not None and follows:
                self._steps += 1
                passed = (header.timestamp - last.timestamp) & 0xFFFFFFFF
                self._sound_steps += passed in _SOUND_STEPS

    def _judge(self, data: bytes, at: int, end: int) -> None:
        if end - at < 2:
            return
        self._judged += 1
        fits, marks = _avc(data, at, end)
        self._avc += fits
        self._avc_marks += marks
        fits, marks = _hevc(data, at, end)
        self._hevc += fits
        self._hevc_marks += marks


class RtpStream:
    """Tells RTP in the datagrams of one direction, from at most `MAX_SOURCES` sources."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._sources: dict[tuple[int, int], RtpSource] = {}

    @property
    def is_rtp(self) -> bool:
        """Whether one of the sources is sure."""
        return any(source.is_rtp for source in self._sources.values())

    @property
    def sources(self) -> list[RtpSource]:
        """The sources that are sure."""
        return [source for source in self._sources.values() if source.is_rtp]

    def take(self, data: bytes) -> Header | None:
        """Take the payload of a datagram; its header, when it looks like one of RTP."""
        header = read_header(data)
        if header is None:
            return None
        key = (header.source, header.payload_type)
        source = self._sources.get(key)
        if source is None:
            if len(self._sources) >= MAX_SOURCES:
                return None
            source = self._sources[key] = RtpSource(header)
        source.take(header, data)
        return header


def is_rtcp(data: bytes | bytearray) -> bool:
    """Whether the bytes are whole RTCP packets of which the first is a report."""
    if len(data) < 8 or data[1] not in (_SENDER_REPORT, _RECEIVER_REPORT):
        return False
    head = 7 if data[1] == _SENDER_REPORT else 2
    words = (data[2] << 8 | data[3]) + 1
    whole = sum(end - at for _, at, end in _rtcp_packets(data)) == len(data)
    return whole and words >= head + 6 * (data[0] & 31)


def read_rtcp(data: bytes) -> list[Said]:
    """What descriptions of sources say: their lasting name, user, mail address, software."""
    return gathered(_said(data)) if is_rtcp(data) else []


def _rtcp_packets(data: bytes | bytearray) -> Iterator[tuple[int, int, int]]:
    """Kind, begin and end of each whole packet."""
    at = 0
    while at + 4 <= len(data) and data[at] >> 6 == 2 and data[at + 1] in _RTCP_KINDS:
        end = at + 4 + 4 * (data[at + 2] << 8 | data[at + 3])
        if end > len(data):
            return
        yield data[at + 1], at, end
        at = end


def _said(data: bytes) -> Iterator[Said]:
    for kind, at, end in _rtcp_packets(data):
        if kind == _DESCRIPTION:
            yield from _said_items(data, at + 4, end, data[at] & _MOST_CHUNKS)


def _said_items(data: bytes, at: int, end: int, chunks: int) -> Iterator[Said]:
    """The items of each chunk: after four bytes of the source, up to a zero that fills a word."""
    for _ in range(chunks):
        start, at = at, at + 4
        while at + 2 <= end and data[at]:
            stop = at + 2 + data[at + 1]
            if stop > end:
                return
            if data[at] in _ITEMS and stop > at + 2:
                name, category = _ITEMS[data[at]]
                value = worded(data[at + 2 : stop])
                yield Said(name, value, at + 2, stop - at - 2, category)
            at = stop
        at += 4 - (at - start) % 4


def _avc(data: bytes, at: int, end: int) -> tuple[bool, bool]:
    """Whether a payload may be H.264, and whether it bears one of its marks."""
    kind = data[at] & 0x1F
    if data[at] & 0x80:
        return False, False
    if kind == _AVC_PART:
        part = data[at + 1]
        fits = not part & 0x20 and part & 0xC0 != 0xC0 and part & 0x1F in _AVC_PLAIN
        return fits, fits and part & 0x80 != 0
    if kind == _AVC_SEVERAL:
        fits = _holds_several(data, at + 1, end, 1)
        return fits, fits
    if kind == _AVC_PARAMETERS:
        fits = data[at + 1] in _AVC_PROFILES
        return fits, fits
    return kind in _AVC_PLAIN, False


def _hevc(data: bytes, at: int, end: int) -> tuple[bool, bool]:
    """Whether a payload may be H.265, and whether it bears one of its marks."""
    kind = data[at] >> 1
    if data[at] & 0x81 or data[at + 1] >> 3 or not data[at + 1] & 7:
        return False, False
    if kind == _HEVC_PART:
        part = data[at + 2] if end - at > 2 else 0xFF
        fits = part & 0xC0 != 0xC0 and part & 0x3F in _HEVC_PLAIN
        return fits, fits and part & 0x80 != 0
    if kind == _HEVC_SEVERAL:
        fits = _holds_several(data, at + 2, end, 2)
        return fits, fits
    return kind in _HEVC_PLAIN, kind in _HEVC_PARAMETERS


def _holds_several(data: bytes, at: int, end: int, least: int) -> bool:
    """Whether units with their lengths before them fill a payload."""
    while at + 2 <= end:
        length = data[at] << 8 | data[at + 1]
        if length < least:
            return False
        at += 2 + length
    return at == end
