"""Looks into the payload of conversations as it comes: names them, and keeps what decides.

Memory is bounded: each direction keeps one window of text, and all together a budget; what does
not fit is searched at once and dropped.
"""

from __future__ import annotations

from sekisho.analyzers.capture.file.frames import FrameReader
from sekisho.analyzers.capture.flows.conversation import Conversation, Direction
from sekisho.analyzers.capture.flows.names import NameBook
from sekisho.analyzers.capture.keys.key_log import KeyLog
from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.network.packets import ACK, ESP, ICMP, ICMPV6, IGMP, TCP, UDP, Packet
from sekisho.analyzers.capture.protocols import dns, http, recognise, rtp, stun, tls
from sekisho.analyzers.capture.protocols.dtls import DtlsReader
from sekisho.analyzers.capture.protocols.http import MessageReader
from sekisho.analyzers.capture.protocols.quic import QuicReader
from sekisho.analyzers.capture.protocols.readers import (
    DATAGRAM_READERS,
    MOST_DATAGRAMS,
    MOST_OF_OTHERS,
)
from sekisho.analyzers.capture.reading.clear import ClearReader
from sekisho.analyzers.capture.reading.handshakes import read_handshake
from sekisho.analyzers.capture.reading.opening import Opening
from sekisho.analyzers.capture.reading.overhearing import overhear
from sekisho.analyzers.capture.reading.proxying import take_target
from sekisho.model.flow import DataCategory

WINDOW = 64 << 10
BUDGET = 64 << 20
_TRIES = 4
_ENOUGH_TO_RECOGNISE, _TRIES_OF_STREAM = 16, 16
_ENOUGH_TO_SETTLE = 1 << 10
# the same as plain numbers, which loops read faster
_TCP, _UDP, _ACK, _ICMP, _ICMPV6 = TCP, UDP, ACK, ICMP, ICMPV6
_WINDOW = WINDOW
_PROTOCOLS = {ICMP: "icmp", ICMPV6: "icmpv6", IGMP: "igmp", ESP: "ipsec"}
_PROTECTED = recognise.PROTECTED_PROTOCOLS
_HELLO_READERS: dict[str, type[QuicReader | DtlsReader]] = {"quic": QuicReader, "dtls": DtlsReader}
_MAY_BECOME_HTTP = frozenset((None, "socks"))
_NAMES = frozenset(("dns", "mdns", "llmnr"))
_LARGEST_ECHO = 128
_MOST_ASKED = 8
_HANDSHAKE = 22
_RTP_VERSION, _ENOUGH_FOR_RTP = 2, 24
# Some networks count the padding of a short Ethernet frame into the IP length: a few zero bytes
# stand in bare acknowledgements, where the real data come later.
_LONGEST_PADDING = 6


