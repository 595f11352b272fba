"""Conversations: two ends that talk over one protocol, and what each of them says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from sekisho.analyzers.capture.flows.timeline import STEP_S
from sekisho.analyzers.capture.network import addresses
from sekisho.analyzers.capture.network.assembly import Assembler, Place, Text
from sekisho.analyzers.capture.network.packets import TCP

if TYPE_CHECKING:
    from sekisho.analyzers.capture.protocols.certificates import Certificate
    from sekisho.analyzers.capture.protocols.dtls import DtlsReader
    from sekisho.analyzers.capture.protocols.http import MessageReader
    from sekisho.analyzers.capture.protocols.quic import QuicReader
    from sekisho.analyzers.capture.protocols.rtp import RtpStream
    from sekisho.analyzers.capture.protocols.tls import ClientHello, ServerHello
    from sekisho.model.flow import DataCategory

MAX_MATCHES = 256
"""Places of carried values kept for a conversation; more are counted only."""

MAX_STEPS = 4096
"""Steps of time kept for a direction: eleven hours without a pause; what is later joins the last."""

MAX_HOSTS = 64
"""Names of one server kept for a conversation."""

_NO_HOSTS: Mapping[str, Place] = MappingProxyType({})
_NOTHING = Text()
"""What a direction that never carried anything has said; never written to."""

_TCP = TCP
_STEP_NS = STEP_S * 1_000_000_000
_WRAP = 1 << 32
_LARGEST_GAP = 1 << 28
"""Bytes that may be missing at once; a larger step is another numbering, not a loss."""


class Direction:
    """What one end of a conversation says.

    `payload` counts bytes on the wire, `cut` those of them that the capture did not keep,
    `repeated` those that were sent again, `lost` those that TCP numbered and the capture never
    showed. `closed` is true when nothing more of it needs looking at, `unreadable` when some of
    it is not text, `has_body` when an HTTP message in it has a body.
    """

    def __init__(self, conversation: Conversation) -> None:
        """Begin with nothing said."""
        self.conversation = conversation
        self.by_initiator = False
        self.text = _NOTHING
        self.assembler: Assembler | None = None
        self.reader: MessageReader | None = None
        self.media: RtpStream | None = None
        self.packets = self.bytes = self.payload = self.cut = self.repeated = self.lost = 0
        self.tls_at = -1
        self.retry_at = 0
        self.closed = False
        self.unreadable = False
        self.has_body = False
        self.weight = 0
        self.steps: list[tuple[int, int]] | None = None
        self._step = -1
        self._in_step = 0
        self._numbered = False
        self._begin = -1
        self._next = 0

    def listen(self) -> None:
        """Something is said: from here on it is kept."""
        if self.text is _NOTHING:
            self.text = Text()
            if self.conversation.protocol == _TCP:
                self.assembler = Assembler(self.text)
                if self._begin >= 0:
                    self.assembler.begin(self._begin)

    def number_from(self, sequence: int) -> None:
        """The first byte has this number: a SYN was seen."""
        if self.assembler is not None:
            self.assembler.begin(sequence)
        self._numbered = True
        self._begin = self._next = sequence

    def turn(self) -> None:
        """Count from zero; the text and the numbering go on."""
        self.end_step()
        self.steps = None
        self.packets = self.bytes = self.payload = self.cut = self.repeated = self.lost = 0
        if self.assembler is not None:
            self.assembler.gaps = self.assembler.conflicts = 0

    def spend(self, length: int, time_ns: int) -> None:
        """Count bytes in the step of time that they belong to."""
        step = time_ns // _STEP_NS
        if step != self._step:
            self.end_step()
            self._step = step
        self._in_step += length

    def end_step(self) -> None:
        """Keep what the present step amounts to in `steps`: its number since 1970, and the bytes."""
        if not self._in_step:
            return
        if self.steps is None:
            self.steps = []
        if len(self.steps) < MAX_STEPS:
            self.steps.append((self._step, self._in_step))
        else:
            last, amount = self.steps[-1]
            self.steps[-1] = (last, amount + self._in_step)
        self._in_step = 0

    def count(self, length: int, cut: int, sequence: int) -> None:
        """Count the payload of a packet; `sequence` is below zero where nothing is numbered.

        Bytes that arrive late fill what was missed; more of them than were missed are repeats.
        """
        self.payload += length
        self.cut += cut
        if sequence < 0:
            return
        if not self._numbered:
            self._numbered = True
            self._next = sequence
        ahead = (sequence - self._next) & (_WRAP - 1)
        if ahead < _LARGEST_GAP:
            self.lost += ahead
        elif _WRAP - ahead < _LARGEST_GAP:
            behind = _WRAP - ahead
            again = min(behind, length)
            late = min(again, self.lost)
            self.lost -= late
            self.repeated += again - late
            if length <= behind:
                return
        self._next = (sequence + length) & (_WRAP - 1)


class OpenedByKeys(Protocol):
    """A conversation that a key log opens; `inside` is what was said in it."""

    inside: Conversation

    @property
    def is_whole(self) -> bool:
        """Whether everything that was said could be opened."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be opened."""
        ...

    @property
    def opened_bytes(self) -> int:
        """Bytes of application data that were opened, of both ends."""
        ...

    def take(self, direction: Direction) -> list[Direction]:
        """Open what came since the last time; the directions inside that say something new."""
        ...


