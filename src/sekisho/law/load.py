"""From the text of a regime pack to a `Regime`, with every mistake told at its line."""

from __future__ import annotations

import difflib
import re
from datetime import date
from typing import NoReturn

from sekisho.errors import PackError
from sekisho.law.grammar import RuleError, parse_rule
from sekisho.law.packfile import ClauseEntry, RegimeFile, TheoremEntry
from sekisho.law.regime import Clause, Due, Parameter, Period, Regime, Theorem, digest_of
from sekisho.law.syntax import ALWAYS, And, Not, Rule
from sekisho.law.vocabulary import FactEntry, FactType, Vocabulary
from sekisho.model.determination import Citation, ClauseKind
from sekisho.model.words import Words
from sekisho.strict_yaml import Places, decode_placed

_FACT_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII)
_TERM_OF = re.compile(
    r"(?P<fact>[a-z][\w.]*)\s*\+\s*(?P<count>\d{1,4})\s+(?P<unit>day|month|year)s?", re.ASCII
)


def load_regime(text: str, vocabulary: Vocabulary, file: str) -> Regime:
    """Read a regime pack.

    Raises:
        PackError: naming file, line and column: unknown keys or words, a rule that cannot be
            read, a date that is none, ids that stand twice, exceptions to nothing or in a ring.
    """
    pack, places = decode_placed(text, RegimeFile, file=file, error=PackError, code="SEK-E303")
    return _Loader(pack, places, vocabulary).regime(text)


