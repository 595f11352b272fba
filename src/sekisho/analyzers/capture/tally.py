"""What a capture amounts to, and everything of it that was not read, counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.assembly import Place
from sekisho.analyzers.capture.conversation import Conversation, Direction
from sekisho.analyzers.capture.frames import Frame
from sekisho.analyzers.capture.links import NotIp
from sekisho.analyzers.capture.packets import Packet, Unread
from sekisho.model.flow import Protection
from sekisho.model.problem import Message

_NANOSECONDS = 1_000_000_000


class Unseen(NamedTuple):
    """Something not read that could matter: message code, its details, and the first place."""

    code: str
    details: dict[str, str]
    place: Place | None


class _Count:
    """How many of a kind, and where the first."""

    __slots__ = ("bytes", "first", "frames")

    def __init__(self) -> None:
        self.frames = 0
        self.bytes = 0
        self.first: Place | None = None

    def add(self, frame: Frame) -> None:
        if self.first is None:
            self.first = Place(frame.number, frame.offset, len(frame.data))
        self.frames += 1
        self.bytes += frame.original

    def unseen(self, code: str, **details: str) -> Unseen:
        return Unseen(code, {**details, "frames": str(self.frames)}, self.first)


class Tally:
    """Counts frames as they come; asked at the end for measures and for what was not read."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.frames = 0
        self.bytes = 0
        self.truncated = _Count()
        self.link_only = _Count()
        self.network = _Count()
        self.protected = _Count()
        self.fragments = _Count()
        self.malformed = _Count()
        self.overflow = _Count()
        self.link_types: dict[int, _Count] = {}
        self._first_ns: int | None = None
        self._last_ns: int | None = None
        self.untimed = 0

    def count(self, frame: Frame) -> None:
        """Count a frame, whatever is in it."""
        self.frames += 1
        self.bytes += frame.original
        if len(frame.data) < frame.original:
            self.truncated.add(frame)
        time_ns = frame.time_ns
        if time_ns is None:
            self.untimed += 1
            return
        if self._first_ns is None or time_ns < self._first_ns:
            self._first_ns = time_ns
        if self._last_ns is None or time_ns > self._last_ns:
            self._last_ns = time_ns

    def count_not_ip(self, reason: int, frame: Frame) -> None:
        """Count a frame without an IP header that was read."""
        if reason == NotIp.LINK_ONLY:
            self.link_only.add(frame)
        elif reason == NotIp.LINK_TYPE:
            self.link_types.setdefault(frame.link_type, _Count()).add(frame)
        elif reason == NotIp.NETWORK:
            self.network.add(frame)
        elif reason == NotIp.PROTECTED:
            self.protected.add(frame)
        else:
            self.malformed.add(frame)

    def count_unread(self, reason: Unread, frame: Frame) -> None:
        """Count an IP packet that was not read down to its payload."""
        (self.fragments if reason is Unread.FRAGMENT else self.malformed).add(frame)

    def count_packet(self, direction: Direction, packet: Packet, frame: Frame) -> None:
        """Count a packet of a conversation."""
        conversation = direction.conversation
        if conversation.first_place.frame == 0:
            conversation.first_place = Place(frame.number, frame.offset, len(frame.data))
            conversation.first_ns = frame.time_ns
        conversation.last_ns = frame.time_ns
        direction.packets += 1
        direction.payload += packet.length
        direction.cut += packet.length - (packet.end - packet.start)

    @property
    def duration_s(self) -> float:
        """Seconds from the earliest to the latest frame with a time."""
        if self._first_ns is None or self._last_ns is None:
            return 0.0
        return (self._last_ns - self._first_ns) / _NANOSECONDS

    @property
    def unread_frames(self) -> int:
        """Frames that were not read down to a payload and could hold one."""
        links = sum(count.frames for count in self.link_types.values())
        others = (self.network, self.protected, self.fragments, self.malformed, self.overflow)
        return links + sum(count.frames for count in others)

    def unread(self) -> Iterator[Unseen]:
        """What was not read, each kind with its first place."""
        for link_type, count in sorted(self.link_types.items()):
            yield count.unseen("SEK-P303", link_type=str(link_type))
        for count, code in (
            (self.network, "SEK-P304"),
            (self.protected, "SEK-P315"),
            (self.fragments, "SEK-P306"),
            (self.malformed, "SEK-P309"),
        ):
            if count.frames:
                yield count.unseen(code)
        if self.overflow.frames:
            yield self.overflow.unseen("SEK-P308", bytes=str(self.overflow.bytes))


class _Loss:
    """How much of a kind was lost, in how many flows, and where the first of them begins."""

    __slots__ = ("amount", "first", "flows")

    def __init__(self) -> None:
        self.amount = self.flows = 0
        self.first: Place | None = None

    def add(self, amount: int, conversation: Conversation) -> None:
        if amount:
            self.amount += amount
            self.flows += 1
            self.first = self.first or conversation.first_place


class Totals:
    """Payload by protection, and what of it was lost on the way into the capture."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.bytes = dict.fromkeys(Protection, 0)
        self.flows = dict.fromkeys(Protection, 0)
        self._cut = _Loss()
        self._gaps = _Loss()
        self._conflicts = _Loss()

    def count(self, conversation: Conversation, protection: Protection) -> None:
        """Count a conversation; losses matter only where the payload would have been read."""
        directions = (conversation.forth, conversation.back)
        payload = sum(direction.payload for direction in directions)
        self.bytes[protection] += payload
        self.flows[protection] += 1 if payload else 0
        if protection is Protection.PROTECTED:
            return
        assemblers = [d.assembler for d in directions if d.assembler is not None]
        self._cut.add(sum(direction.cut for direction in directions), conversation)
        self._gaps.add(sum(one.gaps for one in assemblers), conversation)
        self._conflicts.add(sum(one.conflicts for one in assemblers), conversation)

    def lost(self) -> Iterator[Unseen]:
        """Payload that the capture does not hold, or holds in two versions."""
        for loss, code, unit in (
            (self._cut, "SEK-P305", "bytes"),
            (self._gaps, "SEK-P307", "gaps"),
            (self._conflicts, "SEK-P314", "segments"),
        ):
            if loss.amount:
                details = {unit: str(loss.amount), "flows": str(loss.flows)}
                yield Unseen(code, details, loss.first)

    def unopened(self) -> Iterator[Message]:
        """Payload that was there and could not be read."""
        for protection, code in (
            (Protection.PROTECTED, "SEK-P320"),
            (Protection.OPAQUE, "SEK-P321"),
        ):
            if self.bytes[protection]:
                count, flows = str(self.bytes[protection]), str(self.flows[protection])
                yield Message(code, {"bytes": count, "flows": flows})
