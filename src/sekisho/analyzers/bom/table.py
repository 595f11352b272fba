"""Parts lists as tables: CSV or XLSX, with the origin of each part.

Reads the columns of a hardware bill of materials (CISA's framework of 2023 asks for component,
supplier, part number, country of origin) under the English and Japanese headings of
`data/signatures/table_headers.yaml`. CycloneDX 1.x cannot state where a part was made; this can.

A list counts as complete when its column `complete` says so in every row that fills it in, and
every row could be read.

Cannot: compute formulas, follow merged cells (only their first row has the value), or join a part
that is spread over several rows. The list is taken to be that of the whole article.
"""

from __future__ import annotations

from sekisho.analyzers.bom.kinds import PACK as KINDS_PACK
from sekisho.analyzers.bom.parts import ARTICLE, ListedPart, PartsWriter
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.analyzers.notes import Notes
from sekisho.analyzers.tables import MORE_ALIKE, Record, Table, read_tables
from sekisho.intake.countries import PACK as COUNTRIES_PACK
from sekisho.intake.plain_text import folded_word, is_unstated
from sekisho.intake.tables import PACK as HEADERS_PACK
from sekisho.intake.tables import load_table_headers
from sekisho.model.evidence import EvidenceKind
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words

NAMELESS_ROW = "SEK-P401"
UNKNOWN_COMPLETENESS = "SEK-P406"
DISPUTED_COMPLETENESS = "SEK-P407"

_YES = frozenset(
    {"yes", "y", "true", "1", "complete", "full", "all", "はい", "完全", "全て", "○", "◯"}
)
_NO = frozenset(
    {"no", "n", "false", "0", "incomplete", "partial", "いいえ", "不完全", "一部", "×", "✕"}
)


class PartsTableAnalyzer:
    """Parts lists in CSV and XLSX."""

    id = AnalyzerId("bom.table/1")
    kinds = frozenset({EvidenceKind.PARTS_TABLE})
    packs: tuple[str, ...] = (HEADERS_PACK, COUNTRIES_PACK, KINDS_PACK)
    doc = AnalyzerDoc(
        title=Words("Parts list in a table", "部品表（CSV・表計算）"),
        reads="CSV in UTF-8, UTF-16 or Shift_JIS with comma, semicolon or tab; XLSX",
        observes=("component", "parts_listing", "party component_maker"),
        references=(
            "CISA, Hardware Bill of Materials Framework for Supply Chain Risk Management (2023)",
            "RFC 4180 (CSV)",
            "ECMA-376 (Office Open XML)",
            "ISO 3166-1 (codes of countries)",
        ),
        limitations=(
            Words(
                "Formulas are not computed: the value last saved counts.",
                "数式は計算せず、最後に保存された値を用います。",
            ),
            Words(
                "Of merged cells only the first row has the value; the others count as empty.",
                "結合セルの値は先頭の行だけのものとし、他の行は空欄として扱います。",
            ),
            Words(
                "The list is taken to be that of the whole article; a part spread over several "
                "rows is read as several parts.",
                "一覧は物品全体のものとみなします。複数行にわたる部品は、複数の部品として読み取ります。",
            ),
        ),
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Observe every part of every sheet that has the header of a parts list.

        Raises:
            EvidenceError: when no header is found, or the workbook cannot be read.
        """
        del context  # nothing of it bears on a table
        notes = Notes(source, self.id)
        tables, unseen = read_tables(source, load_table_headers().parts_table, notes)
        parts = sum(_observe_table(table, notes) for table in tables)
        rows = sum(len(table.records) + table.unread for table in tables)
        measures = {"parts": float(parts), "rows": float(rows), "tables": float(len(tables))}
        return notes.conclude(measures, more=MORE_ALIKE, unseen=unseen)


def _observe_table(table: Table, notes: Notes) -> int:
    """Note the parts of one table, and return how many there are."""
    writer = PartsWriter(notes)
    writer.unread = table.unread
    for record in table.records:
        if not writer.has_room(record.locus):
            break
        if is_unstated(record.cell("name")):
            details = {"row": str(record.locus.row)}
            writer.skip(NAMELESS_ROW, details, record.locus)
        else:
            writer.take(_listed_part(record, table), record.locus)
    writer.conclude(ARTICLE, table.locus, says_complete=_completeness(table, notes))
    return writer.parts


def _listed_part(record: Record, table: Table) -> ListedPart:
    quantity = record.cell("quantity")
    return ListedPart(
        ref=record.cell("ref") or f"row-{record.locus.row}",
        name=record.cell("name"),
        kind=record.cell("kind"),
        version=record.cell("version"),
        maker=record.cell("maker"),
        origin={column: record.cell(column) for column in ("made_in", "maker_domicile")},
        titles=table.titles,
        identifiers={"part_number": record.cell("part_number"), "quantity": quantity},
    )


def _completeness(table: Table, notes: Notes) -> bool | None:
    """What the column `complete` says, where its rows agree; only rows that fill it in count."""
    said: dict[bool, int] = {}
    understood = True
    for record in table.records:
        cell = record.cell("complete")
        word = folded_word(cell)
        if word in _YES | _NO:
            said.setdefault(word in _YES, record.locus.row)
        elif not is_unstated(cell):
            details = {"row": str(record.locus.row), "word": cell[:80]}
            notes.note_problem(UNKNOWN_COMPLETENESS, details, record.locus)
            understood = False
    if len(said) > 1:
        details = {"yes": str(said[True]), "no": str(said[False])}
        notes.note_problem(DISPUTED_COMPLETENESS, details, table.locus)
        return None
    return next(iter(said), None) if understood else None