class _Loader:
    """Links one decoded pack: names to what they mean."""

    def __init__(self, pack: RegimeFile, places: Places, vocabulary: Vocabulary) -> None:
        self.pack = pack
        self.places = places
        self.check_facts(vocabulary)
        self.vocabulary = vocabulary.with_facts(pack.facts)
        self.parameters = frozenset(pack.parameters)
        self.terms: dict[str, Rule] = {}

    def regime(self, text: str) -> Regime:
        for name in self.pack.definitions:
            self.define(name, ())
        clauses = tuple(self.clause(i, entry) for i, entry in enumerate(self.pack.clauses))
        self.check_ids(clauses)
        self.check_exceptions(clauses)
        return Regime(
            id=self.pack.regime,
            title=self.pack.title,
            jurisdiction=self.pack.jurisdiction,
            force=self.pack.force,
            citation=self.pack.cite,
            parameters={name: self.parameter(name) for name in self.pack.parameters},
            clauses=clauses,
            gaps=self.pack.gaps,
            digest=digest_of(text),
            vocabulary=self.vocabulary,
            advisory=self.pack.advisory,
            readings=self.readings(),
            facts=self.pack.facts,
            theorems=tuple(self.theorem(i, entry) for i, entry in enumerate(self.pack.theorems)),
        )

    def check_facts(self, vocabulary: Vocabulary) -> None:
        seen = set(vocabulary.facts)
        for i, entry in enumerate(self.pack.facts):
            if entry.key in seen:
                self.fail(
                    f"the fact '{entry.key}' is defined twice",
                    why="the vocabulary or this file has it already, and only one could count",
                    next_step="remove it here, or give it another name",
                    path=("facts", i, "key"),
                )
            seen.add(entry.key)
            self.check_fact(entry, ("facts", i))

    def check_fact(self, entry: FactEntry, path: tuple[str | int, ...]) -> None:
        if not _FACT_KEY.fullmatch(entry.key):
            self.fail(
                f"'{entry.key}' is not the name of a fact",
                why="rules could not speak of it",
                next_step="write lower-case words joined by dots, such as waiver.us_848",
                path=(*path, "key"),
            )
        if entry.type is FactType.WORD and not entry.values:
            self.fail(
                f"the fact '{entry.key}' has no values",
                why="a word is one of a list of values",
                next_step="add 'values:'",
                path=path,
            )
        if not entry.settled_by:
            self.fail(
                f"nobody's word settles the fact '{entry.key}'",
                why="it could never become known",
                next_step="add 'settled_by:' with the voices that count",
                path=path,
            )

    def define(self, name: str, asked_by: tuple[str, ...]) -> None:
        """Read a definition, and first those it is made of, in whatever order they stand."""
        if name in self.terms:
            return
        if name in asked_by:
            self.fail(
                f"the definition of '{name}' rests on itself",
                why=f"it leads through {' -> '.join((*asked_by, name))}",
                next_step="define one of them without the other",
                path=("definitions", name),
            )
        if name in self.vocabulary.facts:
            self.fail(
                f"'{name}' is a fact and a definition",
                why="a rule could not say which of the two it means",
                next_step="give the definition another name",
                path=("definitions", name),
            )
        text = self.pack.definitions[name]
        for other in self.pack.definitions:
            if re.search(rf"(?<![\w.-]){re.escape(other)}(?![\w.-])", text):
                self.define(other, (*asked_by, name))
        self.terms[name] = self.rule(text, "definitions", name)

    def readings(self) -> dict[str, Words]:
        used = {entry.reading for entry in self.pack.clauses}
        for name in self.pack.readings:
            if name not in used:
                self.fail(
                    f"no clause stands in the reading '{name}' alone",
                    why="a reading that differs in nothing is none",
                    next_step="mark its clauses with 'reading:', or remove it",
                    path=("readings", name),
                )
        return self.pack.readings

    def reading(self, name: str | None, *path: str | int) -> str | None:
        if name is not None and name not in self.pack.readings:
            near = difflib.get_close_matches(name, list(self.pack.readings), n=1, cutoff=0.4)
            self.fail(
                f"the reading '{name}' is not known here",
                why="'readings' at the head of the file names them",
                next_step=f"did you mean '{near[0]}'?" if near else "add it there",
                path=(*path, "reading"),
            )
        return name

    def theorem(self, i: int, entry: TheoremEntry) -> Theorem:
        here = ("theorems", i)
        return Theorem(
            says=entry.says,
            rule=self.rule(entry.when, *here, "when"),
            outcomes=entry.outcome,
            period=self.period(entry.since, entry.until, *here),
            reading=self.reading(entry.reading, *here),
        )

    def parameter(self, name: str) -> Parameter:
        versions: list[tuple[Period, tuple[str, ...], Citation]] = []
        for i, entry in enumerate(self.pack.parameters[name]):
            period = self.period(entry.since, entry.until, "parameters", name, i)
            for earlier, _, _ in versions:
                if _overlap(earlier, period):
                    self.fail(
                        f"two versions of '{name}' hold at the same time",
                        why="nothing says which of them counts",
                        next_step="end the earlier one where the later begins",
                        path=("parameters", name, i),
                    )
            versions.append((period, entry.values, entry.cite))
        return Parameter(versions=tuple(versions))

    def clause(self, i: int, entry: ClauseEntry) -> Clause:
        kind = self.kind(i, entry)
        here = ("clauses", i)
        when = self.rule(entry.when, *here, "when") if entry.when else None
        stated = {
            ClauseKind.SCOPE: entry.scope,
            ClauseKind.PROHIBIT: entry.prohibit,
            ClauseKind.REQUIRE: entry.require,
        }.get(kind)
        rule = self.rule(stated, *here, kind.value) if stated else ALWAYS
        if kind is ClauseKind.REQUIRE:
            rule = Not(rule)
        return Clause(
            id=entry.id,
            kind=kind,
            rule=rule if when is None else And((when, rule)) if stated else when,
            words=entry.words,
            citation=entry.cite,
            period=self.period(entry.since, entry.until, *here),
            excepts=entry.except_to or (),
            burden=entry.burden,
            condition=entry.condition,
            obligation=entry.oblige,
            due=self.due(entry, *here),
            reading=self.reading(entry.reading, *here),
        )

    def due(self, entry: ClauseEntry, *path: str | int) -> Due | None:
        if entry.due is None:
            return None
        if entry.oblige is None:
            self.fail(
                f"the clause '{entry.id}' is due but obliges to nothing",
                why="only an obligation has a day by which it is to be met",
                next_step="add 'oblige:', or remove 'due:'",
                path=(*path, "due"),
            )
        found = parse_due(entry.due)
        known = found is not None and (found.fact is None or self.is_date(found.fact))
        if found is None or not known:
            self.fail(
                f"'{entry.due}' does not say by when",
                why="it is neither a date nor a date fact with a term",
                next_step="write 2021-12-31, or as in 'acquired + 2 years' or 'on + 60 days'",
                path=(*path, "due"),
            )
        return found

    def is_date(self, key: str) -> bool:
        entry = self.vocabulary.find(key)
        return entry is not None and entry.type is FactType.DATE

    def kind(self, i: int, entry: ClauseEntry) -> ClauseKind:
        given = [
            kind
            for kind, key in (
                (ClauseKind.SCOPE, entry.scope),
                (ClauseKind.PROHIBIT, entry.prohibit),
                (ClauseKind.REQUIRE, entry.require),
                (ClauseKind.EXCEPT, entry.except_to),
                (ClauseKind.OBLIGE, entry.oblige),
            )
            if key is not None
        ]
        if not given and entry.condition is not None:
            given = [ClauseKind.CONDITION]
        if len(given) != 1:
            self.fail(
                f"the clause '{entry.id}' must do exactly one thing",
                why="a clause is a scope, a ban, a duty to show, an exception, an obligation or a condition",
                next_step="give one of: scope, prohibit, require, except_to, oblige, condition",
                path=("clauses", i),
            )
        if given[0] is ClauseKind.EXCEPT and entry.when is None:
            self.fail(
                f"the exception '{entry.id}' does not say when it applies",
                why="an exception without a case would lift the clause for good",
                next_step="add 'when:'",
                path=("clauses", i),
            )
        return given[0]

    def rule(self, text: str, *path: str | int) -> Rule:
        try:
            return parse_rule(text, self.vocabulary, self.terms, self.parameters)
        except RuleError as error:
            raise PackError(
                "SEK-E304",
                error.what,
                why=f"in the rule '{_excerpt(text, error.column)}'",
                next_step=error.next_step,
                where=self.places.within(path, error.column),
            ) from error

    def period(self, since: date | None, until: date | None, *path: str | int) -> Period:
        if since is not None and until is not None and until <= since:
            self.fail(
                f"the period ends ({until}) before it begins ({since})",
                why="'until' is the first day on which it no longer holds",
                next_step="exchange the dates or mend them",
                path=(*path, "until"),
            )
        return Period(since, until)

    def check_ids(self, clauses: tuple[Clause, ...]) -> None:
        seen: set[str] = set()
        for i, clause in enumerate(clauses):
            if clause.id in seen:
                self.fail(
                    f"two clauses are called '{clause.id}'",
                    why="a conclusion could not point to one of them",
                    next_step="rename one",
                    path=("clauses", i, "id"),
                )
            seen.add(clause.id)
        if not any(clause.kind is ClauseKind.SCOPE for clause in clauses):
            self.fail(
                "no clause says whom the regime binds",
                why="without a scope it would bind nobody",
                next_step="add a clause with 'scope:'",
                path=("clauses",),
            )

    def check_exceptions(self, clauses: tuple[Clause, ...]) -> None:
        lifts = {clause.id: clause.excepts for clause in clauses}
        for i, clause in enumerate(clauses):
            for target in clause.excepts:
                if target not in lifts:
                    near = difflib.get_close_matches(target, list(lifts), n=1, cutoff=0.4)
                    self.fail(
                        f"'{clause.id}' is an exception to '{target}', which is no clause here",
                        why="an exception to nothing lifts nothing",
                        next_step=f"did you mean '{near[0]}'?" if near else "name a clause",
                        path=("clauses", i, "except_to"),
                    )
                if clause.id in _lifted_from(target, lifts):
                    self.fail(
                        f"the exceptions '{clause.id}' and '{target}' lift each other",
                        why="neither could ever be decided",
                        next_step="remove one of the two",
                        path=("clauses", i, "except_to"),
                    )

    def fail(self, what: str, *, why: str, next_step: str, path: tuple[str | int, ...]) -> NoReturn:
        raise PackError(
            "SEK-E304", what, why=why, next_step=next_step, where=self.places.where(*path)
        )


def parse_due(text: str) -> Due | None:
    """Read `2021-12-31` or `acquired + 2 years`; `None` when it is neither."""
    if found := _TERM_OF.fullmatch(text.strip()):
        count = int(found["count"])
        months = {"day": 0, "month": count, "year": 12 * count}[found["unit"]]
        return Due(fact=found["fact"], months=months, days=0 if months else count)
    try:
        return Due(day=date.fromisoformat(text.strip()))
    except ValueError:
        return None


def _excerpt(text: str, column: int) -> str:
    """The words of a rule around a place in it."""
    before, after = text[:column].split(), text[column:].split()
    return " ".join((*before[-4:], *after[:3]))


def _overlap(one: Period, other: Period) -> bool:
    latest = max(one.since or date.min, other.since or date.min)
    return latest < min(one.until or date.max, other.until or date.max)


def _lifted_from(start: str, lifts: dict[str, tuple[str, ...]]) -> set[str]:
    """Every clause that is lifted, directly or through others, by a clause; itself included."""
    reached = {start}
    waiting = [start]
    while waiting:
        for target in lifts.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached
