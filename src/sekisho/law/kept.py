"""Results that are kept, up to a number."""

from __future__ import annotations

from typing import TypeVar

MOST_KEPT = 4096

K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """Results by what they follow from; all are forgotten when there are too many.

    What varies without limit (values of facts, states of knowledge) comes from hostile evidence.
    """

    def keep(self, key: K, result: V) -> V:
        """Keep a result, and give it back."""
        if len(self) >= MOST_KEPT:
            self.clear()
        self[key] = result
        return result
