"""The proof of an answer: a least set of facts that suffices for it.

Every answer stands on a ground: a few rules that hold. A rule that holds goes on holding whatever
more comes to be known, so facts on which the ground holds give the same answer alone, together
with all the others, and with any of the others.
"""

from __future__ import annotations

from collections.abc import Iterable

from sekisho.law.answer import Answer, clauses_awaiting_body, only_an_excuse_helps
from sekisho.law.evaluate import compile_rule, key_of
from sekisho.law.factbase import FactBase, Member
from sekisho.law.inforce import RegimeInForce
from sekisho.law.regime import Burden
from sekisho.law.syntax import All, And, Any, Not, Or, Rule, Test
from sekisho.model.determination import ClauseKind, Effect, Outcome
from sekisho.model.truth import Truth
from sekisho.model.units import FactKey


def determine_because(law: RegimeInForce, facts: FactBase, answer: Answer) -> tuple[FactKey, ...]:
    """A least set of known facts on which the answer stands, in the order the clauses speak of them.

    With only these facts known the answer is the same, and forgetting any other fact leaves it as
    it is. Without any one of them the ground is gone: a settled outcome is another or open; an
    open one would wait for another clause, or for nobody, as more is known. Facts of later
    clauses are given up first, so that the reasons come from the first clause that suffices.
    """
    ground = [part for rule in ground_of(law, facts, answer) for part in _parts_of(rule)]
    spoken = [(compile_rule(part), mentioned_facts([part], facts)) for part in ground]
    known = dict.fromkeys(key for _, keys in spoken for key in keys if facts.value(key))
    kept = dict.fromkeys(known)
    for key in reversed(known):
        del kept[key]
        rest = facts.only(kept)
        concerned = (evaluate for evaluate, keys in spoken if key in keys)
        if not all(evaluate(rest, None) is Truth.TRUE for evaluate in concerned):
            kept[key] = None
    return tuple(key for key in known if key in kept)


def ground_of(law: RegimeInForce, facts: FactBase, answer: Answer) -> tuple[Rule, ...]:
    """The rules that hold and that the answer stands on."""
    nothing_against, nothing_to_keep = Not(law.breached), Not(law.kept)
    match answer.outcome:
        case Outcome.NOT_APPLICABLE:
            return (Not(law.binds),)
        case Outcome.PROHIBITED:
            return law.binds, law.breached
        case Outcome.CONDITIONAL:
            return law.binds, nothing_against, law.kept
        case Outcome.PERMITTED:
            return law.binds, nothing_against, nothing_to_keep
        case Outcome.UNDETERMINED:
            return {
                Effect.MAY: (nothing_against, nothing_to_keep),
                Effect.MAY_UNDER_CONDITIONS: (nothing_against,),
            }.get(answer.effect) or _ground_while_open(law, facts)


def _ground_while_open(law: RegimeInForce, facts: FactBase) -> tuple[Rule, ...]:
    """Why the body waits, or why it does not: nothing at all where it has to show the clause."""
    awaiting = tuple(clauses_awaiting_body(law, facts))
    if any(clause.burden is Burden.BODY for clause in awaiting):
        return ()
    if awaiting:
        return (Or(tuple(law.unexcused[clause.id] for clause in awaiting)),)
    against = law.regime.of_kind(ClauseKind.PROHIBIT, ClauseKind.REQUIRE)
    return tuple(
        Not(law.clauses[clause.id])
        for clause in against
        if clause.burden is Burden.BODY or only_an_excuse_helps(law, clause, facts)
    )


def mentioned_facts(rules: Iterable[Rule], facts: FactBase) -> tuple[FactKey, ...]:
    """Every fact that the rules speak of, members of collections included, each once."""
    found: dict[FactKey, None] = {}
    for rule in rules:
        _collect(rule, facts, None, found)
    return tuple(found)


def _parts_of(rule: Rule) -> tuple[Rule, ...]:
    """Rules that all hold exactly when the rule does: "none of them" is "not this one" of each."""
    match rule:
        case Not(Or(parts)):
            return tuple(Not(part) for part in parts)
        case _:
            return (rule,)


def _collect(
    rule: Rule, facts: FactBase, member: Member | None, found: dict[FactKey, None]
) -> None:
    match rule:
        case Test():
            found[key_of(rule, member)] = None
        case Not(part):
            _collect(part, facts, member, found)
        case And(parts) | Or(parts):
            for part in parts:
                _collect(part, facts, member, found)
        case Any(collection, body) | All(collection, body):
            for each in facts.members.get(collection, ()):
                _collect(body, facts, each, found)
            found[FactKey(f"{collection}.complete")] = None