class Conversation:
    """Two ends, what each says, and what was learnt of it so far.

    The ends are packed address and port; times are nanoseconds since 1970, -1 where unknown.
    `found_in_clear` tells that something was found outside of what keys opened.
    `asked` are the first names that DNS messages in it asked for.
    `proxied` is the host that the client asked a proxy (SOCKS) for, `app` the program that the
    capturing tool says it is of.
    `inbound` is true when a far client called a local server, so that the initiator is the far end.
    `round_trip_ns` is the time between the client's SYN and
    the server's answer where the capture was made, -1 when they were not seen.
    """

    def __init__(
        self, protocol: int, initiator: tuple[bytes, int], responder: tuple[bytes, int]
    ) -> None:
        """Begin between two ends."""
        self.protocol = protocol
        self.initiator = initiator
        self.responder = responder
        self.is_open = True
        self.inbound = addresses.is_far(initiator[0]) and not addresses.is_far(responder[0])
        self.forth = Direction(self)
        self.forth.by_initiator = True
        self.back = Direction(self)
        self.first_ns = self.last_ns = -1
        self.first_frame = self.first_offset = self.first_length = 0
        self.last_frame = 0
        self.flags = 0
        self.asked_ns = -1
        self.round_trip_ns = -1
        self.name: str | None = None
        self.tries = 0
        self.asked: tuple[str, ...] = ()
        self.name_by_dns: str | None = None
        self.hosts: Mapping[str, Place] = _NO_HOSTS
        self.client_hello: ClientHello | None = None
        self.server_hello: ServerHello | None = None
        self.hello_reader: QuicReader | DtlsReader | None = None
        self.certificate: Certificate | None = None
        self.opening: OpenedByKeys | None = None
        self.encrypted_seen = False
        self.proxied: str | None = None
        self.app: str | None = None
        self.categories: frozenset[DataCategory] = frozenset()
        self.carried: frozenset[str] = frozenset()
        self.matches: frozenset[Place] = frozenset()
        self.more_matches = 0
        self.found_in_clear = False

    @property
    def first_place(self) -> Place:
        """The first frame of it."""
        return Place(self.first_frame, self.first_offset, self.first_length)

    @property
    def sent(self) -> Direction:
        """What goes to the far end."""
        return self.back if self.inbound else self.forth

    @property
    def received(self) -> Direction:
        """What comes from the far end."""
        return self.forth if self.inbound else self.back

    def absorb(self, inside: Conversation) -> None:
        """Take over what was found in the conversation that stands inside this one."""
        self.categories |= inside.categories
        self.carried |= inside.carried
        self.matches |= inside.matches
        self.more_matches += inside.more_matches
        for host, place in inside.hosts.items():
            self.add_host(host, place)

    def turn(self) -> None:
        """Count from here on what belongs to the next phase; what was learnt stays."""
        self.forth.turn()
        self.back.turn()
        self.first_frame = 0
        self.first_ns = -1
        # media are recognised once, by what came before
        self.categories = self.categories if self.name == "rtp" else frozenset()
        self.carried = frozenset()
        self.matches = frozenset()
        self.more_matches = 0
        self.found_in_clear = False

    def part(self) -> None:
        """Let go of both directions, which know this conversation, so that all is freed at once."""
        del self.forth, self.back

    def note(self, category: DataCategory, places: list[Place], name: str | None = None) -> None:
        """Keep that data of a category stand at some places, and which known value they are."""
        self.found_in_clear = True
        self.categories |= {category}
        if name is not None:
            self.carried |= {name}
        fresh = [place for place in places if place not in self.matches]
        kept = fresh[: max(MAX_MATCHES - len(self.matches), 0)]
        self.matches = self.matches.union(kept)
        self.more_matches += len(fresh) - len(kept)

    def add_host(self, host: str, place: Place) -> None:
        """Keep a name that the client called the server by, and where it first stood."""
        if host not in self.hosts and len(self.hosts) < MAX_HOSTS:
            self.hosts = {**self.hosts, host: place}