class Inspector:
    """Takes payload packets in the order of the capture."""

    def __init__(
        self, clear: ClearReader, names: NameBook, keys: KeyLog, budget: int = BUDGET
    ) -> None:
        """Read what is clear with `clear`; learn and use names with `names`; open with `keys`.

        `budget` are the bytes that may wait, of all conversations together.
        """
        self._budget = budget
        self._keys = keys
        self._clear = clear
        self._names = names
        self._kept = 0
        self._waiting: dict[Direction, None] = {}

    def open(self, conversation: Conversation) -> None:
        """A conversation began."""
        if conversation.protocol not in (_TCP, _UDP):
            conversation.name = _PROTOCOLS.get(conversation.protocol)
        far = conversation.initiator if conversation.inbound else conversation.responder
        conversation.name_by_dns = self._names.name_of(far[0])

    def take(self, direction: Direction, packet: Packet, frame: FrameReader) -> None:
        """Look at the payload of a packet, which stands in the buffer of the reader."""
        if direction.closed:
            self._glance(direction, packet, frame.buffer)
            return
        data = frame.buffer[packet.start : packet.end]
        offset = frame.base + packet.start
        if packet.protocol != _TCP:
            self._take_datagram(direction, packet, data, frame.number, offset)
        elif packet.flags != _ACK or packet.length > _LONGEST_PADDING or any(data):
            self._take_segment(direction, packet, data, frame.number, offset)

    def overhear(self, frame: FrameReader) -> bool:
        """Read a frame without addresses; whether it is understood."""
        return overhear(frame, self._clear)

    def conclude(self, conversation: Conversation) -> None:
        """Nothing more will come: read what still waits."""
        self._finish(conversation.forth)
        self._finish(conversation.back)
        if conversation.opening is not None:
            inside = conversation.opening.inside
            self._finish(inside.forth)
            self._finish(inside.back)
            conversation.absorb(inside)

    def pause(self, conversation: Conversation) -> None:
        """Search what waits, before the next phase begins."""
        inside = conversation.opening.inside if conversation.opening is not None else None
        for direction in (conversation.forth, conversation.back):
            self._clear.read(direction)
        if inside is not None:
            for direction in (inside.forth, inside.back):
                self._clear.read(direction)
            conversation.absorb(inside)
            inside.turn()

    def learn(self, reader: FrameReader) -> None:
        """Take what the capturing tool says beside the frames: names of addresses, TLS secrets."""
        for address, name in reader.resolved:
            self._names.add(address, name)
        for secrets in reader.secrets:
            self._keys.update(KeyLog.read(secrets))

    def _finish(self, direction: Direction) -> None:
        if not direction.text.seen and direction.assembler is None:
            return
        if direction.assembler is not None:
            direction.assembler.flush()
        if not direction.closed:
            self._progress(direction, final=True)
        self._clear.read(direction)
        self._close(direction)

    def _glance(self, direction: Direction, packet: Packet, data: bytes) -> None:
        """A closed direction: only whether encrypted records really follow the handshake."""
        conversation = direction.conversation
        if conversation.encrypted_seen or conversation.name != "tls":
            return
        beginning = data[packet.start : min(packet.start + 5, packet.end)]
        conversation.encrypted_seen = beginning[:1] == b"\x17" and tls.is_record(beginning)

    def _take_segment(
        self, direction: Direction, packet: Packet, data: bytes, number: int, offset: int
    ) -> None:
        direction.listen()
        assembler, text = direction.assembler, direction.text
        assert assembler is not None
        before = text.seen
        assembler.add(packet.sequence, data, packet.length, number, offset)
        if text.seen > before:
            if direction.tls_at < 0:
                self._upgrade(direction, data)
            self._progress(direction, final=False)
            if text.seen >= _ENOUGH_TO_SETTLE > before:
                self._settle(direction)
        self._keep_within(direction)

    def _upgrade(self, direction: Direction, data: bytes) -> None:
        """A protocol that begins after something else: STARTTLS, CONNECT, SOCKS."""
        conversation = direction.conversation
        if not data:
            return
        if data[0] == _HANDSHAKE and tls.begins_hello(data):
            direction.tls_at = direction.text.data.rfind(data)
            take_target(direction, self._clear)
            self._clear.read_until(direction, direction.tls_at)
            conversation.name = "tls"
        elif conversation.name in _MAY_BECOME_HTTP and http.begins_request(data):
            take_target(direction, self._clear)
            direction.reader = MessageReader(max(direction.text.data.rfind(data), 0))
            conversation.name = "http"

    def _take_datagram(
        self, direction: Direction, packet: Packet, data: bytes, number: int, offset: int
    ) -> None:
        conversation = direction.conversation
        if conversation.name is None and packet.protocol == _UDP and conversation.tries < _TRIES:
            conversation.tries += 1
            conversation.name = recognise.recognise_datagram(
                data, packet.source_port, packet.to_port
            )
        name = conversation.name
        if name in _PROTECTED:
            says_hello = direction.by_initiator and name in _HELLO_READERS
            place = Place(number, offset, len(data))
            if not (says_hello and self._waits_for_hello(conversation, data, place)):
                self._close(direction)
            return
        self._read_datagram(direction, data, number, offset)
        if packet.protocol in (_ICMP, _ICMPV6) and packet.length > _LARGEST_ECHO:
            conversation.categories |= {DataCategory.UNKNOWN}
        if conversation.name is not None and not self._clear.seeks(direction):
            return
        direction.listen()
        direction.text.append(data, number, offset)
        direction.text.append(b"\n", number, -1)
        tried = conversation.name is None and conversation.tries >= _TRIES
        if tried and not self._may_be_rtp(direction):
            self._settle(direction)
        self._keep_within(direction)

    def _read_datagram(self, direction: Direction, data: bytes, number: int, offset: int) -> None:
        """Read what a datagram alone says, by the protocol of its conversation."""
        name = direction.conversation.name
        if name is None:
            if data and data[0] >> 6 == _RTP_VERSION:
                self._take_rtp(direction, data)
        elif name in _NAMES:
            self._take_names(direction, data, Place(number, offset, len(data)))
        elif name in DATAGRAM_READERS:
            if name == "stun" and stun.relays_data(data):
                direction.conversation.name = "turn"
            self._take_said(direction, data, number, offset)

    def _take_said(self, direction: Direction, data: bytes, number: int, offset: int) -> None:
        """Read what a datagram says in clear, of as many as the protocol is worth."""
        name = direction.conversation.name or ""
        if direction.packets > MOST_DATAGRAMS.get(name, MOST_OF_OTHERS):
            return
        for said in DATAGRAM_READERS[name](data):
            places = [Place(number, offset + said.start, said.length)]
            self._clear.note_said(direction, said, places)

    def _take_rtp(self, direction: Direction, data: bytes) -> None:
        """Media shows in many datagrams that follow each other, not in one."""
        if rtp.is_rtcp(data):
            direction.conversation.name = "rtcp"
            return
        stream = direction.media = direction.media or rtp.RtpStream()
        if stream.take(data) is None or not stream.is_rtp:
            return
        sources = stream.sources
        is_known = any(source.media != "unknown" for source in sources)
        if not is_known and direction.packets < _ENOUGH_FOR_RTP - 1:
            return
        direction.conversation.name = "rtp"
        # what no codec fits may be enciphered (SRTP): it is not called clear
        direction.unreadable = not is_known
        for source in sources:
            if source.category is not None:
                direction.conversation.categories |= {source.category}

    def _may_be_rtp(self, direction: Direction) -> bool:
        return direction.media is not None and direction.packets < _ENOUGH_FOR_RTP

    def _settle(self, direction: Direction) -> None:
        """Enough was said to tell what it is: nothing is kept of what is not looked at further."""
        name = direction.conversation.name
        if name is None and not direction.unreadable and not recognise.is_text(direction.text.data):
            direction.unreadable = True
        if direction.tls_at < 0 and name != "dns" and not self._clear.seeks(direction):
            self._close(direction)

    def _waits_for_hello(self, conversation: Conversation, data: bytes, place: Place) -> bool:
        """Look for the ClientHello in a datagram of QUIC or DTLS; whether it is still to come."""
        reader = conversation.hello_reader
        if reader is None:
            reader = conversation.hello_reader = _HELLO_READERS[conversation.name or ""]()
        hello = reader.take(data)
        if hello is not None:
            conversation.client_hello = hello
            if hello.server_name is not None and hello.name_at >= 0:
                place = Place(place.frame, place.offset + hello.name_at, len(hello.server_name))
            if hello.server_name is not None:
                conversation.add_host(hello.server_name, place)
        waits = hello is None and reader.wants_more
        if not waits:
            conversation.hello_reader = None
        return waits

    def _take_names(self, direction: Direction, data: bytes, place: Place) -> None:
        message = dns.read_message(data)
        if message is not None:
            asked = direction.conversation.asked
            if (
                message.questions
                and len(asked) < _MOST_ASKED
                and message.questions[0][0] not in asked
            ):
                direction.conversation.asked = (*asked, message.questions[0][0])
            self._names.take(message, place, direction.conversation.responder[0])

    def _progress(self, direction: Direction, *, final: bool) -> None:
        """Name the conversation once enough is there; then read on as its protocol asks."""
        conversation, data = direction.conversation, direction.text.data
        if conversation.protocol != _TCP or not data:
            return
        whole = direction.text.seen == len(data)
        if whole and direction.tls_at < 0 and tls.is_record(data):
            direction.tls_at = 0
            conversation.name = "tls"
        elif (
            conversation.name is None
            and whole
            and (final or _may_be_recognised(conversation, len(data)))
        ):
            conversation.name = recognise.recognise_stream(data, conversation.responder[1])
        if conversation.name == "ssh":
            self._close(direction)
        elif conversation.name == "socks":
            take_target(direction, self._clear)
        elif direction.tls_at >= 0 and (final or len(data) >= direction.retry_at):
            self._read_tls(direction, final=final)
        elif conversation.name == "dns" and whole and (final or len(data) >= WINDOW):
            self._take_names_of_stream(direction)

    def _read_tls(self, direction: Direction, *, final: bool) -> None:
        """Read the handshake, and what follows where there are keys; then nothing is kept."""
        conversation = direction.conversation
        is_read = direction.retry_at < 0 or read_handshake(direction, final=final)
        if is_read:
            direction.retry_at = -1
        if len(self._keys) and conversation.opening is None and not direction.closed:
            conversation.opening = Opening(conversation, self._keys)
        opening = conversation.opening
        if opening is not None:
            self._take_opened(opening.take(direction))
            is_read = is_read and (final or opening.is_over)
        if is_read:
            direction.text.cut_off(direction.tls_at)
            self._clear.read(direction)
            self._close(direction)

    def _take_opened(self, spoken: list[Direction]) -> None:
        for inside in spoken:
            self._progress(inside, final=False)
            if inside.text.seen >= _ENOUGH_TO_SETTLE:
                self._settle(inside)
            self._keep_within(inside)

    def _take_names_of_stream(self, direction: Direction) -> None:
        """DNS over TCP: messages with their length before them (RFC 1035, 4.2.2)."""
        data, at = bytes(direction.text.data), 0
        while at + 2 <= len(data):
            length = data[at] << 8 | data[at + 1]
            for place in direction.text.places(at + 2, length)[:1]:
                self._take_names(direction, data[at + 2 : at + 2 + length], place)
            at += 2 + length

    def _close(self, direction: Direction) -> None:
        direction.text.clear()
        direction.closed = True
        self._weigh(direction)

    def _keep_within(self, direction: Direction) -> None:
        """Search and drop a full window; all windows, when together they pass the budget."""
        text = direction.text
        is_full = text.weight() >= _WINDOW and direction.tls_at < 0
        if is_full and len(text.data) - text.searched >= self._clear.overlap:
            self._clear.read(direction)
            self._drop(direction, keep_head=True)
        self._weigh(direction)
        if self._kept > self._budget:
            self._relieve()

    def _relieve(self) -> None:
        """Search and drop everything that waits."""
        for waiting in list(self._waiting):
            if waiting.assembler is not None:
                waiting.assembler.flush()
            self._clear.read(waiting)
            self._drop(waiting, keep_head=False)
            self._weigh(waiting)

    def _weigh(self, direction: Direction) -> None:
        """Keep account of the memory that waits."""
        weight = direction.text.weight()
        if direction.assembler is not None:
            weight += direction.assembler.held_weight()
        if weight and not direction.weight:
            self._waiting[direction] = None
        elif direction.weight and not weight:
            self._waiting.pop(direction, None)
        self._kept += weight - direction.weight
        direction.weight = weight

    def _drop(self, direction: Direction, *, keep_head: bool) -> None:
        text, reader = direction.text, direction.reader
        count = max(len(text.data) - self._clear.overlap, 0)
        if reader is not None and keep_head and not reader.lost:
            count = min(count, reader.cursor)
        text.drop(count)
        if reader is not None:
            reader.drop(count)


def _may_be_recognised(conversation: Conversation, length: int) -> bool:
    """A protocol shows in the first bytes or not at all."""
    conversation.tries += 1
    return length >= _ENOUGH_TO_RECOGNISE and conversation.tries <= _TRIES_OF_STREAM
