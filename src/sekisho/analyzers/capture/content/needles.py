"""Many byte strings sought in one pass, with Hyperscan: the time hardly grows with their number."""

from __future__ import annotations

from collections.abc import Iterable

import hyperscan


class Needles:
    """Byte strings to be found exactly, or whatever the case of their ASCII letters."""

    def __init__(self, exact: Iterable[bytes], folded: Iterable[bytes] = ()) -> None:
        """Build the automaton; `exact` are numbered first, then `folded`."""
        exact, folded = list(exact), list(folded)
        self._sizes = [len(needle) for needle in (*exact, *folded)]
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        if self._sizes:
            self._database.compile(
                expressions=[_expression(needle) for needle in (*exact, *folded)],
                ids=list(range(len(self._sizes))),
                elements=len(self._sizes),
                flags=[0] * len(exact) + [hyperscan.HS_FLAG_CASELESS] * len(folded),
            )

    def find(self, data: bytes) -> dict[int, list[int]]:
        """Where each needle that is there begins, in ascending order, by its number."""
        found: dict[int, list[int]] = {}
        sizes = self._sizes

        def keep(number: int, _: int, end: int, *_rest: object) -> None:
            found.setdefault(number, []).append(end - sizes[number])

        if sizes and data:
            self._database.scan(data, match_event_handler=keep)
        return {number: found[number] for number in sorted(found)}


def _expression(needle: bytes) -> bytes:
    """A needle as an expression: its literals would end at the first zero byte."""
    return b"".join(b"\\x%02x" % byte for byte in needle)
