"""Records of who owns whom: CSV or XLSX with one holding a row.

Reads the columns owner, owned, share, from, to, source, owner_country, owned_country under the
English and Japanese headings of `data/signatures/table_headers.yaml`. A share is per cent (`51%`)
or a fraction of one (`0.51`); where a number could be either, it is not known. Dates are whole days
of the Gregorian calendar; both are days on which the holding lasts; an empty one is an open end.

A row that cannot hold (an unreadable date, an end before the beginning, a company that owns itself)
is not taken; a share or country that cannot be understood leaves the holding with its share or
country unknown.

Cannot: tell classes of shares, voting agreements and options apart, or convert Japanese eras.
"""

from __future__ import annotations

from datetime import date

from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.analyzers.notes import Notes
from sekisho.analyzers.ownership.dates import EraDateError, NotADateError, read_date
from sekisho.analyzers.ownership.excess import find_excess
from sekisho.analyzers.ownership.shares import (
    NotAShareError,
    OutOfRangeError,
    UnclearShareError,
    Unit,
    is_share_unstated,
    read_share,
    unit_of,
)
from sekisho.analyzers.tables import MORE_ALIKE, Record, Table, read_tables
from sekisho.intake.countries import PACK as COUNTRIES_PACK
from sekisho.intake.countries import identify_country
from sekisho.intake.plain_text import folded_word, is_unstated
from sekisho.intake.tables import PACK as HEADERS_PACK
from sekisho.intake.tables import load_table_headers
from sekisho.model.evidence import EvidenceKind
from sekisho.model.observation import Ownership
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId, CountryCode
from sekisho.model.words import Words

NAMELESS = "SEK-P550"
NOT_A_SHARE = "SEK-P551"
UNCLEAR_SHARE = "SEK-P552"
OUT_OF_RANGE = "SEK-P553"
NOT_A_DATE = "SEK-P554"
ERA_DATE = "SEK-P555"
ENDS_BEFORE_IT_BEGINS = "SEK-P556"
OWNS_ITSELF = "SEK-P557"
UNKNOWN_COUNTRY = "SEK-P558"
MORE_THAN_THE_WHOLE = "SEK-P559"

_SHARE_PROBLEMS = {
    NotAShareError: NOT_A_SHARE,
    UnclearShareError: UNCLEAR_SHARE,
    OutOfRangeError: OUT_OF_RANGE,
}
_OPEN_ENDS = frozenset(
    {"present", "current", "now", "to date", "現在", "現在に至る", "継続", "継続中"}
)


class OwnershipAnalyzer:
    """Ownership records in CSV and XLSX."""

    id = AnalyzerId("ownership.table/1")
    kinds = frozenset({EvidenceKind.OWNERSHIP_TABLE})
    packs: tuple[str, ...] = (HEADERS_PACK, COUNTRIES_PACK)
    doc = AnalyzerDoc(
        title=Words("Ownership records", "保有関係の記録"),
        reads="CSV in UTF-8, UTF-16 or Shift_JIS with comma, semicolon or tab; XLSX",
        observes=("ownership",),
        references=("RFC 4180 (CSV)", "ECMA-376 (Office Open XML)", "ISO 8601 (dates)"),
        limitations=(
            Words(
                "Classes of shares, voting agreements and options are not told apart.",
                "株式の種類、議決権に関する契約及び新株予約権などは区別しません。",
            ),
            Words(
                "Dates in Japanese eras are not converted; such a row is not taken.",
                "和暦の日付は換算せず、その行は用いません。",
            ),
        ),
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Observe every holding of every sheet that has the header of an ownership record.

        Raises:
            EvidenceError: when no header is found, or the workbook cannot be read.
        """
        del context  # nothing of it bears on a table
        notes = Notes(source, self.id)
        tables, unseen = read_tables(source, load_table_headers().ownership_table, notes)
        records = [record for table in tables for record in _observe_table(table, notes)]
        for record in records:
            notes.note(record)
        for excess in find_excess(records):
            details = {
                "owned": excess.owned,
                "percent": f"{excess.total * 100:.2f}".rstrip("0").rstrip("."),
                "since": "-" if excess.since is None else excess.since.isoformat(),
            }
            locus = excess.record.loci[0]
            notes.note_problem(MORE_THAN_THE_WHOLE, details, locus, blocks_clean=True)
        rows = sum(len(table.records) + table.unread for table in tables)
        measures = {"holdings": float(len(records)), "rows": float(rows)}
        return notes.conclude(measures, more=MORE_ALIKE, unseen=unseen)


def _observe_table(table: Table, notes: Notes) -> list[Ownership]:
    cells = [record.cell("share") for record in table.records]
    unit = unit_of(table.titles.get("share", ""), cells)
    readings = (_Reading(record, table, notes, unit).holding() for record in table.records)
    return [holding for holding in readings if holding is not None]


class _Reading:
    """One row being read; what is wrong with it is noted on the way."""

    def __init__(self, record: Record, table: Table, notes: Notes, unit: Unit) -> None:
        self._record = record
        self._titles = table.titles
        self._notes = notes
        self._unit = unit
        self._broken = False

    def holding(self) -> Ownership | None:
        """The holding; `None` when the row cannot hold."""
        owner, owned = self._record.cell("owner"), self._record.cell("owned")
        for column, name in (("owner", owner), ("owned", owned)):
            if is_unstated(name):
                self._refuse(NAMELESS, column=self._title(column))
        if not self._broken and folded_word(owner) == folded_word(owned):
            self._refuse(OWNS_ITSELF, name=owner)
        since, until = self._date("from"), self._date("to")
        if since is not None and until is not None and until < since:
            self._refuse(ENDS_BEFORE_IT_BEGINS, since=str(since), until=str(until))
        if self._broken:
            return None
        return Ownership(
            owner=owner,
            owned=owned,
            share=self._share(),
            owner_country=self._country("owner_country"),
            owned_country=self._country("owned_country"),
            since=since,
            until=until,
            source=self._record.cell("source"),
            loci=(self._record.locus,),
            analyzer=self._notes.analyzer,
        )

    def _share(self) -> float | None:
        cell = self._record.cell("share")
        if is_share_unstated(cell):
            return None
        try:
            return read_share(cell, self._unit)
        except (NotAShareError, UnclearShareError, OutOfRangeError) as error:
            self._note(_SHARE_PROBLEMS[type(error)], word=cell[:80])
            return None

    def _date(self, column: str) -> date | None:
        cell = self._record.cell(column)
        open_end = column == "to" and folded_word(cell) in _OPEN_ENDS
        if is_unstated(cell) or open_end:
            return None
        try:
            return read_date(cell)
        except EraDateError:
            self._refuse(ERA_DATE, column=self._title(column), word=cell[:80])
        except NotADateError:
            self._refuse(NOT_A_DATE, column=self._title(column), word=cell[:80])
        return None

    def _country(self, column: str) -> CountryCode | None:
        cell = self._record.cell(column)
        if is_unstated(cell):
            return None
        country = identify_country(cell)
        if country is None:
            self._note(UNKNOWN_COUNTRY, column=self._title(column), word=cell[:80])
        return country

    def _title(self, column: str) -> str:
        return self._titles.get(column, column)

    def _refuse(self, code: str, **details: str) -> None:
        self._broken = True
        self._note(code, **details)

    def _note(self, code: str, **details: str) -> None:
        locus = self._record.locus
        filled = {"row": str(locus.row), **details}
        self._notes.note_problem(code, filled, locus, blocks_clean=True)
