"""Shares as people write them: per cent, or a fraction of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from sekisho.intake.plain_text import folded_word, is_unstated

MAX_PERCENT = 100.0

_NUMBER = re.compile(
    r"(?P<number>-?\d{1,6}(\.\d{1,12})?)\s*(?P<unit>%|percent|per cent|パーセント)?"
)
_PERCENT_TITLE = re.compile(r"%|percent|per cent|パーセント|百分率")
_MORE_UNSTATED = frozenset({"undisclosed", "not disclosed", "非公開", "非開示", "未公表"})


class Unit(Enum):
    """What plain numbers of a column are."""

    PERCENT = "percent"
    FRACTION = "fraction"
    UNCLEAR = "unclear"
    """Numbers above one and up to one stand in the same column, or only ones."""


class UnclearShareError(ValueError):
    """The number could be per cent or a fraction."""


class OutOfRangeError(ValueError):
    """The share is below nothing or above the whole."""


class NotAShareError(ValueError):
    """The words are no number."""


def is_share_unstated(text: str) -> bool:
    """Whether the cell says that the share is not known."""
    return is_unstated(text) or folded_word(text) in _MORE_UNSTATED


def unit_of(title: str, cells: Iterable[str]) -> Unit:
    """The unit of the numbers without one, by the heading, else by all of them together.

    A column whose plain numbers all lie between nothing and one is one of fractions; one whose
    plain numbers all lie above one (or are zero) is one of per cent; nothing else is clear.
    """
    if _PERCENT_TITLE.search(folded_word(title)):
        return Unit.PERCENT
    plain = [
        number
        for cell in cells
        for number, unit in [_parse(cell)]
        if number is not None and number > 0 and not unit
    ]
    if any(number > 1 for number in plain):
        return Unit.UNCLEAR if any(number <= 1 for number in plain) else Unit.PERCENT
    return Unit.FRACTION if any(number < 1 for number in plain) else Unit.UNCLEAR


def read_share(text: str, unit: Unit) -> float:
    """The share as a fraction of one.

    Args:
        text: of the cell, e.g. `51%`, `0.51`, `５１．５％`.
        unit: of the plain numbers of the column.

    Raises:
        NotAShareError: when it is no number.
        UnclearShareError: when it may be per cent or a fraction.
        OutOfRangeError: when it is not between nothing and the whole.
    """
    number, percent = _parse(text)
    if number is None:
        raise NotAShareError(text)
    if not percent and unit is Unit.UNCLEAR and 0 < number <= 1:
        raise UnclearShareError(text)
    of_hundred = percent or unit is Unit.PERCENT or (unit is Unit.UNCLEAR and number > 1)
    share = number / MAX_PERCENT if of_hundred else number
    if not 0 <= share <= 1:
        raise OutOfRangeError(text)
    return share


def _parse(text: str) -> tuple[float | None, bool]:
    """The number, and whether it says per cent; `None` when it is no number."""
    found = _NUMBER.fullmatch(folded_word(text))
    if found is None or not found["number"].isascii():
        return None, False
    return float(found["number"]), found["unit"] is not None
