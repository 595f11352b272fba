"""An independent oracle: the clauses written out for z3, and every way the unknown may turn out.

Nothing here goes through atoms, groups or formulas: rules are translated from the syntax tree,
exceptions are compiled away by a recursion of their own, and what is not known is a variable.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TypeAlias

import pytest
import z3  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.law.determine import determine
from sekisho.law.regime import Clause, Regime
from sekisho.law.syntax import All, And, Any, Not, Or, Relation, Rule, Test
from sekisho.law.vocabulary import FactType
from sekisho.model.case import Case
from sekisho.model.determination import ClauseKind, Effect, Outcome
from sekisho.model.truth import Truth
from tests.law.small import ON, known, regime_of
from tests.law.strategies import PLAIN_RULES, knowledge, regimes

MANY = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NOBODY = Case()
DAYS = st.sampled_from([ON + timedelta(days=step) for step in (-1, 0, 1)])
AGAINST = (ClauseKind.PROHIBIT, ClauseKind.REQUIRE)

Facts: TypeAlias = Mapping[str, str]
Formula: TypeAlias = z3.BoolRef
Term: TypeAlias = z3.ExprRef

_ORDERS: dict[Relation, Callable[[Term, Term], Formula]] = {
    Relation.BEFORE: operator.lt,
    Relation.UNTIL: operator.le,
    Relation.AFTER: operator.gt,
    Relation.FROM: operator.ge,
}
_MEMBER = re.compile(r"(\w+)\[(\w+)\]\.\w+")


class Completions:
    """All the ways in which a case may turn out, under a regime on a day."""

    def __init__(self, regime: Regime, facts: Facts, on: date) -> None:
        self.regime = regime
        self.facts = {**facts, "on": on.isoformat()}
        self.on = on
        self.solver = z3.Solver()
        self.words: dict[str, int] = {}
        self.further: dict[Rule, Formula] = {}
        scopes = (self.holds(one) for one in regime.of_kind(ClauseKind.SCOPE))
        against = (self.holds(one) for one in regime.of_kind(*AGAINST))
        self.binds, self.breached = z3.Or(*scopes), z3.Or(*against)
        self.kept = z3.Or(*(self.keeps(one) for one in regime.clauses if one.condition))
        free = z3.And(self.binds, z3.Not(self.breached))
        self.comes_to = {
            Outcome.NOT_APPLICABLE: z3.Not(self.binds),
            Outcome.PROHIBITED: z3.And(self.binds, self.breached),
            Outcome.CONDITIONAL: z3.And(free, self.kept),
            Outcome.PERMITTED: z3.And(free, z3.Not(self.kept)),
        }

    def can_be(self, formula: Formula) -> bool:
        found = self.solver.check(formula)
        assert found != z3.unknown
        return bool(found == z3.sat)

    def outcomes(self) -> set[Outcome]:
        return {outcome for outcome, formula in self.comes_to.items() if self.can_be(formula)}

    def holds(self, clause: Clause) -> Formula:
        """The clause, lifted by the exceptions to it that are not lifted themselves."""
        lifting = (other for other in self.regime.clauses if clause.id in other.excepts)
        return z3.And(self.bare(clause), *(z3.Not(self.holds(other)) for other in lifting))

    def bare(self, clause: Clause) -> Formula:
        since, until = clause.period.since, clause.period.until
        begun = since is None or since <= self.on
        if not begun or (until is not None and until <= self.on):
            return z3.BoolVal(val=False)
        return self.rule(clause.rule, "")

    def keeps(self, clause: Clause) -> Formula:
        """Whether its condition is to be kept: an exception's only where it lifts something."""
        if clause.kind is not ClauseKind.EXCEPT:
            return self.holds(clause)
        lifted = (other for other in self.regime.clauses if other.id in clause.excepts)
        return z3.And(self.holds(clause), z3.Or(*map(self.bare, lifted)))

    def rule(self, rule: Rule, member: str) -> Formula:
        match rule:
            case Test():
                return self.test(rule, member)
            case Not(part):
                return z3.Not(self.rule(part, member))
            case And(parts):
                return z3.And(*(self.rule(part, member) for part in parts))
            case Or(parts):
                return z3.Or(*(self.rule(part, member) for part in parts))
            case Any(collection, body):
                seen = (self.rule(body, one) for one in self.members(collection))
                return z3.Or(*seen, self.has_further(rule))
            case All(collection, body):
                seen = (self.rule(body, one) for one in self.members(collection))
                return z3.And(*seen, z3.Not(self.has_further(rule)))

    def members(self, collection: str) -> list[str]:
        found = (_MEMBER.fullmatch(key) for key in self.facts)
        names = {one[2] for one in found if one and one[1] == collection}
        return [f"{collection}[{name}]." for name in sorted(names)]

    def has_further(self, rule: Any | All) -> Formula:
        """That a member not seen so far decides; of each quantifier for itself."""
        if self.facts.get(f"{rule.collection}.complete") == "true":
            return z3.BoolVal(val=False)
        return self.further.setdefault(rule, z3.Bool(f"further {len(self.further)}"))

    def test(self, test: Test, member: str) -> Formula:
        key = member + test.fact
        entry = self.regime.vocabulary.find(key)
        assert entry is not None
        value = self.value(key, entry.type, tuple(entry.values))
        operands = [
            self.read("on" if one == "on" else "", one, entry.type) for one in test.operands
        ]
        if test.relation in _ORDERS:
            return _ORDERS[test.relation](value, operands[0])
        found = z3.Or(*(value == one for one in operands))
        return found if test.relation in (Relation.IS, Relation.IN) else z3.Not(found)

    def value(self, key: str, kind: FactType, words: tuple[str, ...]) -> Term:
        """A fact as a variable; the solver is told what is known of it."""
        found = z3.Bool(key) if kind is FactType.TRUTH else z3.Int(key)
        if kind is FactType.DATE:
            self.solver.add(found >= 1, found <= date.max.toordinal())
        if kind is FactType.WORD:
            self.solver.add(z3.Or(*(found == self.read("", one, kind) for one in words)))
        if key in self.facts:
            self.solver.add(found == self.read(key, self.facts[key], kind))
        return found

    def read(self, key: str, text: str, kind: FactType) -> Term:
        """A value: truths as they are, days by their ordinals, words by a number of their own."""
        if kind is FactType.TRUTH:
            return z3.BoolVal(text == "true")
        if kind is FactType.DATE:
            day = self.on if key == "on" else date.fromisoformat(text)
            return z3.IntVal(day.toordinal())
        return z3.IntVal(self.words.setdefault(text, len(self.words)))


