"""The table of conversations: which one a packet belongs to, in memory bounded by the active ones.

A conversation is known by its addresses, ports, protocol, virtual LAN and tunnel. When too many
are open at once, those silent for longest are closed; what they said is kept, and should they
speak again, they count as new ones to the same recipient.
"""

from __future__ import annotations

from sekisho.analyzers.capture.file import octets
from sekisho.analyzers.capture.flows.conversation import Conversation, Direction
from sekisho.analyzers.capture.network import addresses
from sekisho.analyzers.capture.network.packets import ACK, FIN, RST, SYN, TCP, UDP, Packet

MAX_ACTIVE = 1 << 16
"""Conversations open at once."""

_SYN, _ACK, _ENDED, _TCP, _UDP = SYN, ACK, FIN | RST, TCP, UDP
_FIRST_PRIVATE_PORT = 1024
_FIRST_EPHEMERAL_PORT = 32_768
_RECENT_BITS = 13
_SPREAD = 0x9E37_79B9_7F4A_7C15
_64_BITS = 0xFFFF_FFFF_FFFF_FFFF


class _Slot:
    """A direction met a short while ago, with the numbers it is known by."""

    def __init__(self) -> None:
        self.direction: Direction | None = None
        self.ends = self.more_ends = self.last_ends = self.final_ends = 0
        self.ports = self.network = 0


class FlowTable:
    """The open conversations of a capture; `opened` counts all that ever were."""

    def __init__(self, most: int = MAX_ACTIVE) -> None:
        """Begin empty."""
        self.opened = 0
        self.closed: list[Conversation] = []
        self._most = most
        # Keyed by the bytes of the packet, whose hash nobody outside can foresee.
        self._directions: dict[bytes, Direction] = {}
        self._active: dict[Conversation, tuple[bytes, bytes]] = {}
        self._recent = [_Slot() for _ in range(1 << _RECENT_BITS)]

    def direction_of(self, packet: Packet, data: bytes, network: int) -> Direction:
        """The direction that a packet belongs to, opened if new.

        `network` tells apart virtual LANs and tunnels, in which the same addresses may occur.
        What had to be closed for it is appended to `closed`.
        """
        at, size = packet.ends_at, packet.size
        ports = packet.source_port << 16 | packet.to_port
        kind = network << 9 | packet.protocol << 1 | (size == 16)
        ends = octets.u32(data, at) << 32 | octets.u32(data, at + 4)
        more = last = final = 0
        if size == 16:
            more = octets.u32(data, at + 8) << 32 | octets.u32(data, at + 12)
            last = octets.u32(data, at + 16) << 32 | octets.u32(data, at + 20)
            final = octets.u32(data, at + 24) << 32 | octets.u32(data, at + 28)
        mixed = (ends ^ more << 1 ^ last << 2 ^ final << 3 ^ ports << 20 ^ kind) & _64_BITS
        index = (mixed * _SPREAD & _64_BITS) >> (64 - _RECENT_BITS)
        slot = self._recent[index]
        if (
            slot.ends == ends
            and slot.ports == ports
            and slot.network == kind
            and slot.more_ends == more
            and slot.last_ends == last
            and slot.final_ends == final
        ):
            known = slot.direction
            if (
                known is not None
                and known.conversation.is_open
                and not self._is_reused(known, packet)
            ):
                return known
        direction = self._look_up(packet, data, kind)
        slot.direction, slot.ports, slot.network = direction, ports, kind
        slot.ends, slot.more_ends, slot.last_ends, slot.final_ends = ends, more, last, final
        return direction

    def active(self) -> list[Conversation]:
        """Everything that is open, in the order it was opened."""
        return list(self._active)

    def drain(self) -> list[Conversation]:
        """Close everything that is still open, in the order it was opened."""
        rest = list(self._active)
        self._forget(rest)
        return rest

    def _look_up(self, packet: Packet, data: bytes, kind: int) -> Direction:
        at, size = packet.ends_at, packet.size
        ends, ports, tail = data[at : at + 2 * size], b"", kind.to_bytes(8, "big")
        if packet.protocol in (_TCP, _UDP):
            ports = data[packet.ports_at : packet.ports_at + 4]
        key = ends + ports + tail
        direction = self._directions.get(key)
        if direction is not None:
            if not self._is_reused(direction, packet):
                return direction
            self._close([direction.conversation])
        elif len(self._active) >= self._most:
            self._close(self._longest_silent())
        source, to = ends[:size], ends[size:]
        here, there = (source, packet.source_port), (to, packet.to_port)
        return self._open(packet, here, there, (key, to + source + ports[2:] + ports[:2] + tail))

    def _is_reused(self, direction: Direction, packet: Packet) -> bool:
        """Whether a SYN opens a new connection between the ports of one that has ended."""
        if packet.flags & (_SYN | _ACK) != _SYN:
            return False
        return direction.conversation.flags & _ENDED != 0

    def _open(
        self,
        packet: Packet,
        here: tuple[bytes, int],
        there: tuple[bytes, int],
        keys: tuple[bytes, bytes],
    ) -> Direction:
        forward = addresses.is_group(there[0]) or _is_from_initiator(
            here[1], there[1], packet.flags
        )
        ends = (here, there) if forward else (there, here)
        conversation = Conversation(packet.protocol, ends[0], ends[1])
        self.opened += 1
        own, other = conversation.forth, conversation.back
        if not forward:
            own, other = other, own
        self._active[conversation] = keys
        self._directions[keys[0]] = own
        self._directions.setdefault(keys[1], other)
        return own

    def _longest_silent(self) -> list[Conversation]:
        """The half of the open conversations of which nothing was heard for longest."""
        by_silence = sorted(self._active, key=lambda conversation: conversation.last_frame)
        return by_silence[: max(len(by_silence) // 2, 1)]

    def _close(self, conversations: list[Conversation]) -> None:
        self._forget(conversations)
        self.closed.extend(conversations)

    def _forget(self, conversations: list[Conversation]) -> None:
        for conversation in conversations:
            conversation.is_open = False
            for key in self._active.pop(conversation):
                self._directions.pop(key, None)


def _is_from_initiator(source_port: int, to_port: int, flags: int) -> bool:
    if flags & _SYN:
        return not flags & _ACK
    if source_port >= to_port:
        return True
    service = source_port < _FIRST_PRIVATE_PORT <= to_port
    return not (service or source_port < _FIRST_EPHEMERAL_PORT <= to_port)
