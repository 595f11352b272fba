"""Strong Kleene truth: true, false, unknown.

Kleene, "Introduction to Metamathematics" (1952), section 64. Unknown is a value of its own, so a
missing fact never turns into "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """A three-valued answer. `&`, `|` and `~` are the strong Kleene connectives."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, answer: bool | None, /) -> Truth:  # noqa: FBT001 - the answer is all there is
        """The truth of a Python answer; `None` is unknown."""
        if answer is None:
            return cls.UNKNOWN
        return cls.TRUE if answer else cls.FALSE

    def __and__(self, other: Truth) -> Truth:
        """True when both are true, false when either is false, else unknown."""
        if Truth.FALSE in (self, other):
            return Truth.FALSE
        return Truth.UNKNOWN if Truth.UNKNOWN in (self, other) else Truth.TRUE

    def __or__(self, other: Truth) -> Truth:
        """True when either is true, false when both are false, else unknown."""
        return ~(~self & ~other)

    def __invert__(self) -> Truth:
        """True and false exchanged; unknown stays unknown."""
        if self is Truth.UNKNOWN:
            return Truth.UNKNOWN
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE

    def __bool__(self) -> bool:
        """Refused: a three-valued answer has no two-valued reading.

        Raises:
            TypeError: always; compare with `is Truth.TRUE` instead.
        """
        msg = "a Truth is three-valued: compare it with 'is Truth.TRUE' and the like"
        raise TypeError(msg)


def all_of(truths: Iterable[Truth]) -> Truth:
    """The conjunction; true for no truths at all. Stops at the first false."""
    found = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.UNKNOWN:
            found = truth
    return found


def any_of(truths: Iterable[Truth]) -> Truth:
    """The disjunction; false for no truths at all. Stops at the first true."""
    found = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.UNKNOWN:
            found = truth
    return found
