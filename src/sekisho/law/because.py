"""The proof of an answer: a least set of facts that suffices for it."""

from __future__ import annotations

from sekisho.law.answer import Answer, answer_case
from sekisho.law.evaluate import Member, key_of
from sekisho.law.factbase import FactBase
from sekisho.law.inforce import RegimeInForce
from sekisho.law.syntax import All, And, Any, Not, Or, Rule, Test
from sekisho.model.units import FactKey


def determine_because(law: RegimeInForce, facts: FactBase, answer: Answer) -> tuple[FactKey, ...]:
    """A least sufficient set of known facts, in the order the clauses speak of them.

    With only these facts known the answer is the same, and with any one of them unknown it is
    another. Forgetting any fact outside the set leaves the outcome as it is. Facts of later
    clauses are given up first, so that the reasons come from the first clause that suffices.
    """
    kept = [key for key in mentioned_facts(law, facts) if facts.value(key) is not None]
    known = frozenset(facts.known())
    changed = True
    while changed:
        changed = False
        for key in reversed(kept.copy()):
            rest = frozenset(kept) - {key}
            if answer_case(law, facts.hide(known - rest)) == answer:
                kept.remove(key)
                changed = True
    return tuple(kept)


def mentioned_facts(law: RegimeInForce, facts: FactBase) -> tuple[FactKey, ...]:
    """Every fact that the rules speak of, members of collections included, each once."""
    rules = [law.binds, *law.clauses.values(), *(rule for _, rule in law.conditions)]
    found: dict[FactKey, None] = {}
    for rule in rules:
        _collect(rule, facts, None, found)
    return tuple(found)


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
            for name in facts.members.get(collection, ()):
                _collect(body, facts, Member(collection, name), found)
            found[FactKey(f"{collection}.complete")] = None
