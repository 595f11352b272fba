"""Names looked up in the capture, and the addresses they stood for when they were used."""

from __future__ import annotations

from typing import NamedTuple

from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.protocols.dns import NameMessage

MAX_LOOKUPS = 5_000
MAX_ADDRESSES = 100_000
MAX_ADDRESSES_OF_NAME = 16


class Lookup(NamedTuple):
    """A name asked for or answered: where first, of whom, and the addresses given."""

    place: Place
    resolver: bytes
    addresses: list[bytes]

    def add(self, address: bytes) -> None:
        """Keep an address given for the name, up to a cap."""
        if address not in self.addresses and len(self.addresses) < MAX_ADDRESSES_OF_NAME:
            self.addresses.append(address)


class NameBook:
    """What DNS said, in the order of the capture.

    `omitted` counts lookups of further names after the cap.
    """

    def __init__(self) -> None:
        """Begin knowing no name."""
        self.lookups: dict[tuple[str, str], Lookup] = {}
        self.omitted = 0
        self._names: dict[bytes, str] = {}

    def take(self, message: NameMessage, place: Place, resolver: bytes) -> None:
        """Learn from a message to or from a resolver."""
        for question in message.questions:
            self._lookup(question, place, resolver)
        for address, name in message.addresses:
            if address in self._names or len(self._names) < MAX_ADDRESSES:
                self._names[address] = name
            kind = "A" if len(address) == 4 else "AAAA"
            lookup = self._lookup((name, kind), place, resolver)
            if lookup is not None:
                lookup.add(address)

    def add(self, address: bytes, name: str) -> None:
        """Learn a name that the capturing tool had looked up."""
        if len(self._names) < MAX_ADDRESSES:
            self._names.setdefault(address, name)

    def name_of(self, address: bytes) -> str | None:
        """The name last given for an address up to now."""
        return self._names.get(address)

    def _lookup(self, key: tuple[str, str], place: Place, resolver: bytes) -> Lookup | None:
        lookup = self.lookups.get(key)
        if lookup is None:
            if len(self.lookups) >= MAX_LOOKUPS:
                self.omitted += 1
                return None
            lookup = self.lookups[key] = Lookup(place, resolver, [])
        return lookup
