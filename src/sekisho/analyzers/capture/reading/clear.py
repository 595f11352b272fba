"""What stands in clear in a conversation: known values, values under telling names, media."""

from __future__ import annotations

from typing import NamedTuple

from sekisho.analyzers.capture.content.categories import DataCategories
from sekisho.analyzers.capture.content.keyed import LONGEST, NamedValueFinder
from sekisho.analyzers.capture.content.known import KnownValues, Match
from sekisho.analyzers.capture.flows.conversation import Direction
from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.network.packets import TCP
from sekisho.analyzers.capture.protocols import http, recognise
from sekisho.analyzers.capture.protocols.http import Message, MessageReader
from sekisho.analyzers.capture.protocols.readers import STREAM_READERS
from sekisho.analyzers.capture.protocols.said import Said
from sekisho.analyzers.capture.reading import framing
from sekisho.model.flow import DataCategory

MAX_REQUESTS = 2_000
MAX_SAID = 2_000
_MEDIA_BEGINNINGS = {
    b"\xff\xd8\xff": DataCategory.IMAGERY,
    b"\x89PNG\r\n": DataCategory.IMAGERY,
    b"\x00\x00\x00\x01\x67": DataCategory.IMAGERY,
}
_MP4_BRAND_AT = slice(4, 8)


class Request(NamedTuple):
    """A request seen in clear; the target is without its query."""

    method: str
    host: str
    target: str


