"""One legal instrument as code: dated clauses, each with its words and citation beside its rule."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum

import msgspec

from sekisho.law.syntax import Rule
from sekisho.law.vocabulary import FactEntry, Vocabulary
from sekisho.model.determination import Citation, ClauseKind, Outcome
from sekisho.model.units import Sha256
from sekisho.model.words import Words


class Burden(StrEnum):
    """Who has to show it: while a clause with the burden on the body is open, the body waits."""

    BODY = "body"
    AUTHORITY = "authority"


class Period(msgspec.Struct, frozen=True):
    """From `since` (inclusive) to `until` (exclusive); `None` is open."""

    since: date | None = None
    until: date | None = None

    def contains(self, day: date) -> bool:
        """Whether the day lies in the period."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A value that the law changes over time: what it is in each period, with the citation."""

    versions: tuple[tuple[Period, tuple[str, ...], Citation], ...]

    def on(self, day: date) -> tuple[str, ...] | None:
        """The values in force on a day; `None` when no version covers it."""
        for period, values, _ in self.versions:
            if period.contains(day):
                return values
        return None


class Due(msgspec.Struct, frozen=True):
    """By when an obligation is to be met: a date fact, and months and days after it.

    `fact` is `None` for a fixed day. Months count as the calendar does: the last day of a month
    stands for days that it does not have.
    """

    day: date | None = None
    fact: str | None = None
    months: int = 0
    days: int = 0


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One clause.

    `rule` says when the clause bites: for a requirement, when it is breached. `excepts` are the
    ids of the clauses that an exception lifts. `condition` is what the body must keep where the
    clause applies, `obligation` what it must do, by `due`. `reading` names the reading of the
    instrument in which the clause stands.
    """

    id: str
    kind: ClauseKind
    rule: Rule
    words: Words
    citation: Citation
    period: Period
    excepts: tuple[str, ...] = ()
    burden: Burden | None = None
    condition: Words | None = None
    obligation: Words | None = None
    due: Due | None = None
    reading: str | None = None


class Theorem(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of the author: where the rule holds in the period, the answer is one of these."""

    says: Words
    rule: Rule
    outcomes: tuple[Outcome, ...]
    period: Period
    reading: str | None = None


class Regime(msgspec.Struct, frozen=True, kw_only=True):
    """A legal instrument: who is bound is in its scope clauses, what it says in the others.

    Where its sources conflict it has several `readings`; `reading` is the one taken here, and
    `None` before one is chosen. `facts` are the words that it alone uses,
    `vocabulary` all that it may use.
    """

    id: str
    title: Words
    jurisdiction: str
    force: Words
    citation: Citation
    parameters: dict[str, Parameter]
    clauses: tuple[Clause, ...]
    gaps: tuple[Words, ...]
    digest: Sha256
    vocabulary: Vocabulary
    advisory: bool = False
    readings: dict[str, Words] = {}
    reading: str | None = None
    facts: tuple[FactEntry, ...] = ()
    theorems: tuple[Theorem, ...] = ()

    def __hash__(self) -> int:
        """By digest and reading: what else there is follows from the text."""
        return hash((self.digest, self.reading))

    def of_kind(self, *kinds: ClauseKind) -> tuple[Clause, ...]:
        """The clauses of some kinds, in the order of the instrument."""
        return tuple(clause for clause in self.clauses if clause.kind in kinds)

    def in_each_reading(self) -> tuple[Regime, ...]:
        """The regime once for each of its readings; itself alone when there is but one."""
        if not self.readings:
            return (self,)
        return tuple(self._read_as(name) for name in self.readings)

    def _read_as(self, name: str) -> Regime:
        return msgspec.structs.replace(
            self,
            reading=name,
            clauses=tuple(c for c in self.clauses if c.reading in (None, name)),
            theorems=tuple(t for t in self.theorems if t.reading in (None, name)),
        )

    def exceptions_to(self, clause_id: str) -> tuple[Clause, ...]:
        """The clauses that lift another where they apply."""
        return tuple(clause for clause in self.clauses if clause_id in clause.excepts)


def digest_of(text: str) -> Sha256:
    """The digest a pack is known by."""
    return Sha256(hashlib.sha256(text.encode()).hexdigest())
