"""The law's contests, each in a process of its own, as tables with ratios."""

from __future__ import annotations

import importlib.util
import json
import subprocess  # noqa: TID251 - a benchmark runs programs
import sys
from collections.abc import Mapping, Sequence

from bench.law import cedar, opa, openfisca
from bench.measure import RUNS

Figures = dict[str, float]
Row = tuple[str, str]
"""What is printed, and the name of the contest."""

_MODULES = {"OPA": opa.MODULE, "cedarpy": cedar.MODULE, "OpenFisca": openfisca.MODULE}
_HOW = {"OPA": "see bench/requirements.txt"}

ONE_BY_ONE: tuple[Row, ...] = (
    ("sekisho, proof, nothing known", "proof, new"),
    ("sekisho, proof, states met", "proof, again"),
    ("sekisho, answer, nothing known", "answer, new"),
    ("sekisho, answer, states met", "answer, again"),
    ("OPA, answer", "OPA"),
    ("OPA, trace (nearest to a proof)", "OPA, traced"),
    ("cedarpy, answer", "cedarpy"),
    ("OpenFisca, answer", "OpenFisca"),
)
FLEET: tuple[Row, ...] = (
    ("sekisho, with reasons", "fleet"),
    ("OpenFisca, answer, arrays", "OpenFisca, fleet"),
)
AT_ONCE: tuple[Row, ...] = (
    ("sekisho, with reasons", "batch"),
    ("sekisho, 20,000 articles", "batch, large fleet"),
    ("OPA, answer, one call", "OPA, batch"),
    ("cedarpy, answer, one call", "cedarpy, batch"),
    ("OpenFisca, answer, arrays", "OpenFisca, batch"),
)
LOADING: tuple[Row, ...] = (
    ("sekisho, all packs, new process", "load"),
    ("sekisho, all packs, again", "load, again"),
    ("sekisho, vocabulary and us-848", "load, one"),
    ("OPA, us-848", "OPA, load"),
    ("cedarpy, us-848", "cedarpy, load"),
    ("OpenFisca, us-848", "OpenFisca, load"),
)


def main() -> int:
    """Print every contest; gives 1 when an answer differs."""
    print(f"The law: us-848 in each engine, CPU seconds of the work, median of {RUNS}.")
    print("Ratios tell what the machine's load does not; above 1 Sekisho takes less.")
    print("Peers give an outcome; Sekisho's proof and reasons have no counterpart there.")
    differ = _section(
        "One case at a time", ONE_BY_ONE, {"proof": "proof, new", "answer": "answer, new"}
    )
    differ += _section(
        "A fleet: article, month, act, body and task, all different", FLEET, {"batch": "fleet"}
    )
    differ += _section(
        "The same with excuses known or not in each row: 160,704 kinds of row (slow peers: 5,000 rows)",
        AT_ONCE,
        {"batch": "batch"},
    )
    differ += _section("Every regime in each reading, 1,000,000 rows each", _ALL, {})
    differ += _section("Loading", LOADING, {"one": "load, one"})
    print(f"\nanswers that differ, in all: {differ:,.0f}")
    return 1 if differ else 0


_ALL: tuple[Row, ...] = (("sekisho, sum over all", "all regimes"),)


def _section(title: str, rows: Sequence[Row], against: Mapping[str, str]) -> float:
    """Run and print some contests; `against` are Sekisho's own that the ratios are taken of."""
    print(f"\n{title}")
    ratios = "".join(f"{f'x {name}':>11}" for name in against)
    print(
        f"  {'':<33}{'N':>11}{'CPU s':>9}{'per s':>12}{ratios}{'peak MiB':>10}{'compared':>11}{'differ':>8}"
    )
    done: dict[str, Figures] = {}
    for label, name in rows:
        peer = name.partition(",")[0]
        module = _MODULES.get(peer)
        if module and importlib.util.find_spec(module) is None:
            how = _HOW.get(peer, "pip install -r bench/requirements.txt")
            print(f"  {label:<33} not run: {peer} is not installed ({how})")
            continue
        done[name] = figures = _run(name)
        known = [done.get(own) if module else None for own in against.values()]
        print(f"  {label:<33}{_line(figures, known)}", flush=True)
    return sum(one.get("differ", 0) for one in done.values())


def _line(figures: Figures, known: Sequence[Figures | None]) -> str:
    rate = figures["count"] / figures["seconds"]
    ratios = "".join(
        f"{own['count'] / own['seconds'] / rate:11,.2f}" if own else f"{'':>11}" for own in known
    )
    if not figures.get("compared"):
        return f"{figures['count']:11,.0f}{figures['seconds']:9.3f}{'':>12}{ratios}{figures['peak']:10,.0f}"
    return (
        f"{figures['count']:11,.0f}{figures['seconds']:9.3f}{rate:12,.0f}{ratios}"
        f"{figures['peak']:10,.0f}{figures['compared']:11,.0f}{figures['differ']:8,.0f}"
    )


def _run(name: str) -> Figures:
    """The figures of a contest, run in a process of its own.

    Raises:
        RuntimeError: when it fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.law.contests", name],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"the contest '{name}' failed:\n{done.stderr[-2000:]}"
        raise RuntimeError(msg)
    found: Figures = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main())
