"""Progress of long work, on standard error, where a person watches."""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from sekisho.report.plain import plain


class ShownProgress:
    """A bar for each stage; nothing when standard error is no terminal."""

    def __init__(self) -> None:
        """Prepare, without showing anything yet."""
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bars = Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        )
        self._stage: TaskID | None = None
        self._name = ""

    def __enter__(self) -> Self:
        """Begin to show."""
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self._bars.stop()

    def begin(self, stage: str, steps: int) -> None:
        """A stage of so many steps begins."""
        self._name = stage
        self._stage = self._bars.add_task(stage, total=steps)

    def step(self, what: str) -> None:
        """One step of the stage is done."""
        if self._stage is not None:
            description = f"{self._name} {plain(what)[-40:]}"
            self._bars.update(self._stage, advance=1, description=description)
