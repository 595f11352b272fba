"""Where two versions of a regime differ, exactly, and one case for each difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from sekisho.law.check import Example, days_of_change, example_of
from sekisho.law.diagram import Path
from sekisho.law.groups import ANY_OTHER
from sekisho.law.inforce import regime_in_force
from sekisho.law.regime import Regime
from sekisho.law.spell import spell_list, spell_rule
from sekisho.law.worlds import Clauses, Variable, Worlds
from sekisho.model.determination import Outcome

_MOST_LISTED = 3


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """Cases that two versions decide differently, each in one way.

    `since` is the first day of it, `until` the first day after it; `None` is open. `where` are
    the parts of the region, each a conjunction in words; together they are all of it.
    """

    since: date | None
    until: date | None
    old: Outcome
    new: Outcome
    where: tuple[tuple[str, ...], ...]
    example: Example


def compare_regimes(old: Regime, new: Regime) -> Iterator[Region]:
    """Tell where the outcomes of two versions differ, from day to day.

    Args:
        old: one version, in one reading.
        new: the other.
    """
    days = sorted({*days_of_change(old), *days_of_change(new)})
    for i, day in enumerate(days):
        since = day if i else None
        until = days[i + 1] if i + 1 < len(days) else None
        yield from _on(day, since, until, (old, new))


def _on(
    day: date, since: date | None, until: date | None, versions: tuple[Regime, Regime]
) -> Iterator[Region]:
    laws = [regime_in_force(regime, day) for regime in versions]
    worlds = Worlds(laws)
    one, other = (Clauses(law, worlds).outcome() for law in laws)
    both = worlds.diagrams.joined(one, other, lambda a, b: None if a == b else (a, b))
    found: dict[tuple[Outcome, Outcome], list[Path]] = {}
    for path, result in worlds.diagrams.paths(both):
        match result:
            case (Outcome() as was, Outcome() as becomes):
                found.setdefault((was, becomes), []).append(path)
    for (was, becomes), paths in found.items():
        yield Region(
            since=since,
            until=until,
            old=was,
            new=becomes,
            where=tuple(spell_path(path, worlds) for path in paths),
            example=example_of(worlds.facts_of(paths[0]), day, versions[1]),
        )


def spell_path(path: Path, worlds: Worlds) -> tuple[str, ...]:
    """What a path demands of each variable, in words."""
    return tuple(
        words
        for variable, kinds in path.items()
        for words in _spell(worlds.variables[variable], kinds)
    )


def _spell(variable: Variable, kinds: tuple[int, ...]) -> Iterator[str]:
    if not variable.values:
        yield from _spell_tests(variable, kinds)
        return
    inside = [value for kind in kinds for value in variable.values[kind]]
    outside = [value for values in variable.values for value in values if value not in inside]
    if inside == ["true"]:
        yield variable.name
    elif inside == ["false"]:
        yield f"not {variable.name}"
    elif ANY_OTHER in outside or (
        ANY_OTHER not in inside and len(inside) <= max(len(outside), _MOST_LISTED)
    ):
        yield f"{variable.name} in {spell_list(inside)}"
    else:
        yield f"{variable.name} not in {spell_list(outside)}"


def _spell_tests(variable: Variable, kinds: tuple[int, ...]) -> Iterator[str]:
    """The tests or quantifiers on which all the kinds agree."""
    rules = {rule: None for kind in variable.holds for rule in kind}
    for rule in rules:
        sides = {rule in variable.holds[kind] for kind in kinds}
        if len(sides) == 1:
            words = spell_rule(rule)
            yield words if sides == {True} else f"not ({words})"
