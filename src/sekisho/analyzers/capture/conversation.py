"""Conversations: what two ends exchange under one pair of addresses and ports.

The initiator is the client: the sender of a SYN without ACK; where the beginning was not captured
the end with the port of no service; else the first to send.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TypeAlias

from sekisho.analyzers.capture.assembly import Assembler, Place, Text
from sekisho.analyzers.capture.http import MessageReader
from sekisho.analyzers.capture.packets import ACK, SYN, TCP, Packet
from sekisho.analyzers.capture.quic import QuicReader
from sekisho.analyzers.capture.tls import ClientHello, ServerHello
from sekisho.model.flow import DataCategory

MAX_CONVERSATIONS = 20_000
MAX_MATCHES = 256
"""Places of carried values kept for a conversation; more are counted only."""

_FIRST_PRIVATE_PORT = 1024
_FIRST_EPHEMERAL_PORT = 32_768

Key: TypeAlias = tuple[int, bytes, int, bytes, int]
"""Protocol, source address and port, destination address and port."""


class Direction:
    """What one end of a conversation says.

    `payload` counts bytes on the wire, `cut` those of them that the capture did not keep.
    `closed` is true when nothing more of it needs looking at, `unreadable` when some of it is not
    text, `has_body` when an HTTP message in it has a body.
    """

    __slots__ = (
        "assembler", "by_initiator", "closed", "conversation", "cut", "has_body", "packets", "payload",
        "reader", "retry_at", "text", "tls_at", "unreadable", "weight",
    )  # fmt: skip

    def __init__(self, conversation: Conversation, *, by_initiator: bool) -> None:
        """Begin with nothing said."""
        self.conversation = conversation
        self.by_initiator = by_initiator
        self.text = Text()
        self.assembler = Assembler(self.text) if conversation.protocol == TCP else None
        self.reader: MessageReader | None = None
        self.packets = self.payload = self.cut = 0
        self.tls_at = -1
        self.retry_at = 0
        self.closed = False
        self.unreadable = False
        self.has_body = False
        self.weight = 0


class Conversation:
    """Two ends, what each says, and what was learnt of it so far."""

    __slots__ = (
        "back",
        "carried",
        "categories",
        "client_hello",
        "encrypted_seen",
        "first_ns",
        "first_place",
        "forth",
        "hosts",
        "initiator",
        "last_ns",
        "matches",
        "more_matches",
        "name",
        "name_by_dns",
        "protocol",
        "quic",
        "responder",
        "server_hello",
        "tries",
    )  # fmt: skip

    def __init__(
        self, protocol: int, initiator: tuple[bytes, int], responder: tuple[bytes, int]
    ) -> None:
        """Begin between two ends (packed address, port)."""
        self.protocol = protocol
        self.initiator = initiator
        self.responder = responder
        self.forth = Direction(self, by_initiator=True)
        self.back = Direction(self, by_initiator=False)
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.first_place = Place(0, 0, 0)
        self.name: str | None = None
        self.tries = 0
        self.name_by_dns: str | None = None
        self.hosts: dict[str, Place] = {}
        self.client_hello: ClientHello | None = None
        self.server_hello: ServerHello | None = None
        self.quic: QuicReader | None = None
        self.encrypted_seen = False
        self.categories: set[DataCategory] = set()
        self.carried: set[str] = set()
        self.matches: set[Place] = set()
        self.more_matches = 0

    @property
    def inbound(self) -> bool:
        """Whether a far client called a local server, so that the initiator is the far end."""
        return is_far(self.initiator[0]) and not is_far(self.responder[0])

    @property
    def sent(self) -> Direction:
        """What goes to the far end."""
        return self.back if self.inbound else self.forth

    @property
    def received(self) -> Direction:
        """What comes from the far end."""
        return self.forth if self.inbound else self.back

    def note(self, category: DataCategory, places: list[Place], name: str | None = None) -> None:
        """Keep that data of a category stand at some places, and which known value they are."""
        self.categories.add(category)
        if name is not None:
            self.carried.add(name)
        for place in places:
            if len(self.matches) < MAX_MATCHES:
                self.matches.add(place)
            elif place not in self.matches:
                self.more_matches += 1


@lru_cache(maxsize=65_536)
def address_text(packed: bytes) -> str:
    """An address as people write it."""
    return str(ipaddress.ip_address(packed))


@lru_cache(maxsize=65_536)
def is_far(packed: bytes) -> bool:
    """Whether an address is one of the public Internet."""
    address = ipaddress.ip_address(packed)
    return address.is_global and not address.is_multicast


def is_group(packed: bytes) -> bool:
    """Whether an address is multicast or the limited broadcast: nobody answers from it."""
    if len(packed) == 4:
        return 224 <= packed[0] < 240 or packed == b"\xff\xff\xff\xff"
    return packed[0] == 0xFF


class ConversationTable:
    """All conversations of a capture, up to a cap; what came after it is counted."""

    def __init__(self, most: int = MAX_CONVERSATIONS) -> None:
        """Begin empty."""
        self._directions: dict[Key, Direction] = {}
        self._most = most
        self.conversations: list[Conversation] = []

    def direction_of(self, packet: Packet) -> Direction | None:
        """The direction a packet belongs to, opened if new; None when the table is full."""
        key = (packet.protocol, packet.source, packet.source_port, packet.to, packet.to_port)
        direction = self._directions.get(key)
        return direction if direction is not None else self._open(key, packet.flags)

    def _open(self, key: Key, flags: int) -> Direction | None:
        if len(self.conversations) >= self._most:
            return None
        protocol, source, source_port, to, to_port = key
        here, there = (source, source_port), (to, to_port)
        forward = is_group(to) or _is_from_initiator(source_port, to_port, flags)
        ends = (here, there) if forward else (there, here)
        conversation = Conversation(protocol, *ends)
        self.conversations.append(conversation)
        directions = (conversation.forth, conversation.back)
        own, other = directions if forward else directions[::-1]
        self._directions[key] = own
        self._directions.setdefault((protocol, to, to_port, source, source_port), other)
        return own


def _is_from_initiator(source_port: int, to_port: int, flags: int) -> bool:
    if flags & SYN:
        return not flags & ACK
    if source_port >= to_port:
        return True
    service = source_port < _FIRST_PRIVATE_PORT <= to_port
    return not (service or source_port < _FIRST_EPHEMERAL_PORT <= to_port)
