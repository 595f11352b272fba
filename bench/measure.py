"""Run a piece of work in a process of its own, several times, and take its CPU time and memory."""

from __future__ import annotations

import os
import statistics
import subprocess  # noqa: TID251 - a benchmark runs programs
import sys
from dataclasses import dataclass

RUNS = 3
LONGEST = 600
"""Seconds that a program may take."""


@dataclass(frozen=True)
class Figure:
    """Median CPU seconds (user and system), and the largest peak memory in MiB."""

    cpu_s: float
    peak_mib: float


@dataclass(frozen=True)
class Contest:
    """The same task for Sekisho and for a peer, as Python statements.

    `module` is what the peer needs installed; `argument` a file to use in place of the capture.
    """

    name: str
    ours: str
    peer_name: str
    module: str
    peer: str
    argument: str = ""


def measure(code: str, argument: str) -> Figure:
    """Measure Python statements as a whole process, start-up included.

    Raises:
        RuntimeError: when the statements fail.
    """
    cpu: list[float] = []
    peaks: list[float] = []
    for _ in range(RUNS):
        process = subprocess.Popen(
            [sys.executable, "-c", code, argument], stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            msg = f"the work failed: {code[:200]}"
            raise RuntimeError(msg)
        process.returncode = 0
        cpu.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss / 1024)
    return Figure(statistics.median(cpu), max(peaks))


def measure_command(command: tuple[str, ...], runs: int) -> Figure:
    """Median CPU seconds, the largest peak memory; children count, too.

    Raises:
        RuntimeError: when the program fails or takes too long.
    """
    cpu, peaks = [], []
    for _ in range(runs):
        code = (
            "import resource, subprocess, sys;"
            f"done = subprocess.run(sys.argv[1:], timeout={LONGEST}, stdout=subprocess.DEVNULL,"
            " stderr=subprocess.DEVNULL);"
            "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
            "print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
        )
        told = subprocess.run(
            [sys.executable, "-c", code, *command], capture_output=True, text=True, check=False
        ).stdout.split()
        if len(told) != 3 or told[0] != "0":
            msg = f"{command[0]} failed or took more than {LONGEST} s"
            raise RuntimeError(msg)
        cpu.append(float(told[1]))
        peaks.append(float(told[2]))
    return Figure(statistics.median(cpu), max(peaks))


def run_contest(contest: Contest, capture: str) -> str:
    """One line: both figures, and the ratio of CPU time (above 1 we take less)."""
    argument = contest.argument or capture
    ours = measure(contest.ours, argument)
    peer = measure(contest.peer, argument)
    return (
        f"{contest.name:<28} sekisho {ours.cpu_s:6.2f} s {ours.peak_mib:5.0f} MiB   "
        f"{contest.peer_name} {peer.cpu_s:6.2f} s {peer.peak_mib:5.0f} MiB   "
        f"ratio {peer.cpu_s / ours.cpu_s:5.2f}"
    )
