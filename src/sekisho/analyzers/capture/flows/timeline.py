"""When bytes went out: how many in each step of time, in as few steps as a picture needs."""

from __future__ import annotations

from collections.abc import Iterable

STEP_S = 10
"""Seconds of the finest step."""

MOST_STEPS = _MOST_STEPS = 240


class Steps:
    """Bytes in steps of equal width; the width doubles whenever there would be too many."""

    def __init__(self) -> None:
        """Begin with nothing sent."""
        self.width = 1
        self._bytes: dict[int, int] = {}
        self._first = self._last = -1

    def add(self, steps: Iterable[tuple[int, int]]) -> None:
        """Add bytes to steps, which are counted from 1970 in `STEP_S`."""
        for step, amount in steps:
            at = step // self.width
            self._bytes[at] = self._bytes.get(at, 0) + amount
            self._first = at if self._first < 0 else min(self._first, at)
            self._last = max(self._last, at)
            while self._last - self._first >= _MOST_STEPS:
                self._widen()

    def _widen(self) -> None:
        self.width *= 2
        wider: dict[int, int] = {}
        for at, amount in self._bytes.items():
            wider[at // 2] = wider.get(at // 2, 0) + amount
        self._bytes = wider
        self._first, self._last = self._first // 2, self._last // 2

    @property
    def begins_s(self) -> int:
        """Seconds since 1970 at which the first step begins."""
        return max(self._first, 0) * self.width * STEP_S

    def amounts(self) -> tuple[int, ...]:
        """The bytes of each step from the first to the last."""
        if not self._bytes:
            return ()
        return tuple(self._bytes.get(at, 0) for at in range(self._first, self._last + 1))
