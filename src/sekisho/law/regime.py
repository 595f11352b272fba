"""One legal instrument as code: dated clauses, each with its words and citation beside its rule."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum

import msgspec

from sekisho.law.syntax import Rule
from sekisho.model.determination import Citation, ClauseKind
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


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One clause.

    `rule` says when the clause bites: for a requirement, when it is breached. `excepts` are the
    ids of the clauses that an exception lifts. `condition` is what the body must keep where the
    clause applies.
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


class Regime(msgspec.Struct, frozen=True, kw_only=True):
    """A legal instrument: who is bound is in its scope clauses, what it says in the others."""

    id: str
    title: Words
    jurisdiction: str
    force: Words
    citation: Citation
    parameters: dict[str, Parameter]
    clauses: tuple[Clause, ...]
    gaps: tuple[Words, ...]
    digest: Sha256

    def of_kind(self, *kinds: ClauseKind) -> tuple[Clause, ...]:
        """The clauses of some kinds, in the order of the instrument."""
        return tuple(clause for clause in self.clauses if clause.kind in kinds)

    def exceptions_to(self, clause_id: str) -> tuple[Clause, ...]:
        """The clauses that lift another where they apply."""
        return tuple(clause for clause in self.clauses if clause_id in clause.excepts)


def digest_of(text: str) -> Sha256:
    """The digest a pack is known by."""
    return Sha256(hashlib.sha256(text.encode()).hexdigest())
