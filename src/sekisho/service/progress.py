"""How long work tells how far it is; the command line shows it, programs need not listen."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of each stage, and of each step of it."""

    def begin(self, stage: str, steps: int) -> None:
        """A stage of so many steps begins."""

    def step(self, what: str) -> None:
        """One step of the stage is done."""


class NoProgress:
    """Nobody listens."""

    def begin(self, stage: str, steps: int) -> None:
        """Nothing."""

    def step(self, what: str) -> None:
        """Nothing."""
