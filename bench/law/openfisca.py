"""Section 848 for OpenFisca: a variable for each input and each clause, over arrays.

OpenFisca has no unknown: what is missing takes a default. Unknown is a code of its own, truth
values are 0 (false), 1 (unknown) and 2 (true), and the connectives are minimum and maximum. The
day is an input, too, as rows differ in it; the period of all variables is any one year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeAlias

from bench.law.cases import ACTS, BODIES, COVERED, KINDS, OTHERS, PARTS, Article, Question

MODULE = "openfisca_core"

OUTCOMES = ("not_applicable", "prohibited", "undetermined", "conditional", "permitted")
CODES: dict[object, int] = {
    None: 0,
    **{word: i for i, word in enumerate(ACTS, start=1)},
    **{word: i for i, word in enumerate(BODIES, start=1)},
    **{word: i for i, word in enumerate((*COVERED, *OTHERS), start=1)},
}
PART_CODES: dict[object, int] = {None: 0, **{word: i for i, word in enumerate(PARTS, start=1)}}
KIND_CODES: dict[object, int] = {None: 0, **{word: i for i, word in enumerate(KINDS, start=1)}}
TRUTH_CODES: dict[object, int] = {False: 0, None: 1, True: 2}
HARDWARE, SOFTWARE, USE = (1, 2, 3, 4, 5), (6, 7), (1, 2, 3)

Array: TypeAlias = Any
Get: TypeAlias = Callable[[str], Array]
Formula: TypeAlias = Callable[[Any, Get], Array]


def codes_of_article(article: Article) -> dict[str, int]:
    """The inputs that an article gives."""
    found = {
        "kind": KIND_CODES[article.kind],
        "made_in": CODES[article.made_in],
        "maker_domicile": CODES[article.maker_domicile],
        "parts_complete": TRUTH_CODES[article.parts_complete],
        "located_in": CODES[article.located_in],
        "administrator": CODES[article.administrator],
        "services_complete": TRUTH_CODES[article.services_complete],
    }
    for i, part in enumerate(article.parts):
        found[f"part{i}_kind"] = PART_CODES[part.kind]
        found[f"part{i}_made_in"] = CODES[part.made_in]
        found[f"part{i}_maker"] = CODES[part.maker_domicile]
    return found


def codes_of(question: Question) -> dict[str, int]:
    """All inputs of a case."""
    return codes_of_article(question.article) | {
        "day": int(question.on.strftime("%Y%m%d")),
        "act": CODES[question.act],
        "body": CODES[question.body],
        "waiver": TRUTH_CODES[question.waiver],
        "exempt": TRUTH_CODES[question.exempt],
        "uses_covered": TRUTH_CODES[question.uses_covered],
    }


def arrays_of(rows: Sequence[Mapping[str, int]]) -> dict[str, Array]:
    """Rows as one array for each input."""
    numpy: Any = import_module("numpy")
    return {name: numpy.array([row[name] for row in rows], dtype=numpy.int32) for name in rows[0]}


INPUTS = (
    "day",
    "act",
    "body",
    "waiver",
    "exempt",
    "uses_covered",
    "kind",
    "made_in",
    "maker_domicile",
    "parts_complete",
    "located_in",
    "administrator",
    "services_complete",
    *(f"part{i}_{name}" for i in range(len(PARTS)) for name in ("kind", "made_in", "maker")),
)


def _is_in(numpy: Any, array: Array, codes: Sequence[int]) -> Array:
    """Whether it is one of some words: by a table, which is the fastest."""
    table = numpy.zeros(16, dtype=numpy.int32)
    table[0] = 1
    table[list(codes)] = 2
    return table[array]


def _origin(numpy: Any, got: Get, *names: str) -> Array:
    since = got("day") >= 20221223
    found = (
        numpy.where(since, _is_in(numpy, got(name), (1, 2, 3, 4)), _is_in(numpy, got(name), (1,)))
        for name in names
    )
    return _either(numpy, *found)


def _either(numpy: Any, *parts: Array) -> Array:
    return numpy.maximum.reduce(list(parts))


def _both(numpy: Any, *parts: Array) -> Array:
    return numpy.minimum.reduce(list(parts))


def _since(numpy: Any, got: Get, day: int) -> Array:
    return numpy.where(got("day") >= day, 2, 0)


def _use(numpy: Any, got: Get) -> Array:
    return _both(numpy, _since(numpy, got, 20191220), _is_in(numpy, got("act"), USE))


def _contract(numpy: Any, got: Get) -> Array:
    return _both(numpy, _since(numpy, got, 20241001), _is_in(numpy, got("act"), (4,)))


def _binds(numpy: Any, got: Get) -> Array:
    body, kind = got("body"), got("kind")
    use = _both(numpy, got("use"), _is_in(numpy, body, (1,)), _is_in(numpy, kind, (1, 2)))
    return _either(numpy, use, _both(numpy, got("contract"), _is_in(numpy, body, (1, 2))))


def _part_of(kinds: Sequence[int]) -> Formula:
    def formula(numpy: Any, got: Get) -> Array:
        members = (
            _both(
                numpy,
                _is_in(numpy, got(f"part{i}_kind"), kinds),
                _origin(numpy, got, f"part{i}_made_in", f"part{i}_maker"),
            )
            for i in range(len(PARTS))
        )
        unseen = numpy.where(got("parts_complete") == 2, 0, 1)
        return _both(numpy, got("aircraft"), _either(numpy, unseen, *members))

    return formula


def _service(numpy: Any, got: Get) -> Array:
    unseen = numpy.where(got("services_complete") == 2, 0, 1)
    found = _either(numpy, unseen, _origin(numpy, got, "located_in", "administrator"))
    return _both(numpy, got("aircraft"), found)


def _counter(numpy: Any, got: Get) -> Array:
    return _both(numpy, got("use"), _is_in(numpy, got("kind"), (2,)), got("whole"))


def _bare(numpy: Any, got: Get) -> Array:
    return _either(
        numpy, *(got(f"clause_{name}") for name in ("a1A", "a1B", "a1C", "a1D", "a2", "b"))
    )


def _outcome(numpy: Any, got: Get) -> Array:
    binds, bare, waiver, exempt = (got(name) for name in ("binds", "bare", "waiver", "exempt"))
    breached = _both(numpy, bare, 2 - waiver, 2 - exempt)
    kept = _both(numpy, bare, waiver)
    is_open = (binds == 1) | (breached == 1)
    return numpy.select(
        [binds == 0, (binds == 2) & (breached == 2), is_open, kept == 2, kept == 1],
        [0, 1, 2, 3, 2],
        4,
    )


FORMULAS: dict[str, Formula] = {
    "use": _use,
    "contract": _contract,
    "aircraft": lambda numpy, got: _both(numpy, got("use"), _is_in(numpy, got("kind"), (1,))),
    "whole": lambda numpy, got: _origin(numpy, got, "made_in", "maker_domicile"),
    "binds": _binds,
    "clause_a1A": lambda numpy, got: _both(numpy, got("aircraft"), got("whole")),
    "clause_a1B": _part_of(HARDWARE),
    "clause_a1C": _part_of(SOFTWARE),
    "clause_a1D": _service,
    "clause_a2": _counter,
    "clause_b": lambda numpy, got: _both(numpy, got("contract"), got("uses_covered")),
    "bare": _bare,
    "outcome": _outcome,
}


class OpenFisca:
    """The variables, declared once."""

    def __init__(self) -> None:
        """Declare the variables."""
        self.numpy: Any = import_module("numpy")
        entities: Any = import_module(f"{MODULE}.entities")
        systems: Any = import_module(f"{MODULE}.taxbenefitsystems")
        simulations: Any = import_module(f"{MODULE}.simulations")
        self.periods: Any = import_module(f"{MODULE}.periods")
        self.period: Any = self.periods.period("2026")
        self.base: Any = import_module(f"{MODULE}.variables").Variable
        self.builder = simulations.SimulationBuilder
        self.entity = entities.build_entity(key="case", plural="cases", label="", is_person=True)
        self.system = systems.TaxBenefitSystem([self.entity])
        for name in INPUTS:
            self._declare(name)
        for name, formula in FORMULAS.items():
            self._declare(name, formula)

    def _declare(self, name: str, formula: Formula | None = None) -> None:
        body: dict[str, Any] = {
            "value_type": int,
            "entity": self.entity,
            "definition_period": self.periods.DateUnit.YEAR,
        }
        if formula is not None:
            numpy, work = self.numpy, formula

            def calculate(population: Any, period: Any) -> Array:
                return work(numpy, lambda wanted: population(wanted, period))

            body["formula"] = calculate
        self.system.add_variable(type(name, (self.base,), body))

    def codes(self, arrays: Mapping[str, Array]) -> Array:
        """Many cases in one calculation, as places in `OUTCOMES`."""
        count = len(arrays["day"])
        simulation = self.builder().build_default_simulation(self.system, count=count)
        for name, array in arrays.items():
            simulation.set_input(name, self.period, array)
        return simulation.calculate("outcome", self.period)

    def answer(self, arrays: Mapping[str, Array]) -> str:
        """One case."""
        return OUTCOMES[int(self.codes(arrays)[0])]