class ClearReader:
    """Searches the text of conversations window by window, and reads the HTTP in it.

    `requests` are the distinct requests with their first places, `said` what other protocols say in
    clear (protocol, which thing, its value), `omitted` counts those after the caps, `unopened` counts compressed bodies that could not be unpacked.
    """

    def __init__(self, known: KnownValues, pack: DataCategories) -> None:
        """Search for these values, under the names of this pack."""
        self._known = known
        self._pack = pack
        self._named = NamedValueFinder(pack)
        self.overlap = max(known.longest, LONGEST)
        self.requests: dict[Request, list[Place]] = {}
        self.said: dict[tuple[str, str, str], list[Place]] = {}
        self.omitted = 0
        self.unopened = 0

    def seeks(self, direction: Direction) -> bool:
        """Whether anything could be found in what a direction says further.

        Known values are sought everywhere, telling names in readable text that leaves; in
        protocols whose every field is known there is nothing to find.
        """
        if self._known.any:
            return True
        conversation = direction.conversation
        streams = STREAM_READERS if conversation.protocol == TCP else ()
        if conversation.name == "http" or conversation.name in streams:
            return True
        if conversation.name is None:
            return not direction.unreadable
        understood = recognise.is_understood(conversation.name)
        return not understood and not direction.unreadable and direction is conversation.sent

    def read(self, direction: Direction) -> None:
        """Search and read what came since the last time."""
        text = direction.text
        if direction.conversation.name == "http":
            self._read_http(direction)
        if len(text.data) > text.searched:
            self._search(direction, len(text.data))

    def note_said(self, direction: Direction, said: Said, places: list[Place]) -> None:
        """Keep one thing that a protocol says in clear, and of which category it is."""
        conversation = direction.conversation
        if said.category is not None:
            conversation.note(said.category, places)
        self.note_alone(conversation.name or "", said, places)

    def note_alone(self, protocol: str, said: Said, places: list[Place]) -> None:
        """Keep one thing that was said between ends that nothing names."""
        key = (protocol, said.name, said.value)
        if key in self.said or not places:
            return
        if len(self.said) >= MAX_SAID:
            self.omitted += 1
            return
        self.said[key] = places[:1]

    def read_until(self, direction: Direction, end: int) -> None:
        """Search what stands before another protocol begins."""
        if end > direction.text.searched:
            self._search(direction, end)

    def _search(self, direction: Direction, end: int) -> None:
        text, conversation = direction.text, direction.conversation
        start = max(text.searched - self.overlap, 0)
        window = bytes(text.data[start:end])
        printable = recognise.is_text(window)
        if conversation.name != "rtp":
            # whether media are readable was told by their codec
            direction.unreadable |= not printable
        for match in self._matches(window, direction, printable=printable):
            self._note(direction, match, start + match.start, match.length)
        self._search_under_framing(direction, window, start)
        reader = STREAM_READERS.get(conversation.name or "")
        if reader is not None and conversation.protocol == TCP:
            for said in reader(window):
                if start + said.start + said.length > text.searched:
                    self.note_said(direction, said, text.places(start + said.start, said.length))
        text.searched = end

    def _search_under_framing(self, direction: Direction, window: bytes, start: int) -> None:
        """Search what the framing hides, and learn whom a packed head asks for."""
        conversation = direction.conversation
        for piece in framing.pieces_of(conversation.name, window):
            for match in self._matches(
                piece.text, direction, printable=recognise.is_text(piece.text)
            ):
                at, length = piece.stands(match.start, match.length)
                self._note(direction, match, start + at, length)
        if direction.by_initiator:
            for host, at, length in framing.hosts_asked(conversation.name, window):
                places = direction.text.places(start + at, length)
                if places and _without_port(host):
                    conversation.add_host(_without_port(host), places[0])

    def _note(self, direction: Direction, match: Match, at: int, length: int) -> None:
        """Keep what was found, unless it was found before, in the window that overlaps."""
        if at + length > direction.text.searched:
            places = direction.text.places(at, length)
            direction.conversation.note(match.category, places, match.name)

    def _matches(self, window: bytes, direction: Direction, *, printable: bool) -> list[Match]:
        matches = list(self._known.find(window)) if self._known.any else []
        leaves = direction is direction.conversation.sent
        if leaves and (printable or direction.conversation.name == "http"):
            matches += self._named.find(window)
        return matches

    def _read_http(self, direction: Direction) -> None:
        reader = direction.reader
        if reader is None:
            reader = direction.reader = MessageReader()
        for message in reader.read(direction.text.data):
            if message.method and direction.by_initiator:
                self._note_request(direction, message)
            self._note_body(direction, message)

    def _note_request(self, direction: Direction, message: Message) -> None:
        conversation, text = direction.conversation, direction.text
        host = _without_port(message.host or "")
        if message.host is not None:
            places = text.places(message.host_at, len(message.host.encode()))
            if host and places:
                conversation.add_host(host, places[0])
        request = Request(message.method, host, message.target.split("?")[0][:512])
        if request in self.requests:
            return
        if len(self.requests) >= MAX_REQUESTS:
            self.omitted += 1
            return
        self.requests[request] = text.places(message.body_at - 1, 1)

    def _note_body(self, direction: Direction, message: Message) -> None:
        text, conversation = direction.text, direction.conversation
        length = min(message.body_length or 0, len(text.data) - message.body_at)
        body = bytes(text.data[message.body_at : message.body_at + length])
        has_body = message.body_length is None or message.body_length > 0
        direction.has_body |= has_body
        category = self._pack.of_media_type(message.content_type) or _media(body)
        if category is not None and has_body:
            conversation.note(category, text.places(message.body_at, max(length, 1))[:1])
        if message.content_encoding in ("", "identity") or not has_body:
            return
        if direction is conversation.sent:
            self._search_packed(direction, message, body)

    def _search_packed(self, direction: Direction, message: Message, body: bytes) -> None:
        """Search a compressed body; what is found there stands where the body stands."""
        whole = message.body_length == len(body)
        plain = http.decoded_body(body, message.content_encoding) if whole else None
        if plain is None:
            self.unopened += 1
            direction.conversation.categories |= {DataCategory.UNKNOWN}
            return
        places = direction.text.places(message.body_at, len(body))
        for match in (*self._known.find(plain), *self._named.find(plain)):
            direction.conversation.note(match.category, places[:1], match.name)


def _media(body: bytes) -> DataCategory | None:
    """The category of the first bytes of a JPEG, PNG, H.264 stream or MP4."""
    if body[_MP4_BRAND_AT] == b"ftyp":
        return DataCategory.IMAGERY
    for beginning, category in _MEDIA_BEGINNINGS.items():
        if body.startswith(beginning):
            return category
    return None


def _without_port(host: str) -> str:
    name, separator, port = host.rpartition(":")
    return name if separator and port.isdigit() else host
