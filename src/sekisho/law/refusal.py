"""The errors of a pack that is broken: each told at its line."""

from __future__ import annotations

from typing import NoReturn

from sekisho.errors import PackError
from sekisho.strict_yaml import Places


class Refusal:
    """Refuses one pack under one code."""

    def __init__(self, places: Places, code: str) -> None:
        """Keep where the parts of the pack stand."""
        self._places = places
        self._code = code

    def check_complete(self) -> None:
        """Refuse a key without a value: `when:` with nothing after it would widen a ban unseen.

        Raises:
            PackError: at the first such key.
        """
        for path in self._places.left_empty:
            self.fail(
                f"nothing is written for '{path[-1]}'",
                why="it would count as if the key were not there",
                next_step="write a value, or remove the key",
                path=path,
            )

    def fail(self, what: str, *, why: str, next_step: str, path: tuple[str | int, ...]) -> NoReturn:
        """Refuse the pack for what stands at a path of it.

        Raises:
            PackError: always.
        """
        raise PackError(
            self._code, what, why=why, next_step=next_step, where=self._places.where(*path)
        )

    def fail_within(
        self, what: str, *, why: str, next_step: str, path: tuple[str | int, ...], offset: int
    ) -> NoReturn:
        """Refuse the pack for a character of the text at a path of it.

        Raises:
            PackError: always.
        """
        where = self._places.within(path, offset)
        raise PackError(self._code, what, why=why, next_step=next_step, where=where)
