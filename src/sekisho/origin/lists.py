"""Dated lists of names: editions as bare facts, and recorded aliases of their entries.

An edition holds from its date until the day the next edition of the same list bears. Before the
first edition nothing is known.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from sekisho.errors import PackError
from sekisho.origin.names import name_key

EDITION_COLUMNS = ("list", "edition", "name", "parent", "source")
ALIAS_COLUMNS = ("list", "entry", "alias", "basis")

MAX_ROWS = 1_000_000
_PRINTED = re.compile(r"\([^()]*(\([^()]*\)[^()]*)*\)[\s.]*\Z")
_ID = re.compile(r"[a-z0-9_]+")


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A name as a list prints it; `parent` is the group it is printed under, where it is."""

    name: str
    parent: str | None
    source: str


class ListEdition(msgspec.Struct, frozen=True, kw_only=True):
    """All entries of one edition of a list."""

    list_id: str
    edition: date
    entries: tuple[ListEntry, ...]

    def title(self) -> str:
        """The list and the day of the edition."""
        return f"{self.list_id} {self.edition.isoformat()}"


class Alias(msgspec.Struct, frozen=True, kw_only=True):
    """Another name of an entry, for every edition that has the entry, and how that is known."""

    list_id: str
    entry: str
    alias: str
    basis: str


def load_list(text: str, name: str) -> ListEdition:
    """Read one edition of a list, a CSV with the columns `EDITION_COLUMNS`.

    Args:
        text: of the pack.
        name: of the pack, for errors.

    Raises:
        PackError: SEK-E353, with the line, when the form is wrong; SEK-E354 when rows disagree
            on list or edition, or there are none.
    """
    entries: list[ListEntry] = []
    heads: set[tuple[str, str]] = set()
    for line, row in _rows(text, name, EDITION_COLUMNS):
        where = f"{name}:{line}"
        heads.add((row["list"], row["edition"]))
        if len(heads) > 1:
            raise _inconsistent("two lists or two editions stand in one file", where)
        if not name_key(row["name"]):
            raise _malformed("the name is empty", where)
        if not row["source"]:
            raise _malformed("the source is empty", where)
        entries.append(
            ListEntry(name=row["name"], parent=row["parent"] or None, source=row["source"])
        )
    if not heads:
        raise _inconsistent("the list has no rows", name)
    ((list_id, edition),) = heads
    return ListEdition(
        list_id=_list_id(list_id, name), edition=_date(edition, name), entries=tuple(entries)
    )


def load_aliases(text: str, name: str) -> tuple[Alias, ...]:
    """Read the recorded aliases, a CSV with the columns `ALIAS_COLUMNS`.

    Raises:
        PackError: SEK-E353, with the line, when the form is wrong.
    """
    aliases: list[Alias] = []
    for line, row in _rows(text, name, ALIAS_COLUMNS):
        where = f"{name}:{line}"
        if not name_key(row["alias"]) or not name_key(row["entry"]):
            raise _malformed("the entry or the alias is empty", where)
        aliases.append(
            Alias(
                list_id=_list_id(row["list"], where),
                entry=row["entry"],
                alias=row["alias"],
                basis=row["basis"],
            )
        )
    return tuple(aliases)


def edition_on(
    list_id: str, on: date | None, editions: Iterable[ListEdition]
) -> ListEdition | None:
    """The edition of a list that holds on a day; `None` before the first, or without a day."""
    if on is None:
        return None
    held = [one for one in editions if one.list_id == list_id and one.edition <= on]
    return max(held, key=lambda one: one.edition, default=None)


def index_names(edition: ListEdition, aliases: Iterable[Alias]) -> dict[str, ListEntry]:
    """The entries of an edition by comparable name (`names.name_key`).

    An entry is found by its name as printed, without an addition in parentheses, and by its
    recorded aliases. The first entry keeps a name that two would have.
    """
    index: dict[str, ListEntry] = {}
    by_entry: dict[str, ListEntry] = {}
    for entry in edition.entries:
        for name in (entry.name, plain_name(entry.name)):
            index.setdefault(name_key(name), entry)
            by_entry.setdefault(name_key(name), entry)
    for alias in aliases:
        aliased = by_entry.get(name_key(alias.entry))
        if alias.list_id == edition.list_id and aliased is not None:
            index.setdefault(name_key(alias.alias), aliased)
    index.pop("", None)
    return index


def plain_name(name: str) -> str:
    """A printed name without the addition in parentheses at its end."""
    return _PRINTED.sub("", name).strip() or name


def _rows(text: str, name: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by column with its line, the header checked."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, cells in enumerate(reader):
            where = f"{name}:{reader.line_num}"
            if number == 0 and tuple(cells) != columns:
                raise _malformed(f"the columns are not {', '.join(columns)}", where)
            if len(cells) != len(columns):
                raise _malformed(f"the row has {len(cells)} cells, not {len(columns)}", where)
            if number > MAX_ROWS:
                raise _malformed(f"there are more than {MAX_ROWS} rows", where)
            if number:
                yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        raise _malformed(str(error), f"{name}:{reader.line_num}") from error


def _list_id(text: str, where: str) -> str:
    if not _ID.fullmatch(text):
        raise _malformed(f"'{text}' is not the id of a list", where)
    return text


def _date(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _malformed(f"'{text}' is not a date as YYYY-MM-DD", where) from error


def _malformed(why: str, where: str) -> PackError:
    return PackError(
        "SEK-E353",
        "the list cannot be used",
        why=why,
        next_step="mend the row named",
        where=where,
    )


def _inconsistent(why: str, where: str) -> PackError:
    return PackError(
        "SEK-E354",
        "the list contradicts itself",
        why=why,
        next_step="keep one edition of one list in each file",
        where=where,
    )