@MANY
@given(regimes(), knowledge(), DAYS)
def test_what_is_settled_holds_in_every_completion(
    regime: Regime, facts: dict[str, str], on: date
) -> None:
    found = determine(regime, known(facts), NOBODY, on=on)
    oracle = Completions(regime, facts, on)
    if found.outcome is not Outcome.UNDETERMINED:
        assert oracle.outcomes() == {found.outcome}
    if found.effect_now in (Effect.MAY, Effect.MAY_UNDER_CONDITIONS):
        assert not oracle.can_be(z3.And(oracle.binds, oracle.breached))
    if found.effect_now is Effect.MAY:
        assert not oracle.can_be(z3.And(oracle.binds, oracle.kept))
    if found.binds is not Truth.UNKNOWN:
        assert not oracle.can_be(oracle.binds != (found.binds is Truth.TRUE))


@MANY
@given(regimes(), knowledge(), DAYS)
def test_what_a_clause_is_said_to_be_it_is_in_every_completion(
    regime: Regime, facts: dict[str, str], on: date
) -> None:
    found = determine(regime, known(facts), NOBODY, on=on)
    oracle = Completions(regime, facts, on)
    for clause, shown in zip(regime.clauses, found.clauses, strict=True):
        holds = oracle.holds(clause)
        if shown.value is not Truth.UNKNOWN:
            assert not oracle.can_be(holds != (shown.value is Truth.TRUE))


@MANY
@given(regimes(PLAIN_RULES), knowledge(), DAYS)
def test_what_is_left_open_can_turn_out_in_several_ways(
    regime: Regime, facts: dict[str, str], on: date
) -> None:
    """Exactness, where no quantifier speaks of members that nobody has seen."""
    found = determine(regime, known(facts), NOBODY, on=on).outcome
    possible = Completions(regime, facts, on).outcomes()
    assert {found} == possible if len(possible) == 1 else found is Outcome.UNDETERMINED


