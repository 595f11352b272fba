"""Rules and values put back into words, as a regime file writes them."""

from __future__ import annotations

from collections.abc import Iterable

from sekisho.law.syntax import All, And, Any, Not, Or, Relation, Rule, Test

_SIGNS = {
    Relation.IS: "=",
    Relation.IS_NOT: "!=",
    Relation.BEFORE: "<",
    Relation.UNTIL: "<=",
    Relation.AFTER: ">",
    Relation.FROM: ">=",
    Relation.IN: "in",
    Relation.NOT_IN: "not in",
}


def spell_rule(rule: Rule) -> str:
    """The rule in the word language; reading it again gives the same rule."""
    match rule:
        case Test():
            return _spell_test(rule)
        case Not(part):
            return f"not {_inside(part)}"
        case And(parts):
            return " and ".join(map(_inside, parts)) or "always"
        case Or(parts):
            return " or ".join(map(_inside, parts)) or "never"
        case Any(collection, body):
            return f"any {collection} where {_inside(body)}"
        case All(collection, body):
            return f"all {collection} where {_inside(body)}"


def _inside(rule: Rule) -> str:
    text = spell_rule(rule)
    return f"({text})" if isinstance(rule, And | Or) else text


def _spell_test(test: Test) -> str:
    if test.parameter is not None:
        return f"{test.fact} {_SIGNS[test.relation]} {test.parameter}"
    if test.operands == ("true",) and test.relation is Relation.IS:
        return test.fact
    if test.relation in (Relation.IN, Relation.NOT_IN):
        return f"{test.fact} {_SIGNS[test.relation]} {spell_list(test.operands)}"
    return f"{test.fact} {_SIGNS[test.relation]} {test.operands[0]}"


def spell_list(values: Iterable[str]) -> str:
    """Values as a list."""
    return f"[{', '.join(values)}]"
