"""What the dossier declares: the statements of its `dossier.yaml`, each in its own voice.

A statement is a list of claims (a fact of the vocabulary with a value) by somebody, in the voice of
a maker, laboratory, authority, body or record, on a day, in a document. Claims are passed on as
what they are: somebody's word. Whose word counts for which fact is for the law to say.

Cannot: read the documents themselves. That a statement says what the dossier claims it says is not
checked; only that the document is among the evidence. Nobody may declare in the voice of what was
observed: observations are made by the analyzers.
"""

from __future__ import annotations

from sekisho.analyzers.declaration.vocabulary import (
    ClaimableFacts,
    KnownFact,
    canonical_value,
    load_claimable_facts,
)
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.analyzers.notes import Notes
from sekisho.data.files import pack_names
from sekisho.errors import EvidenceError
from sekisho.intake.countries import PACK as COUNTRIES_PACK
from sekisho.intake.manifest import CODE, Manifest, StatementEntry, file_names, load_manifest
from sekisho.intake.plain_text import plain_text
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import JsonPointer
from sekisho.model.observation import Claim, Party, Voice
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words
from sekisho.strict_yaml import Places, decode_placed

MORE_ALIKE = "SEK-P500"
UNKNOWN_FACT = "SEK-P501"
NEAR_FACT = "SEK-P502"
UNFIT_VALUE = "SEK-P503"
UNKNOWN_WORD = "SEK-P504"
NO_DOCUMENT = "SEK-P505"
ABSENT_DOCUMENT = "SEK-P506"
CASE_FACT = "SEK-P507"
CLAIMS_NOTHING = "SEK-P508"
NOT_A_VOICE = "SEK-P509"
NAMELESS = "SEK-P510"

SUBMITTER = "dossier"
"""By whom the article's own entry is stated."""

_DOCUMENTED = frozenset({Voice.AUTHORITY, Voice.LABORATORY, Voice.RECORD})
"""Voices that speak through a document; their word at second hand is told."""

_MOST_CHOICES = 30


class DeclarationAnalyzer:
    """The declarations of a dossier."""

    id = AnalyzerId("declaration.dossier/1")
    kinds = frozenset({EvidenceKind.DOSSIER})
    packs: tuple[str, ...] = (*pack_names("regimes"), COUNTRIES_PACK)
    doc = AnalyzerDoc(
        title=Words("Declarations of the dossier", "提出資料の申告"),
        reads="dossier.yaml, form 1: article and statements",
        observes=("claim", "party maker, laboratory, authority, body, record"),
        references=("YAML 1.2", "RFC 6901 (JSON Pointer)"),
        limitations=(
            Words(
                "The documents behind the statements are not read; it is checked only that they "
                "are among the evidence.",
                "申告の根拠文書の内容は読み取らず、証拠に含まれているかだけを確認します。",
            ),
        ),
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Pass on every claim, with its line.

        Raises:
            EvidenceError: when the manifest is not of its form, naming the line.
        """
        del context  # declarations stand for themselves
        return _Reading(source).findings()


class _Reading:
    """One manifest being read."""

    def __init__(self, source: Source) -> None:
        self._manifest = load_manifest(source.content, shown=source.evidence.path)
        self._places = _places(source)
        self._notes = Notes(source, DeclarationAnalyzer.id)
        self._facts = load_claimable_facts()
        self._files = {_whole_name(entry.file) for entry in self._manifest.evidence}

    def findings(self) -> Findings:
        """The claims and parties, in the order of the manifest."""
        kind = self._manifest.article.kind
        if kind is not None:
            self._claim("article.kind", kind, None, self._locus("article", "kind"))
        for number, statement in enumerate(self._manifest.statements):
            self._statement(statement, number)
        claims = sum(isinstance(one, Claim) for one in self._notes.observations)
        measures = {
            "statements": float(len(self._manifest.statements)),
            "claims": float(claims),
        }
        return self._notes.conclude(measures, more=MORE_ALIKE)

    def _statement(self, statement: StatementEntry, number: int) -> None:
        by = plain_text(statement.by)
        locus = self._locus("statements", number)
        details = {"by": by or "?", "voice": statement.voice.value}
        if not by or statement.voice is Voice.OBSERVED:
            code = NAMELESS if not by else NOT_A_VOICE
            self._notes.note_problem(code, details, locus, blocks_clean=True)
            return
        self._notes.note(
            Party(name=by, role=statement.voice.value, loci=(locus,), analyzer=self._notes.analyzer)
        )
        self._document(statement, number, details)
        if not statement.claims:
            self._notes.note_problem(CLAIMS_NOTHING, details, locus)
        for fact, value in statement.claims.items():
            place = self._locus("statements", number, "claims", fact)
            self._claim(fact, value, statement, place)

    def _document(self, statement: StatementEntry, number: int, details: dict[str, str]) -> None:
        """Tell where the word of an authority, a laboratory or a register is not at hand."""
        if statement.document is None:
            if statement.voice in _DOCUMENTED:
                self._notes.note_problem(NO_DOCUMENT, details, self._locus("statements", number))
        elif _whole_name(statement.document) not in self._files:
            locus = self._locus("statements", number, "document")
            absent = {**details, "document": plain_text(statement.document)}
            self._notes.note_problem(ABSENT_DOCUMENT, absent, locus)

    def _claim(
        self, key: str, value: str, statement: StatementEntry | None, locus: JsonPointer
    ) -> None:
        """Pass on a claim, or tell why not; without a statement it is the submitter's own."""
        fact = self._facts.find(key)
        canonical = canonical_value(value, fact) if fact is not None else None
        if fact is None or fact.is_given or canonical is None:
            code, details = _refusal(key, value, fact, self._facts)
            self._notes.note_problem(code, details, locus, blocks_clean=True)
            return
        self._notes.note(
            Claim(
                fact=key,
                value=canonical,
                by=SUBMITTER if statement is None else plain_text(statement.by),
                voice=Voice.BODY if statement is None else statement.voice,
                made_on=None if statement is None else statement.on,
                loci=(locus,),
                analyzer=self._notes.analyzer,
            )
        )

    def _locus(self, *path: str | int) -> JsonPointer:
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
        place = self._places.where(*path).rsplit(":", 2)
        line = int(place[1]) if len(place) > 2 else None
        pointer = "".join(f"/{step}" for step in steps)
        return JsonPointer(self._notes.evidence.id, pointer, line)


def _refusal(
    key: str, value: str, fact: KnownFact | None, facts: ClaimableFacts
) -> tuple[str, dict[str, str]]:
    """Why a claim is not passed on: the code of the problem, and its details."""
    details = {"fact": plain_text(key)[:80], "value": plain_text(value)[:80]}
    if fact is None:
        near = facts.nearest(key)
        return (UNKNOWN_FACT, details) if near is None else (NEAR_FACT, {**details, "near": near})
    if fact.is_given:
        return CASE_FACT, details
    if fact.type == "word":
        choices = ", ".join(fact.values[:_MOST_CHOICES])
        return UNKNOWN_WORD, {**details, "choices": choices}
    return UNFIT_VALUE, {**details, "type": fact.type}


def _places(source: Source) -> Places:
    """Where the parts of a manifest stand that was loaded before."""
    text = source.content.read_text(encoding="utf-8-sig")
    path = source.evidence.path
    return decode_placed(text, Manifest, file=path, error=EvidenceError, code=CODE)[1]


def _whole_name(stated: str) -> str:
    """The longer of the two names that a file may be called by."""
    return max(file_names(stated), key=len)