@MANY
@given(regimes(), knowledge(), DAYS)
def test_facts_named_as_missing_can_still_turn_out_so(
    regime: Regime, facts: dict[str, str], on: date
) -> None:
    """Where no completion prohibits, nothing is asked for to prohibit; nor to permit."""
    found = determine(regime, known(facts), NOBODY, on=on)
    oracle = Completions(regime, facts, on)
    if found.missing.to_prohibit:
        assert Outcome.PROHIBITED in oracle.outcomes()
    if found.missing.to_permit:
        assert oracle.can_be(z3.Not(oracle.breached))


LIFTED = (
    "id: ban, prohibit: 'a or place = CN'",
    "id: lift, except_to: [ban], when: b, condition: {en: keep, ja: 保存}",
    "id: restore, except_to: [lift], when: 'acquired >= on', until: 2026-11-02",
    "id: parts, require: 'all part where kind = camera', since: 2026-11-01",
)
P, C, F = Outcome.PROHIBITED, Outcome.CONDITIONAL, Outcome.PERMITTED
WHOLE = {"body": "state", "part.complete": "true"}


@pytest.mark.parametrize(
    ("facts", "on", "outcomes"),
    [
        ({"body": "private"}, ON, {Outcome.NOT_APPLICABLE}),
        ({}, ON, set(Outcome) - {Outcome.UNDETERMINED}),
        (WHOLE, ON, {P, C, F}),
        (WHOLE | {"a": "true"}, ON, {P, C}),
        (WHOLE | {"a": "true", "b": "true", "acquired": "2026-11-01"}, ON, {P}),
        (WHOLE | {"a": "true", "b": "true", "acquired": "2026-10-31"}, ON, {C}),
        (WHOLE | {"a": "true", "b": "true"}, ON + timedelta(days=1), {C}),
        (WHOLE | {"a": "false", "place": "JP"}, ON, {F}),
        (WHOLE | {"a": "false", "place": "CN", "b": "false"}, ON, {P}),
        ({"body": "state", "a": "false", "place": "JP"}, ON, {P, F}),
        ({"body": "state", "a": "false", "place": "JP"}, ON - timedelta(days=1), {F}),
        (WHOLE | {"a": "false", "place": "JP", "part[x].kind": "radio"}, ON, {P}),
        (WHOLE | {"a": "false", "place": "JP", "part[x].made_in": "CN"}, ON, {P, F}),
        (WHOLE | {"a": "false", "place": "JP", "part[x].kind": "camera"}, ON, {F}),
    ],
)
def test_the_oracle_itself_sees_what_can_be(facts: Facts, on: date, outcomes: set[Outcome]) -> None:
    """Read by hand, so that the oracle cannot be blind; and the answer agrees with it."""
    regime = regime_of(*LIFTED)
    assert Completions(regime, facts, on).outcomes() == outcomes
    expected = next(iter(outcomes)) if len(outcomes) == 1 else Outcome.UNDETERMINED
    assert determine(regime, known(facts), NOBODY, on=on).outcome is expected


@pytest.mark.parametrize(
    ("rule", "settled"),
    [
        ("place = CN or place != CN", True),
        ("place in [CN, JP] or place not in [CN]", True),
        ("place = CN or place = JP", None),
        ("place = CN and place = JP", False),
        ("task = rescue or task = training", True),
        ("task = rescue or task != training", None),
        ("acquired < 2026-01-01 or acquired > 2025-12-31", True),
        ("acquired < 2026-01-01 or acquired > 2026-01-01", None),
        ("acquired < on or acquired >= 2026-11-01", True),
        ("acquired < on or acquired > 2026-11-01", None),
        ("acquired >= 0001-01-01", True),
        ("acquired > 9999-12-31", False),
        ("acquired <= on and acquired > 2026-11-01", False),
        ("note = x or note != x", True),
        ("a and not a", False),
        ("(a and b) or (not a and c) or (not b and not c)", None),
        ("(a and b) or (not a and c) or (not b or not c)", True),
    ],
)
def test_what_follows_from_what_a_fact_can_be_is_known(
    rule: str,
    settled: bool | None,  # noqa: FBT001 - the expectation of each row
) -> None:
    regime = regime_of(f"id: ban, prohibit: '{rule}'")
    facts = {"body": "state"}
    expected = {True: {P}, False: {F}, None: {P, F}}[settled]
    assert Completions(regime, facts, ON).outcomes() == expected
    outcome = {True: P, False: F, None: Outcome.UNDETERMINED}[settled]
    assert determine(regime, known(facts), NOBODY, on=ON).outcome is outcome
