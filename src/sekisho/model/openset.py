"""Sets of which we may not know every member."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

from sekisho.model.truth import Truth, all_of, any_of

T = TypeVar("T")


class OpenSet(msgspec.Struct, Generic[T], frozen=True):
    """The members we know, and whether they are all there are.

    "Some member is X" is true once one is seen, and false only when the set is complete:
    absence is a finding of its own and has to be shown.
    """

    members: tuple[T, ...] = ()
    complete: Truth = Truth.UNKNOWN

    def any(self, test: Callable[[T], Truth]) -> Truth:
        """Whether some member passes the test."""
        return any_of(test(member) for member in self.members) | self._unseen()

    def all(self, test: Callable[[T], Truth]) -> Truth:
        """Whether every member passes the test."""
        return all_of(test(member) for member in self.members) & ~self._unseen()

    def _unseen(self) -> Truth:
        """Whether a member we have not seen may decide: never, when complete; else unknown."""
        return Truth.FALSE if self.complete is Truth.TRUE else Truth.UNKNOWN

    def __iter__(self) -> Iterator[T]:
        """The known members, in the order given."""
        return iter(self.members)

    def __len__(self) -> int:
        """How many members are known."""
        return len(self.members)
