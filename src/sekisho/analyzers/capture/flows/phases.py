"""The phases of use within one capture, as the marks of the dossier divide it.

A phase ends where the first frame stands whose time reaches the next mark; frames that come out of
order by a little belong to the phase that holds where they stand.
"""

from __future__ import annotations

from sekisho.model.evidence import CaptureConditions, Phase, phase_measure
from sekisho.model.units import nanoseconds

NEVER = (1 << 63) - 1
"""A time that no frame reaches."""

_NANOSECONDS = 1_000_000_000


class Phases:
    """Which phase holds; `present` changes as `advance` is told the time.

    `next_ns` is the time at which the next phase begins.
    """

    def __init__(self, conditions: CaptureConditions) -> None:
        """Begin before the first mark."""
        self._marks: list[tuple[int, Phase | None]] = [
            (nanoseconds(mark.at), mark.phase)
            for mark in sorted(conditions.marks, key=lambda mark: mark.at)
        ]
        self._first = conditions.phase
        self._passed = 0
        self.present = conditions.phase

    @property
    def next_ns(self) -> int:
        """Nanoseconds since 1970 of the next mark."""
        return self._marks[self._passed][0] if self._passed < len(self._marks) else NEVER

    def advance(self, time_ns: int) -> None:
        """Go on to the phase that holds at a time."""
        while self.next_ns <= time_ns:
            self.present = self._marks[self._passed][1]
            self._passed += 1

    def at(self, time_ns: int | None) -> Phase | None:
        """The phase that holds at a time; where nobody says the time, only an undivided one is known."""
        if time_ns is None:
            return self._first if not self._marks else None
        passed = [phase for at, phase in self._marks if at <= time_ns]
        return passed[-1] if passed else self._first

    def measures(self, first_ns: int, last_ns: int) -> dict[str, float]:
        """How many seconds each phase lasts of what was captured; nothing where none divides it."""
        lasted: dict[str, float] = {}
        if not self._marks:
            return lasted
        begins = [first_ns, *(at for at, _ in self._marks)]
        phases = [self._first, *(phase for _, phase in self._marks)]
        for phase, begin, end in zip(phases, begins, [*begins[1:], last_ns], strict=True):
            length = min(end, last_ns) - max(begin, first_ns)
            if phase is not None and length > 0:
                name = phase_measure(phase)
                lasted[name] = lasted.get(name, 0.0) + length / _NANOSECONDS
        return lasted

    def outside(self, first_ns: int, last_ns: int) -> int:
        """How many marks lie before the first frame or after the last."""
        return sum(not first_ns <= at <= last_ns for at, _ in self._marks)


UNDIVIDED = Phases(CaptureConditions())
"""Those of a capture of which nobody says when it was taken; it never changes."""
