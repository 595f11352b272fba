"""What a capture amounts to, and everything of it that was not read, counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sekisho.analyzers.capture.file.frames import FrameReader
from sekisho.analyzers.capture.flows.conversation import Conversation, Direction
from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.network.links import NotIp
from sekisho.analyzers.capture.network.packets import Unread
from sekisho.model.flow import Protection
from sekisho.model.problem import Message

_NANOSECONDS = 1_000_000_000
# looked up often
_CLEAR, _PROTECTED = Protection.CLEAR, Protection.PROTECTED
_NEVER = (1 << 63) - 1


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

    def add(self, frame: FrameReader) -> None:
        if self.first is None:
            self.first = Place(frame.number, frame.base + frame.start, frame.end - frame.start)
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
        self.link_types: dict[int, _Count] = {}
        self.untimed = 0
        self._first_ns = _NEVER
        self._last_ns = -1

    def count(self, frame: FrameReader) -> None:
        """Count the present frame, whatever is in it."""
        self.frames += 1
        self.bytes += frame.original
        if frame.end - frame.start < frame.original:
            self.truncated.add(frame)
        if not frame.timed:
            self.untimed += 1
            return
        self._first_ns = min(self._first_ns, frame.time_ns)
        self._last_ns = max(self._last_ns, frame.time_ns)

    def count_not_ip(self, reason: int, frame: FrameReader) -> None:
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

    def count_unread(self, reason: int, frame: FrameReader) -> None:
        """Count an IP packet that was not read down to its payload."""
        (self.fragments if reason == Unread.FRAGMENT else self.malformed).add(frame)

    @property
    def duration_s(self) -> float:
        """Seconds from the earliest to the latest frame with a time."""
        if self._last_ns < self._first_ns:
            return 0.0
        return (self._last_ns - self._first_ns) / _NANOSECONDS

    @property
    def span_ns(self) -> tuple[int, int] | None:
        """The times of the earliest and the latest frame with a time."""
        return (self._first_ns, self._last_ns) if self._first_ns <= self._last_ns else None

    @property
    def unread_frames(self) -> int:
        """Frames that were not read down to a payload and could hold one."""
        links = sum(count.frames for count in self.link_types.values())
        others = (self.network, self.protected, self.fragments, self.malformed)
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


class Amount:
    """Payload of a kind, in bytes, and the flows it moved in."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.bytes = self.flows = 0

    def add(self, payload: int) -> None:
        """Add a flow."""
        self.bytes += payload
        self.flows += 1


class Totals:
    """Payload by protection, and what of it was lost on the way into the capture.

    `opened` counts the bytes of protected payload that a key log opened, `unnamed` those that went to
    or came from recipients without a name, `lost_bytes` those that TCP numbered and nobody captured,
    `repeated` those sent again.
    """

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self.amounts = {protection: Amount() for protection in Protection}
        self._clear = self.amounts[_CLEAR]
        self._opaque = self.amounts[Protection.OPAQUE]
        self._protected = self.amounts[_PROTECTED]
        self._sealed = Amount()
        self.opened = self.unnamed = self.lost_bytes = self.repeated = 0
        self._cut = _Loss()
        self._gaps = _Loss()
        self._conflicts = _Loss()

    def count(self, conversation: Conversation, protection: Protection) -> None:
        """Count a conversation; losses matter only where the payload would have been read."""
        forth, back = conversation.forth, conversation.back
        payload = forth.payload + back.payload
        if not payload:
            return
        self.lost_bytes += forth.lost + back.lost
        self.repeated += forth.repeated + back.repeated
        if protection is _PROTECTED:
            self._protected.add(payload)
            opening = conversation.opening
            if opening is not None:
                self.opened += opening.opened_bytes
            if opening is None or not opening.is_whole:
                self._sealed.add(payload)
            return
        (self._clear if protection is _CLEAR else self._opaque).add(payload)
        cut, gaps = forth.cut + back.cut, _gaps_in(forth) + _gaps_in(back)
        if cut or gaps:
            self._cut.add(cut, conversation)
            self._gaps.add(gaps, conversation)
        self._conflicts.add(_conflicts_in(forth) + _conflicts_in(back), conversation)

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
        for amount, code in ((self._sealed, "SEK-P320"), (self._opaque, "SEK-P321")):
            if amount.bytes:
                yield Message(code, {"bytes": str(amount.bytes), "flows": str(amount.flows)})


def _gaps_in(direction: Direction) -> int:
    """Places where bytes are missing; what came after a direction was closed was not put in order."""
    assembler = direction.assembler
    return 0 if assembler is None else assembler.gaps or int(direction.lost > 0)


def _conflicts_in(direction: Direction) -> int:
    return 0 if direction.assembler is None else direction.assembler.conflicts
