"""The host table: which party a host name belongs to, by the longest suffix that is listed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import msgspec

from sekisho.errors import PackError
from sekisho.model.determination import Confidence
from sekisho.model.units import CountryCode

COLUMNS = ("host_suffix", "party", "owner", "owner_country", "confidence", "source", "as_of")

MAX_ROWS = 200_000
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SUFFIX = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})+")
_COUNTRY = re.compile(r"[A-Z]{2}")


class HostEntry(msgspec.Struct, frozen=True, kw_only=True):
    """That hosts under a suffix belong to a party; `confidence` is how surely that is known.

    `party` is the service or the maker as the source names it, `owner` the company behind it;
    each is `None` where the source says only that the host was seen.
    """

    host_suffix: str
    party: str | None
    owner: str | None
    owner_country: CountryCode | None
    confidence: Confidence
    source: str
    as_of: date


class HostTable:
    """Host entries, found by the longest listed suffix at a dot."""

    def __init__(self, entries: tuple[HostEntry, ...]) -> None:
        """Index the entries."""
        self.entries = entries
        self._by_suffix = {entry.host_suffix: entry for entry in entries}

    def find(self, host: str) -> HostEntry | None:
        """The entry of the longest suffix of a normalised host name; `None` when none is listed."""
        labels = host.split(".")
        suffixes = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self._by_suffix[name] for name in suffixes if name in self._by_suffix), None)


def load_hosts(text: str, name: str) -> HostTable:
    """Read the host table, a CSV with the columns `COLUMNS`.

    Args:
        text: of the pack.
        name: of the pack, for errors.

    Raises:
        PackError: SEK-E355, with the line, when a row is not what it should be.
    """
    entries: dict[str, HostEntry] = {}
    for line, row in _rows(text, name):
        entry = _entry(row, f"{name}:{line}")
        if entry.host_suffix in entries:
            raise _broken(f"the host suffix '{entry.host_suffix}' stands twice", f"{name}:{line}")
        entries[entry.host_suffix] = entry
    return HostTable(tuple(entries.values()))


def _rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by column with its line, the header checked."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, cells in enumerate(reader):
            where = f"{name}:{reader.line_num}"
            if number == 0 and tuple(cells) != COLUMNS:
                raise _broken(f"the columns are not {', '.join(COLUMNS)}", where)
            if len(cells) != len(COLUMNS):
                raise _broken(f"the row has {len(cells)} cells, not {len(COLUMNS)}", where)
            if number > MAX_ROWS:
                raise _broken(f"there are more than {MAX_ROWS} rows", where)
            if number:
                yield reader.line_num, dict(zip(COLUMNS, cells, strict=True))
    except csv.Error as error:
        raise _broken(str(error), f"{name}:{reader.line_num}") from error


def _entry(row: dict[str, str], where: str) -> HostEntry:
    if not _SUFFIX.fullmatch(row["host_suffix"]):
        raise _broken(
            f"'{row['host_suffix']}' is not a lower-case host suffix of two labels or more", where
        )
    if row["owner_country"] and not _COUNTRY.fullmatch(row["owner_country"]):
        raise _broken(f"'{row['owner_country']}' is not an ISO 3166-1 alpha-2 code", where)
    blank = {key: row[key] or None for key in ("party", "owner", "owner_country")}
    try:
        return msgspec.convert({**row, **blank}, HostEntry, strict=False)
    except msgspec.ValidationError as error:
        raise _broken(str(error), where) from error


def _broken(why: str, where: str) -> PackError:
    return PackError(
        "SEK-E355",
        "the host table cannot be used",
        why=why,
        next_step="mend the row named",
        where=where,
    )
