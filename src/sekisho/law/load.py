"""From the text of a regime pack to a `Regime`, with every mistake told at its line."""

from __future__ import annotations

import re
from datetime import date

from sekisho.errors import PackError, did_you_mean
from sekisho.law.check_pack import check_exceptions, check_facts, check_ids
from sekisho.law.link import Linker
from sekisho.law.packfile import ClauseEntry, RegimeFile, TheoremEntry
from sekisho.law.refusal import Refusal
from sekisho.law.regime import Clause, Due, Parameter, Period, Regime, Theorem, digest_of
from sekisho.law.syntax import ALWAYS, And, Not
from sekisho.law.vocabulary import FactType, Vocabulary, is_date
from sekisho.model.determination import Citation, ClauseKind
from sekisho.model.words import Words
from sekisho.strict_yaml import decode_placed, explain_date
from sekisho.yaml_faults import is_of_an_era

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
    return _Loader(pack, Refusal(places, "SEK-E304"), vocabulary).regime(text)


class _Loader:
    """Links one decoded pack: names to what they mean."""

    def __init__(self, pack: RegimeFile, refusal: Refusal, vocabulary: Vocabulary) -> None:
        refusal.check_complete()
        check_facts(pack, vocabulary, refusal)
        self.pack = pack
        self.refusal = refusal
        self.vocabulary = vocabulary.with_facts(pack.facts)
        self.linker = Linker(pack, self.vocabulary, refusal)

    def regime(self, text: str) -> Regime:
        clauses = tuple(self.clause(i, entry) for i, entry in enumerate(self.pack.clauses))
        check_ids(clauses, self.refusal)
        check_exceptions(clauses, self.refusal)
        theorems = tuple(self.theorem(i, entry) for i, entry in enumerate(self.pack.theorems))
        self.linker.check_parameters()
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
            theorems=theorems,
        )

    def readings(self) -> dict[str, Words]:
        used = {entry.reading for entry in self.pack.clauses}
        for name in self.pack.readings:
            if name not in used:
                self.refusal.fail(
                    f"no clause stands in the reading '{name}' alone",
                    why="a reading that differs in nothing is none",
                    next_step="mark its clauses with 'reading:', or remove it",
                    path=("readings", name),
                )
        return self.pack.readings

    def reading(self, name: str | None, *path: str | int) -> str | None:
        if name is not None and name not in self.pack.readings:
            self.refusal.fail(
                f"the reading '{name}' is not known here",
                why="'readings' at the head of the file names them",
                next_step=did_you_mean(name, self.pack.readings, "add it there"),
                path=(*path, "reading"),
            )
        return name

    def theorem(self, i: int, entry: TheoremEntry) -> Theorem:
        here = ("theorems", i)
        return Theorem(
            says=entry.says,
            rule=self.linker.rule(entry.when, *here, "when"),
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
                    self.refusal.fail(
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
        when = self.linker.rule(entry.when, *here, "when") if entry.when else None
        stated = {
            ClauseKind.SCOPE: entry.scope,
            ClauseKind.PROHIBIT: entry.prohibit,
            ClauseKind.REQUIRE: entry.require,
        }.get(kind)
        rule = self.linker.rule(stated, *here, kind.value) if stated else ALWAYS
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
            self.refusal.fail(
                f"the clause '{entry.id}' is due but obliges to nothing",
                why="only an obligation has a day by which it is to be met",
                next_step="add 'oblige:', or remove 'due:'",
                path=(*path, "due"),
            )
        found = parse_due(entry.due)
        known = found is not None and (found.fact is None or self.is_date_fact(found.fact))
        if found is None or not known:
            why, day = "it is neither a date nor a date fact with a term", "write 2021-12-31"
            if is_of_an_era(entry.due):
                why, day = explain_date(entry.due)
            self.refusal.fail(
                f"'{entry.due}' does not say by when",
                why=why,
                next_step=f"{day}, or as in 'acquired + 2 years' or 'on + 60 days'",
                path=(*path, "due"),
            )
        return found

    def is_date_fact(self, key: str) -> bool:
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
            self.refusal.fail(
                f"the clause '{entry.id}' must do exactly one thing",
                why="a clause is a scope, a ban, a duty to show, an exception, an obligation or a condition",
                next_step="give one of: scope, prohibit, require, except_to, oblige, condition",
                path=("clauses", i),
            )
        if given[0] is ClauseKind.EXCEPT and entry.when is None:
            self.refusal.fail(
                f"the exception '{entry.id}' does not say when it applies",
                why="an exception without a case would lift the clause for good",
                next_step="add 'when:'",
                path=("clauses", i),
            )
        return given[0]

    def period(self, since: date | None, until: date | None, *path: str | int) -> Period:
        if since is not None and until is not None and until <= since:
            self.refusal.fail(
                f"the period ends ({until}) before it begins ({since})",
                why="'until' is the first day on which it no longer holds",
                next_step="exchange the dates or mend them",
                path=(*path, "until"),
            )
        return Period(since, until)


def parse_due(text: str) -> Due | None:
    """Read `2021-12-31` or `acquired + 2 years`; `None` when it is neither."""
    if found := _TERM_OF.fullmatch(text.strip()):
        count = int(found["count"])
        months = {"day": 0, "month": count, "year": 12 * count}[found["unit"]]
        return Due(fact=found["fact"], months=months, days=0 if months else count)
    return Due(day=date.fromisoformat(text.strip())) if is_date(text.strip()) else None


def _overlap(one: Period, other: Period) -> bool:
    latest = max(one.since or date.min, other.since or date.min)
    return latest < min(one.until or date.max, other.until or date.max)
