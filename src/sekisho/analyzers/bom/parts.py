"""Parts as a document lists them, on their way to becoming observations.

A part gets a `ref` of its own document (`fc-1@parts/parts.csv`), because item numbers are only
unique there: two lists that both have an item 1 speak of two parts.
"""

from __future__ import annotations

import msgspec

from sekisho.analyzers.bom.kinds import identify_part_kind
from sekisho.analyzers.notes import Notes
from sekisho.intake.countries import identify_country
from sekisho.intake.plain_text import is_unstated
from sekisho.model.locus import Locus, TableRow
from sekisho.model.observation import Component, PartKind, PartsListing, Party
from sekisho.model.units import CountryCode

ARTICLE = "article"
"""The scope of a list that is of the whole article."""

MAX_PARTS = 100_000

UNKNOWN_COUNTRY = "SEK-P402"
UNKNOWN_KIND = "SEK-P403"
SAME_REF = "SEK-P405"
NOT_ALL_READ = "SEK-P408"
TOO_MANY_PARTS = "SEK-P427"


class ListedPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part in the words of the document, on one line each; empty where it says nothing.

    `origin` maps `made_in` and `maker_domicile` to their words, `titles` to how the document
    calls these columns or properties. `plain_kind` counts where no kind is stated.
    """

    ref: str
    name: str
    kind: str = ""
    version: str = ""
    maker: str = ""
    maker_role: str = "component_maker"
    origin: dict[str, str] = {}
    titles: dict[str, str] = {}
    identifiers: dict[str, str] = {}
    plain_kind: PartKind | None = None


class PartsWriter:
    """Turns the parts of one document into observations, and counts those it could not."""

    def __init__(self, notes: Notes) -> None:
        """Begin with an empty list."""
        self.parts = 0
        self.unread = 0
        self._notes = notes
        self._refs: dict[str, int] = {}
        self._skipped = 0

    def has_room(self, locus: Locus) -> bool:
        """Whether one more entry is read; once the cap is reached, that is told at the locus."""
        if self.parts + self._skipped < MAX_PARTS:
            return True
        self.skip(TOO_MANY_PARTS, {"limit": str(MAX_PARTS)}, locus)
        return False

    def take(self, part: ListedPart, locus: Locus) -> None:
        """Note a part, its maker, and what of it is not understood."""
        maker = _stated(part.maker)
        domicile = self._country(part, "maker_domicile", locus)
        self._notes.note(
            Component(
                ref=self._ref(part, locus),
                name=part.name,
                kind=self._kind(part, locus),
                version=_stated(part.version),
                maker=maker,
                made_in=self._country(part, "made_in", locus),
                maker_domicile=domicile,
                identifiers={key: text for key, text in part.identifiers.items() if text},
                loci=(locus,),
                analyzer=self._notes.analyzer,
            )
        )
        self.parts += 1
        if maker is not None:
            self.take_party(maker, part.maker_role, locus, country=domicile)

    def take_party(
        self, name: str, role: str, locus: Locus, *, country: CountryCode | None = None
    ) -> None:
        """Note a party in its role."""
        self._notes.note(
            Party(
                name=name,
                role=role,
                country=country,
                loci=(locus,),
                analyzer=self._notes.analyzer,
            )
        )

    def skip(self, code: str, details: dict[str, str], locus: Locus) -> None:
        """Note that something that may be a part could not be read."""
        self.unread += 1
        self._skipped += 1
        self._notes.note_problem(code, details, locus, blocks_clean=True)

    def conclude(self, scope: str, locus: Locus, *, says_complete: bool | None) -> None:
        """Note the list itself. One of which a part was not read is not taken as complete."""
        if says_complete and self.unread:
            details = {"count": str(self.unread)}
            self._notes.note_problem(NOT_ALL_READ, details, locus, blocks_clean=True)
            says_complete = None
        self._notes.note(
            PartsListing(
                scope=scope,
                parts=self.parts,
                says_complete=says_complete,
                loci=(locus,),
                analyzer=self._notes.analyzer,
            )
        )

    def _ref(self, part: ListedPart, locus: Locus) -> str:
        """The part's own reference, made unique: a second one of the same is told and numbered."""
        times = self._refs[part.ref] = self._refs.get(part.ref, 0) + 1
        sheet = f"#{locus.sheet}" if isinstance(locus, TableRow) and locus.sheet else ""
        document = f"{self._notes.evidence.path}{sheet}"
        if times == 1:
            return f"{part.ref}@{document}"
        details = {"ref": part.ref, "place": _place(locus)}
        self._notes.note_problem(SAME_REF, details, locus)
        return f"{part.ref}~{times}@{document}"

    def _country(self, part: ListedPart, column: str, locus: Locus) -> CountryCode | None:
        word = part.origin.get(column, "")
        if is_unstated(word):
            return None
        country = identify_country(word)
        if country is None:
            self._note_word(UNKNOWN_COUNTRY, part, column, word, locus)
        return country

    def _kind(self, part: ListedPart, locus: Locus) -> PartKind | None:
        if is_unstated(part.kind):
            return part.plain_kind
        kind = identify_part_kind(part.kind)
        if kind is None:
            self._note_word(UNKNOWN_KIND, part, "kind", part.kind, locus)
        return kind

    def _note_word(self, code: str, part: ListedPart, column: str, word: str, locus: Locus) -> None:
        details = {
            "column": part.titles.get(column, column),
            "word": word[:80],
            "name": part.name[:80],
            "place": _place(locus),
        }
        self._notes.note_problem(code, details, locus, blocks_clean=True)


def _place(locus: Locus) -> str:
    """The row of a table by its number, else the place in the document."""
    return f"#{locus.row}" if isinstance(locus, TableRow) else locus.address()


def _stated(text: str) -> str | None:
    return None if is_unstated(text) else text
