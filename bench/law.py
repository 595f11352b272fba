"""The law beside its peers: the same regime, the same cases, every answer compared.

Figures are CPU seconds of the work itself (user and system, children included), the median of
three; loading and parsing of packs and policies is timed apart.
"""

from __future__ import annotations

import importlib.util
import resource
import statistics
import subprocess  # noqa: TID251 - a benchmark runs programs
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta

import polars as pl

from bench.law_cases import ON, Question, make_questions, reference
from bench.law_peers import (
    decide_with_cedar,
    decide_with_opa,
    decide_with_openfisca,
    find_opa,
)
from bench.measure import RUNS
from sekisho.law.columns import determine_columns
from sekisho.law.determine import answer, determine
from sekisho.law.prove import prover_of
from sekisho.law.regime import Regime
from sekisho.model.case import Case
from sekisho.service.packs import load_law

CASES = 20_000
FEW = 1_000
ROWS = 1_000_000
ARTICLES = 200

_LOAD = "from sekisho.service.packs import load_law; import time; t = time.process_time(); load_law(); print(time.process_time() - t)"


def main() -> None:
    """Print every contest."""
    questions = make_questions(CASES)
    expected = [reference(one) for one in questions]
    regime = load_law().regimes["us-848"]
    print(f"one regime (us-848), {CASES} cases; peers answer {FEW} where they are slow")
    own = _contest("sekisho, full proof", questions, expected, lambda some: _proved(regime, some))
    _contest(
        "sekisho, proof, states seen",
        questions,
        expected,
        lambda s: _proved(regime, s, fresh=False),
    )
    _contest("sekisho, answer alone", questions, expected, lambda some: _answered(regime, some))
    few = questions[:FEW]
    _peer("cedarpy", "cedarpy", few, expected, decide_with_cedar, own)
    if find_opa():
        _peer("OPA (program)", "bench", few, expected, decide_with_opa, own)
    else:
        print(f"{'OPA':<32} not run: there is no program 'opa'")
    batch = _batch(regime, own)
    _peer("OpenFisca (batch)", "openfisca_core", questions, expected, decide_with_openfisca, batch)
    _all_regimes()
    _loading()


def _proved(regime: Regime, questions: Sequence[Question], *, fresh: bool = True) -> list[str]:
    if fresh:
        prover_of(regime, ON).prove.cache_clear()
    return [determine(regime, q.facts(), q.case(), on=ON).outcome.value for q in questions]


def _answered(regime: Regime, questions: Sequence[Question]) -> list[str]:
    return [answer(regime, q.facts(), q.case(), on=ON).outcome.value for q in questions]


def _contest(
    name: str,
    questions: Sequence[Question],
    expected: list[str],
    work: Callable[[Sequence[Question]], list[str]],
) -> float:
    """Run, compare, print; gives the rate per CPU second."""
    seconds, answers = _timed(lambda: work(questions))
    wrong = sum(one != other for one, other in zip(answers, expected, strict=False))
    rate = len(questions) / seconds
    print(f"{name:<32} {rate:12,.0f} /s   {len(answers):>7} compared, {wrong} differ", flush=True)
    return rate


def _peer(  # noqa: PLR0917 - a row of the table
    name: str,
    module: str,
    questions: Sequence[Question],
    expected: list[str],
    work: Callable[[Sequence[Question]], list[str]],
    own: float,
) -> None:
    if importlib.util.find_spec(module) is None:
        print(f"{name:<32} not run: pip install -r bench/requirements.txt")
        return
    rate = _contest(name, questions, expected, work)
    print(f"{'':<32} sekisho is {own / rate:,.1f} times as fast")


def _timed(work: Callable[[], list[str]]) -> tuple[float, list[str]]:
    taken: list[float] = []
    answers: list[str] = []
    for _ in range(RUNS):
        before = _cpu()
        answers = work()
        taken.append(_cpu() - before)
    return statistics.median(taken), answers


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def grid(rows: int) -> pl.DataFrame:
    """A fleet: every combination of article, act, body, task and month, over and over."""
    vocabulary = load_law().vocabulary
    number = pl.int_range(rows, eager=True)

    def word(key: str, values: tuple[str, ...], step: int) -> pl.Series:
        kind = pl.Enum(list(vocabulary.facts[key].values))
        chosen = pl.Series(values, dtype=kind).gather(number // step % len(values))
        return chosen.alias(key)

    months = pl.Series([ON - timedelta(days=30 * i) for i in range(60)])
    return pl.DataFrame(
        [
            (number % ARTICLES).cast(pl.UInt32).alias("article"),
            word("act", ("buy", "operate", "renew"), ARTICLES),
            word("body", ("us.dod", "us.doi", "jp.national_organ"), ARTICLES * 3),
            word("task", ("security", "rescue", "training"), ARTICLES * 9),
            months.gather(number // (ARTICLES * 27) % 60).alias("on"),
        ]
    )


def _batch(regime: Regime, own: float) -> float:
    articles = [one.facts() for one in make_questions(ARTICLES)]
    rates = []
    for rows in (ROWS, 4 * ROWS):
        cases = grid(rows)
        seconds, _ = _timed(lambda c=cases: determine_columns(regime, c, articles).columns)  # type: ignore[misc] # bound now
        rates.append(rows / seconds)
        print(
            f"{f'sekisho, batch of {rows // ROWS} M rows':<32} {rates[-1]:12,.0f} /s   "
            f"with reasons, {rates[-1] / own:,.0f} times one by one, peak {_peak()} MiB"
        )
    sample = grid(ROWS).sample(1_000, seed=1)
    answers = determine_columns(regime, sample, articles)["outcome"].to_list()
    alone = [
        determine(regime, [*articles[row["article"]]], _case_of(row), on=row["on"]).outcome.value
        for row in sample.iter_rows(named=True)
    ]
    print(
        f"{'':<32} 1000 rows compared, {sum(a != b for a, b in zip(answers, alone, strict=True))} differ"
    )
    return rates[0]


def _case_of(row: dict[str, object]) -> Case:
    return Case(act=str(row["act"]), task=str(row["task"]), body=str(row["body"]))


def _all_regimes() -> None:
    articles = [one.facts() for one in make_questions(ARTICLES)]
    cases = grid(ROWS)
    regimes = [read for one in load_law().regimes.values() for read in one.in_each_reading()]
    before = _cpu()
    for regime in regimes:
        determine_columns(regime, cases, articles)
    seconds = _cpu() - before
    print(
        f"{f'all {len(regimes)} regimes, 1 M rows':<32} {seconds:12.2f} s CPU, peak {_peak()} MiB"
    )


def _loading() -> None:
    taken = [
        float(
            subprocess.run(
                [sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(RUNS)
    ]
    print(f"{'loading all packs, new process':<32} {statistics.median(taken):12.3f} s CPU")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
