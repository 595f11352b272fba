"""From the text of a regime pack to a `Regime`, with every mistake told at its line."""

from __future__ import annotations

import difflib
from datetime import date
from typing import NoReturn

import msgspec

from sekisho.errors import PackError
from sekisho.law.grammar import RuleError, parse_rule
from sekisho.law.regime import Burden, Clause, Parameter, Period, Regime, digest_of
from sekisho.law.syntax import ALWAYS, And, Not, Rule
from sekisho.law.vocabulary import Vocabulary
from sekisho.model.determination import Citation, ClauseKind
from sekisho.model.words import Words
from sekisho.strict_yaml import Places, decode_placed


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of what the file may hold: unknown keys are errors."""


class _Version(_Strict, frozen=True):
    values: tuple[str, ...]
    cite: Citation
    since: date | None = None
    until: date | None = None


class _ClauseEntry(_Strict, frozen=True):
    id: str
    words: Words
    cite: Citation
    scope: str | None = None
    prohibit: str | None = None
    require: str | None = None
    except_to: tuple[str, ...] | None = None
    condition: Words | None = None
    when: str | None = None
    burden: Burden | None = None
    since: date | None = None
    until: date | None = None


class _RegimeFile(_Strict, frozen=True):
    regime: str
    title: Words
    jurisdiction: str
    force: Words
    cite: Citation
    clauses: tuple[_ClauseEntry, ...]
    parameters: dict[str, tuple[_Version, ...]] = {}
    definitions: dict[str, str] = {}
    gaps: tuple[Words, ...] = ()


def load_regime(text: str, vocabulary: Vocabulary, file: str) -> Regime:
    """Read a regime pack.

    Raises:
        PackError: naming file, line and column: unknown keys or words, a rule that cannot be
            read, a date that is none, ids that stand twice, exceptions to nothing or in a ring.
    """
    pack, places = decode_placed(text, _RegimeFile, file=file, error=PackError, code="SEK-E303")
    return _Loader(pack, places, vocabulary).regime(text)


class _Loader:
    """Links one decoded pack: names to what they mean."""

    def __init__(self, pack: _RegimeFile, places: Places, vocabulary: Vocabulary) -> None:
        self.pack = pack
        self.places = places
        self.vocabulary = vocabulary
        self.parameters = frozenset(pack.parameters)
        self.terms: dict[str, Rule] = {}

    def regime(self, text: str) -> Regime:
        for name in self.pack.definitions:
            self.terms[name] = self.rule(self.pack.definitions[name], "definitions", name)
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

    def clause(self, i: int, entry: _ClauseEntry) -> Clause:
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
        )

    def kind(self, i: int, entry: _ClauseEntry) -> ClauseKind:
        given = [
            kind
            for kind, key in (
                (ClauseKind.SCOPE, entry.scope),
                (ClauseKind.PROHIBIT, entry.prohibit),
                (ClauseKind.REQUIRE, entry.require),
                (ClauseKind.EXCEPT, entry.except_to),
            )
            if key is not None
        ]
        if not given and entry.condition is not None:
            given = [ClauseKind.CONDITION]
        if len(given) != 1:
            self.fail(
                f"the clause '{entry.id}' must do exactly one thing",
                why="a clause is a scope, a prohibition, a requirement, an exception or a condition",
                next_step="give one of: scope, prohibit, require, except_to, condition",
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
            lead = text[: error.column].rsplit(maxsplit=4)
            self.fail(
                error.what,
                why=f"in the rule after '{' '.join(lead[-4:])}'" if lead else "in the rule",
                next_step=error.next_step,
                path=path,
            )

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
