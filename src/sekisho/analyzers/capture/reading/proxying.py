"""Whom a client asks its proxy for, which stands before what it then says to them."""

from __future__ import annotations

from sekisho.analyzers.capture.flows.conversation import Direction
from sekisho.analyzers.capture.protocols import socks
from sekisho.analyzers.capture.reading.clear import ClearReader


def take_target(direction: Direction, clear: ClearReader) -> None:
    """Learn the far end beyond a SOCKS proxy, once, from the beginning of what the client says."""
    conversation, text = direction.conversation, direction.text
    if conversation.proxied is not None or not direction.by_initiator:
        return
    target = socks.read_target(text.data) if text.seen == len(text.data) else None
    if target is None:
        return
    conversation.name, conversation.proxied = "socks", target.host
    places = text.places(target.host_at, target.host_length)
    if places and target.is_name:
        conversation.add_host(target.host, places[0])
    for said in socks.said_of(target, text.data):
        clear.note_said(direction, said, text.places(said.start, said.length))
