"""From the values of rules to an outcome, and to what the body may do today."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sekisho.law.evaluate import evaluate_rule
from sekisho.law.factbase import FactBase
from sekisho.law.inforce import RegimeInForce
from sekisho.law.regime import Burden, Clause
from sekisho.model.determination import ClauseKind, Effect, Outcome
from sekisho.model.truth import Truth


class Answer(msgspec.Struct, frozen=True):
    """The two layers of an answer: what the law says, and what may be done today."""

    outcome: Outcome
    effect: Effect


def answer_case(law: RegimeInForce, facts: FactBase) -> Answer:
    """The answer of a regime for a case.

    The outcome is monotone in knowledge: once settled it stays, whatever more comes to be known.
    The effect of an open outcome is not: who has to wait may change with every fact.
    """
    binds = evaluate_rule(law.binds, facts)
    breached = evaluate_rule(law.breached, facts)
    if binds is Truth.FALSE:
        return Answer(Outcome.NOT_APPLICABLE, Effect.MAY)
    if binds & breached is Truth.TRUE:
        return Answer(Outcome.PROHIBITED, Effect.MAY_NOT)
    if breached is not Truth.FALSE:
        waits = next(clauses_awaiting_body(law, facts), None) is not None
        effect = Effect.MAY_NOT_UNTIL_SHOWN if waits else Effect.UNSETTLED
        return Answer(Outcome.UNDETERMINED, effect)
    kept = evaluate_rule(law.kept, facts)
    return Answer(
        _OUTCOMES[kept] if binds is Truth.TRUE else Outcome.UNDETERMINED,
        Effect.MAY if kept is Truth.FALSE else Effect.MAY_UNDER_CONDITIONS,
    )


_OUTCOMES = {
    Truth.TRUE: Outcome.CONDITIONAL,
    Truth.FALSE: Outcome.PERMITTED,
    Truth.UNKNOWN: Outcome.UNDETERMINED,
}


def clauses_awaiting_body(law: RegimeInForce, facts: FactBase) -> Iterator[Clause]:
    """The clauses that may stand against the act until the body has shown something.

    The body has to show what a clause puts on it, and any exception that it invokes.
    """
    for clause in law.regime.of_kind(ClauseKind.PROHIBIT, ClauseKind.REQUIRE):
        if evaluate_rule(law.clauses[clause.id], facts) is Truth.FALSE:
            continue
        if clause.burden is Burden.BODY or only_an_excuse_helps(law, clause, facts):
            yield clause


def only_an_excuse_helps(law: RegimeInForce, clause: Clause, facts: FactBase) -> bool:
    """Whether the clause stands against the act but for exceptions that the body has to show."""
    return evaluate_rule(law.unexcused[clause.id], facts) is Truth.TRUE
