"""From a regime, facts and a case to a determination with its proof."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sekisho.law.answer import Answer, answer_case
from sekisho.law.because import determine_because, mentioned_facts
from sekisho.law.evaluate import evaluate_rule
from sekisho.law.factbase import FactBase
from sekisho.law.inforce import RegimeInForce, regime_in_force
from sekisho.law.missing import determine_missing
from sekisho.law.regime import Clause, Regime
from sekisho.law.vocabulary import Vocabulary
from sekisho.model.case import Case
from sekisho.model.determination import (
    ClauseKind,
    ClauseValue,
    Determination,
    Effect,
    Missing,
    Outcome,
)
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey

_AGAINST = (ClauseKind.PROHIBIT, ClauseKind.REQUIRE)


def determine(
    regime: Regime, facts: Iterable[Fact], case: Case, *, on: date, vocabulary: Vocabulary
) -> Determination:
    """Decide a case under one regime.

    Args:
        regime: the instrument.
        facts: settled facts, each key once.
        case: who does what for which task; unknown parts are unknown facts.
        on: the law date; the rules in force on that day apply.
        vocabulary: the words the regime was read with.

    Returns:
        The determination; equal arguments give equal determinations.
    """
    law = regime_in_force(regime, on)
    base = FactBase(facts, case, on)
    answer = answer_case(law, base)
    values = {name: evaluate_rule(rule, base) for name, rule in law.clauses.items()}
    is_open = answer.outcome is Outcome.UNDETERMINED
    return Determination(
        regime=regime.id,
        title=regime.title,
        digest=regime.digest,
        case=case,
        outcome=answer.outcome,
        effect_now=answer.effect,
        clauses=tuple(_clause_value(clause, values[clause.id], on) for clause in regime.clauses),
        deciding=_deciding(law, answer, values, base),
        because=tuple(base.facts[key] for key in determine_because(law, base, answer)),
        missing=determine_missing(law, base, vocabulary) if is_open else Missing(),
        conditions=tuple(
            clause.condition
            for clause, rule in law.conditions
            if clause.condition is not None and _must_keep(answer, evaluate_rule(rule, base))
        ),
        disputed=_disputed(law, base),
        gaps=regime.gaps,
    )


def _clause_value(clause: Clause, value: Truth, on: date) -> ClauseValue:
    return ClauseValue(
        id=clause.id,
        kind=clause.kind,
        value=value,
        in_force=clause.period.contains(on),
        words=clause.words,
        citation=clause.citation,
        since=clause.period.since,
        until=clause.period.until,
    )


def _must_keep(answer: Answer, applies: Truth) -> bool:
    """Conditions that stand; where only they are open, also those that may stand."""
    if answer.outcome in (Outcome.NOT_APPLICABLE, Outcome.PROHIBITED):
        return False
    if answer.effect is Effect.MAY_UNDER_CONDITIONS:
        return applies is not Truth.FALSE
    return applies is Truth.TRUE


def _deciding(
    law: RegimeInForce, answer: Answer, values: dict[str, Truth], facts: FactBase
) -> tuple[str, ...]:
    """The clauses that the answer turns on."""
    match answer.outcome:
        case Outcome.NOT_APPLICABLE:
            return _ids(law, (ClauseKind.SCOPE,), facts)
        case Outcome.PROHIBITED:
            return _with_value(law, _AGAINST, values, Truth.TRUE)
        case Outcome.UNDETERMINED:
            scope = _with_value(law, (ClauseKind.SCOPE,), values, Truth.UNKNOWN)
            binds = evaluate_rule(law.binds, facts)
            opened = _with_value(law, _AGAINST, values, Truth.UNKNOWN)
            return (scope if binds is Truth.UNKNOWN else ()) + opened
        case Outcome.CONDITIONAL:
            kept = [c.id for c, rule in law.conditions if evaluate_rule(rule, facts) is Truth.TRUE]
            return tuple(kept)
        case Outcome.PERMITTED:
            lifting = _with_value(law, (ClauseKind.EXCEPT,), values, Truth.TRUE)
            return lifting or _ids(law, _AGAINST, facts)


def _ids(law: RegimeInForce, kinds: tuple[ClauseKind, ...], facts: FactBase) -> tuple[str, ...]:
    clauses = law.regime.of_kind(*kinds)
    return tuple(clause.id for clause in clauses if clause.period.contains(facts.on))


def _with_value(
    law: RegimeInForce, kinds: tuple[ClauseKind, ...], values: dict[str, Truth], value: Truth
) -> tuple[str, ...]:
    clauses = law.regime.of_kind(*kinds)
    return tuple(clause.id for clause in clauses if values[clause.id] is value)


def _disputed(law: RegimeInForce, facts: FactBase) -> tuple[FactKey, ...]:
    """The disputed facts that the regime speaks of."""
    disputed = {key for key, fact in facts.facts.items() if fact.disputed}
    if not disputed:
        return ()
    rules = (law.binds, *law.clauses.values(), law.kept)
    return tuple(key for key in mentioned_facts(rules, facts) if key in disputed)
