"""Dates of ownership records, in the Gregorian calendar, whole or not at all."""

from __future__ import annotations

import re
from datetime import date

from sekisho.intake.plain_text import folded_word

_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})日)(?:[t ]00:00(?::00)?)?"
)
_ERA = re.compile(r"(明治|大正|昭和|平成|令和|[mtshr])\s*\.?\s*(元|\d{1,2})\s*[年.\-/]")


class EraDateError(ValueError):
    """The date is of the Japanese calendar."""


class NotADateError(ValueError):
    """The words are no whole date with the year first."""


def read_date(text: str) -> date:
    """The date: `2024-03-01`, `2024/3/1`, `2024.3.1`, `2024年3月1日`.

    A date with the day or month first could be two dates, and a year alone is none.

    Raises:
        EraDateError: when it is written in the Japanese calendar, which is not converted.
        NotADateError: when it is anything else.
    """
    folded = folded_word(text)
    if _ERA.match(folded):
        raise EraDateError(text)
    found = _DATE.fullmatch(folded)
    if found is None:
        raise NotADateError(text)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotADateError(text) from error
