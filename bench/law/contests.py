"""One contest in this process: `python -m bench.law.contests NAME` prints its figures as JSON.

What is timed is the work itself: what each engine takes is made before, in its own form, and the
answers are compared after.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import polars as pl

from bench.law.cases import ON, Question, all_facts, make_articles, make_questions
from bench.law.cedar import Cedar, request_of
from bench.law.grid import Grid, make_grid, make_wide_table
from bench.law.opa import Opa, record_of
from bench.law.openfisca import OUTCOMES, OpenFisca, arrays_of, codes_of
from bench.law.reference import outcome_of
from bench.measure import RUNS
from sekisho.data.files import VOCABULARY, pack_text
from sekisho.law.columns import determine_columns
from sekisho.law.determine import answer, determine
from sekisho.law.load import load_regime
from sekisho.law.regime import Regime
from sekisho.law.vocabulary import load_vocabulary
from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.units import FactKey
from sekisho.service.packs import load_law

REGIME = "us-848"
CASES = 20_000
FEW = 5_000
HARDLY_ANY = 300
ROWS = 1_000_000
FLEET = 300
LARGE_FLEET = 20_000
SAMPLE = 300

Figures = dict[str, float]


class Stopwatch:
    """CPU seconds (user and system, all threads) of some runs of the same work."""

    def __init__(self) -> None:
        """Note how much memory was used before."""
        self.taken: list[float] = []
        self.before = _peak()

    def run(self, work: Callable[[], Any], *, before: Callable[[], Any] = lambda: None) -> Any:
        """Do the work several times; what comes `before` each is not timed."""
        found: Any = None
        for _ in range(RUNS):
            found = None
            before()
            start = time.process_time()
            found = work()
            self.taken.append(time.process_time() - start)
        return found

    def figures(self, count: int, found: Sequence[str], expected: Sequence[str]) -> Figures:
        """The medians, and how the answers compare."""
        peak = _peak()
        differ = sum(one != other for one, other in zip(found, expected, strict=True))
        return {
            "count": count,
            "seconds": statistics.median(self.taken),
            "peak": peak,
            "added": peak - self.before,
            "compared": len(found),
            "differ": differ,
        }


def _one_by_one(
    count: int, prepare: Callable[[Question], Any], decide: Callable[[Any], str]
) -> Figures:
    questions = make_questions(count)
    given = [prepare(one) for one in questions]
    watch = Stopwatch()
    found = watch.run(lambda: [decide(one) for one in given])
    return watch.figures(count, found, [outcome_of(one) for one in questions])


def _own(decide: Callable[..., Any], *, fresh: bool) -> Figures:
    """Sekisho one by one; `fresh` forgets before each run all that was worked out."""
    regime = load_law().regimes[REGIME]
    questions = make_questions(CASES)
    given = all_facts(questions)
    forget = _forget if fresh else lambda: None
    if not fresh:
        for facts, case in given:
            decide(regime, facts, case, on=ON)
    watch = Stopwatch()
    found = watch.run(
        lambda: [decide(regime, facts, case, on=ON).outcome.value for facts, case in given],
        before=forget,
    )
    return watch.figures(CASES, found, [outcome_of(one) for one in questions])


def _forget() -> None:
    """Empty every cache of the law."""
    for name, module in list(sys.modules.items()):
        if name.startswith("sekisho.law."):
            for held in vars(module).values():
                if hasattr(held, "cache_clear"):
                    held.cache_clear()


def _opa_traced() -> Figures:
    engine = Opa()
    return _one_by_one(HARDLY_ANY, record_of, lambda one: engine.answer(one, trace=True))


def _grid(articles: int = FLEET, *, excuses: bool = True) -> Grid:
    return make_grid(ROWS, articles, load_law().vocabulary, excuses=excuses)


def _own_batch(articles: int = FLEET, *, excuses: bool = True) -> Figures:
    regime, grid = load_law().regimes[REGIME], _grid(articles, excuses=excuses)
    facts = [one.facts() for one in grid.articles]
    watch = Stopwatch()
    found: pl.DataFrame = watch.run(
        lambda: determine_columns(regime, grid.table, facts), before=_forget
    )
    return watch.figures(ROWS, found["outcome"].to_list(), grid.expected())


def _openfisca_batch(*, excuses: bool) -> Figures:
    grid, engine = _grid(excuses=excuses), OpenFisca()
    arrays = grid.arrays()
    watch = Stopwatch()
    found = watch.run(lambda: engine.codes(arrays))
    return watch.figures(ROWS, [OUTCOMES[i] for i in found.tolist()], grid.expected())


def _rows_at_once(
    prepare: Callable[[Question], Any], decide: Callable[[list[Any]], list[str]]
) -> Figures:
    """Some rows of the grid in one call."""
    whole = _grid()
    grid = Grid(whole.articles, whole.table.sample(FEW, seed=848))
    given = [prepare(grid.question(row)) for row in grid.table.iter_rows(named=True)]
    watch = Stopwatch()
    found = watch.run(lambda: decide(given))
    return watch.figures(FEW, found, grid.expected())


def _all_regimes() -> Figures:
    """All regimes over the same table; a sample of rows is answered one by one, too."""
    packs = load_law()
    regimes = [read for one in packs.regimes.values() for read in one.in_each_reading()]
    facts = [one.facts() for one in make_articles(FLEET)]
    table = make_wide_table(ROWS, FLEET, packs.vocabulary)
    whole, sum_of_medians = Stopwatch(), 0.0
    found: list[str] = []
    expected: list[str] = []
    rows = table.with_row_index("row").sample(SAMPLE, seed=848)
    for regime in regimes:
        watch = Stopwatch()
        answers = watch.run(partial(determine_columns, regime, table, facts), before=_forget)
        sum_of_medians += statistics.median(watch.taken)
        found += answers["outcome"].gather(rows["row"]).to_list()
        expected += [_alone(regime, facts, row) for row in rows.iter_rows(named=True)]
    whole.taken = [sum_of_medians]
    return whole.figures(ROWS * len(regimes), found, expected)


def _alone(regime: Regime, facts: Sequence[Sequence[Fact]], row: dict[str, Any]) -> str:
    """The answer to one row, worked out as a case of its own."""
    leaks = row["data.leaks"]
    stated = [
        *facts[row["article"]],
        Fact(key=FactKey("data.leaks"), value=None if leaks is None else str(leaks).lower()),
    ]
    case = Case(act=row["act"], body=row["body"], task=row["task"])
    return determine(regime, stated, case, on=row["on"]).outcome.value


def _first(work: Callable[[], Any]) -> Figures:
    """Something done once in a new process; it has no answers."""
    start = time.process_time()
    work()
    return {"count": 1, "seconds": time.process_time() - start, "peak": _peak()}


def _load_again() -> Figures:
    load_law()
    watch = Stopwatch()
    watch.run(_load_all)
    return watch.figures(1, [], [])


def _load_all() -> None:
    """The same as the first time: nothing is kept."""
    from sekisho.service import packs  # noqa: PLC0415 - its private caches are emptied

    for held in vars(packs).values():
        if hasattr(held, "cache_clear"):
            held.cache_clear()
    packs.load_law()


def _load_one() -> None:
    load_regime(pack_text(f"regimes/{REGIME}.yaml"), load_vocabulary(pack_text(VOCABULARY)), REGIME)


CONTESTS: dict[str, Callable[[], Figures]] = {
    "proof, new": lambda: _own(determine, fresh=True),
    "proof, again": lambda: _own(determine, fresh=False),
    "answer, new": lambda: _own(answer, fresh=True),
    "answer, again": lambda: _own(answer, fresh=False),
    "OPA": lambda: _one_by_one(FEW, record_of, Opa().answer),
    "OPA, traced": _opa_traced,
    "cedarpy": lambda: _one_by_one(FEW, request_of, Cedar().answer),
    "OpenFisca": lambda: _one_by_one(
        HARDLY_ANY, lambda one: arrays_of([codes_of(one)]), OpenFisca().answer
    ),
    "fleet": lambda: _own_batch(excuses=False),
    "OpenFisca, fleet": lambda: _openfisca_batch(excuses=False),
    "batch": _own_batch,
    "batch, large fleet": lambda: _own_batch(LARGE_FLEET),
    "OPA, batch": lambda: _rows_at_once(record_of, Opa().all_of),
    "cedarpy, batch": lambda: _rows_at_once(request_of, Cedar().all_of),
    "OpenFisca, batch": lambda: _openfisca_batch(excuses=True),
    "all regimes": _all_regimes,
    "load": lambda: _first(load_law),
    "load, again": _load_again,
    "load, one": lambda: _first(_load_one),
    "OPA, load": lambda: _first(Opa),
    "cedarpy, load": lambda: _first(Cedar),
    "OpenFisca, load": lambda: _first(OpenFisca),
}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: Iterable[str]) -> None:
    """Run the contest that is named."""
    (name,) = arguments
    print(json.dumps(CONTESTS[name]()))


if __name__ == "__main__":
    main(sys.argv[1:])
