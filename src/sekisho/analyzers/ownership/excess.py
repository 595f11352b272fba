"""Whether the shares in a company ever come to more than the whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from sekisho.intake.plain_text import folded_word
from sekisho.model.observation import Ownership

TOLERANCE = 1e-4
"""Registers round to two decimals of a per cent; a hundred rounded holders add up to this."""


class Excess(msgspec.Struct, frozen=True):
    """That the recorded shares in `owned` come to `total` (above 1) from a day on.

    `since` is `None` when they do from the beginning of the records. `record` is the last of
    those that hold then.
    """

    owned: str
    since: date | None
    total: float
    record: Ownership


def find_excess(records: Iterable[Ownership]) -> list[Excess]:
    """The first excess of each company, in the order of the records.

    Both dates of a record are days it holds on; a missing date leaves that end open.
    """
    companies: dict[str, list[Ownership]] = {}
    for record in records:
        if record.share is not None:
            companies.setdefault(folded_word(record.owned), []).append(record)
    return [found for group in companies.values() if (found := _first(group)) is not None]


def _first(group: list[Ownership]) -> Excess | None:
    """Sweep over the days at which a holding begins or has ended."""
    changes: list[tuple[date, int, int]] = []
    for place, record in enumerate(group):
        changes.append((record.since or date.min, 1, place))
        if record.until is not None and record.until < date.max:
            changes.append((record.until + timedelta(days=1), 0, place))
    total = 0.0
    for day, begins, place in sorted(changes):
        share = group[place].share or 0.0
        total += share if begins else -share
        if begins and total > 1 + TOLERANCE:
            since = None if day == date.min else day
            return Excess(group[place].owned, since, total, group[place])
    return None
