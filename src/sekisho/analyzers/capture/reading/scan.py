"""The way of each frame: to its IP packets, tunnels included, and to the conversation of each."""

from __future__ import annotations

from collections.abc import Callable

from sekisho.analyzers.capture.file.apps import app_of
from sekisho.analyzers.capture.file.frames import FrameReader
from sekisho.analyzers.capture.flows.conversation import Conversation, Direction
from sekisho.analyzers.capture.flows.flow_table import FlowTable
from sekisho.analyzers.capture.flows.phases import NEVER, UNDIVIDED, Phases
from sekisho.analyzers.capture.flows.tally import Tally
from sekisho.analyzers.capture.network.bluetooth import LINK_TYPES
from sekisho.analyzers.capture.network.links import LinkReader, NotIp
from sekisho.analyzers.capture.network.packets import ACK, SYN, TCP, TUNNELS, Inside, Packet, Unread
from sekisho.analyzers.capture.network.wifi import RADIOTAP, WIFI
from sekisho.analyzers.capture.protocols.remote_id import RemoteIds
from sekisho.analyzers.capture.reading.inspection import Inspector
from sekisho.model.evidence import Phase

_ON_AIR = LINK_TYPES | {WIFI, RADIOTAP}
_MAX_TUNNELS = 8
_FIRST_USER, _LAST_USER = 147, 162
"""Link types that mean what users agree on: aircraft's own lines are captured with them."""

_NETWORK_BITS = (1 << 48) - 1
# the same as plain numbers, which loops read faster
_SYN, _ACK, _TCP, _ETHERNET, _WIFI = SYN, ACK, TCP, 1, WIFI
_LINK_ONLY = NotIp.LINK_ONLY.value
_INSIDE_IP, _INSIDE_ETHERNET = Inside.IP.value, Inside.ETHERNET.value


class Scan:
    """Takes every frame of a capture; whoever is told gets each conversation when it is over."""

    def __init__(
        self,
        tally: Tally,
        inspector: Inspector,
        remote_ids: RemoteIds,
        table: FlowTable,
        conclude: Callable[[Conversation, Phase | None], None],
    ) -> None:
        """Join the parts."""
        self._phases = UNDIVIDED
        self._next_phase_ns = NEVER
        self._tally = tally
        self._inspector = inspector
        self._remote_ids = remote_ids
        self._table = table
        self._conclude = conclude
        self._links = LinkReader()
        self._packet = Packet()

    def read(self, reader: FrameReader, phases: Phases = UNDIVIDED) -> None:
        """Take every frame, then close what is still open."""
        self._phases, self._next_phase_ns = phases, phases.next_ns
        tally, links, table = self._tally, self._links, self._table
        while reader.advance():
            tally.count(reader)
            if reader.timed and reader.time_ns >= self._next_phase_ns:
                self._turn(reader.time_ns)
            if reader.news:
                self._inspector.learn(reader)
                reader.news, reader.resolved, reader.secrets = False, [], []
            link_type = reader.link_type
            if link_type != _ETHERNET and link_type in _ON_AIR:
                self._remote_ids.take(reader.frame())
            at = links.locate(link_type, reader.buffer, reader.start, reader.end)
            if at < 0:
                if _FIRST_USER <= link_type <= _LAST_USER and self._inspector.overhear(reader):
                    at = _LINK_ONLY
                tally.count_not_ip(at, reader)
                continue
            self._take_ip(reader, at)
            if table.closed:
                self._close(table.closed)
                table.closed = []
        self._close(table.drain())

    def _turn(self, time_ns: int) -> None:
        """A mark is passed: what was said so far belongs to the phase that ends here."""
        for conversation in self._table.active():
            self._inspector.pause(conversation)
            self._state(conversation)
            conversation.turn()
        self._phases.advance(time_ns)
        self._next_phase_ns = self._phases.next_ns

    def _close(self, conversations: list[Conversation]) -> None:
        for conversation in conversations:
            self._inspector.conclude(conversation)
            self._state(conversation)
            conversation.part()

    def _state(self, conversation: Conversation) -> None:
        """Hand on what was said in this phase, if anything was, or was found only now."""
        if not conversation.first_frame and conversation.matches:
            place = min(conversation.matches)
            conversation.first_frame, conversation.first_offset = place.frame, place.offset
            conversation.first_length = place.length
        if conversation.first_frame:
            self._conclude(conversation, self._phases.present)

    def _take_ip(self, reader: FrameReader, at: int) -> None:
        """Take the packet at `at`, and those it carries."""
        packet, network = self._packet, self._links.lan
        end, wire_end = reader.end, reader.start + reader.original
        for _ in range(_MAX_TUNNELS):
            unread = packet.read(reader.buffer, at, end, wire_end)
            if unread:
                self._tally.count_unread(unread, reader)
                return
            self._take_packet(reader, network)
            if not packet.inside:
                return
            network = (network * 8 + packet.tunnel ^ packet.network << 24) & _NETWORK_BITS
            at, end, wire_end = packet.inner_at, packet.end, packet.start + packet.length
            if packet.inside != _INSIDE_IP:
                link_type = _ETHERNET if packet.inside == _INSIDE_ETHERNET else _WIFI
                at = self._links.locate(link_type, reader.buffer, at, end)
                if at < 0:
                    self._tally.count_not_ip(at, reader)
                    return
        self._tally.count_unread(Unread.MALFORMED, reader)

    def _take_packet(self, reader: FrameReader, network: int) -> None:
        packet = self._packet
        direction = self._table.direction_of(packet, reader.buffer, network)
        conversation = direction.conversation
        if not conversation.first_frame:
            self._open(conversation, reader)
        if reader.timed:
            conversation.last_ns = reader.time_ns
        conversation.last_frame = reader.number
        direction.packets += 1
        direction.bytes += reader.original
        if packet.flags:
            self._take_flags(direction, reader)
        length = packet.length
        if packet.fragmented:
            self._tally.fragments.add(reader)
        if packet.inside:
            conversation.name = TUNNELS[packet.tunnel]
            direction.closed = True
        if length and not packet.flags & _SYN:
            sequence = packet.sequence if packet.protocol == _TCP else -1
            direction.count(length, length - (packet.end - packet.start), sequence)
            if reader.timed:
                direction.spend(length, reader.time_ns)
            self._inspector.take(direction, packet, reader)

    def _open(self, conversation: Conversation, reader: FrameReader) -> None:
        conversation.first_frame = reader.number
        conversation.first_offset = reader.base + reader.start
        conversation.first_length = reader.end - reader.start
        conversation.first_ns = reader.time_ns if reader.timed else -1
        conversation.app = conversation.app or app_of(reader)
        self._inspector.open(conversation)

    def _take_flags(self, direction: Direction, reader: FrameReader) -> None:
        """What the flags of TCP say: a beginning, whose answer tells how far the server is."""
        conversation, flags = direction.conversation, self._packet.flags
        conversation.flags |= flags
        if not flags & _SYN:
            return
        direction.number_from((self._packet.sequence + 1) & 0xFFFF_FFFF)
        if not reader.timed:
            return
        if not flags & _ACK:
            conversation.asked_ns = reader.time_ns
        elif conversation.round_trip_ns < 0 <= conversation.asked_ns <= reader.time_ns:
            conversation.round_trip_ns = reader.time_ns - conversation.asked_ns
