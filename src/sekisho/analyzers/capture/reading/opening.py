"""A TLS conversation that a key log opens: what was said inside is read like any other.

What stands inside is a conversation of its own, between the same ends; its text is not in the file,
so every place in it is that of the records it was protected by.
"""

from __future__ import annotations

from sekisho.analyzers.capture.flows.conversation import Conversation, Direction
from sekisho.analyzers.capture.keys.key_log import KeyLog
from sekisho.analyzers.capture.keys.tls_opener import Opened, TlsOpener
from sekisho.analyzers.capture.network.packets import TCP
from sekisho.analyzers.capture.protocols.tls_handshake import APPLICATION

_KEPT = 32 << 10
"""Bytes whose places are still needed: more than the longest record."""


class Opening:
    """Opens one conversation; `inside` is what was said in it."""

    def __init__(self, conversation: Conversation, keys: KeyLog) -> None:
        """Begin with both directions at the first byte of TLS."""
        self.inside = Conversation(TCP, conversation.initiator, conversation.responder)
        self.inside.first_frame = conversation.first_frame
        self._outside = conversation
        self._opener = TlsOpener(keys)
        self._fed = {True: 0, False: 0}
        self._dropped = {True: 0, False: 0}

    @property
    def is_whole(self) -> bool:
        """Whether everything that was said could be opened."""
        opener = self._opener
        failed = opener.broken or opener.missing_keys or opener.is_unsupported or opener.skipped
        return not failed and self.opened_bytes > 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be opened."""
        opener = self._opener
        return opener.has_ended or opener.missing_keys or opener.is_unsupported

    @property
    def opened_bytes(self) -> int:
        """Bytes of application data that were opened, of both ends."""
        return self.inside.forth.payload + self.inside.back.payload

    def take(self, direction: Direction) -> list[Direction]:
        """Open what came since the last time; the directions inside that say something new."""
        by_client = direction.by_initiator
        text = direction.text
        if direction.tls_at > 0:
            text.drop(direction.tls_at)
            direction.tls_at = 0
        fresh = bytes(text.data[self._fed[by_client] - self._dropped[by_client] :])
        self._fed[by_client] += len(fresh)
        spoken = [
            self._say(record)
            for record in self._opener.take(fresh, by_client)
            if record.content_type == APPLICATION and record.plain
        ]
        self._drop(direction)
        return list(dict.fromkeys(spoken))

    def _say(self, record: Opened) -> Direction:
        """What a record says, at the places of the record."""
        outside, inside = self._outside.back, self.inside.back
        if record.by_client:
            outside, inside = self._outside.forth, self.inside.forth
        start = record.record_at - self._dropped[record.by_client]
        places = outside.text.places(start, record.record_length) if start >= 0 else []
        inside.listen()
        inside.text.append_record(record.plain, places or [self._outside.first_place])
        inside.payload += len(record.plain)
        return inside

    def _drop(self, direction: Direction) -> None:
        """Forget what was read, but for the places of a record that is not whole yet."""
        by_client = direction.by_initiator
        before = len(direction.text.data)
        # the hello is read from the same text, by others
        if before > 2 * _KEPT and self._outside.server_hello is not None:
            direction.text.drop(before - _KEPT)
            self._dropped[by_client] += before - len(direction.text.data)
