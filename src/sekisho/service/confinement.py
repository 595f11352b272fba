"""Analyzers run confined: own process, limited time and memory, no network, no other program.

Evidence is hostile, and so may be what an analyzer's libraries do with it. Each analysis is a
process of its own that can be killed, and only JSON comes back from it.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, ForkServerContext
from typing import TypeAlias

import msgspec

from sekisho.analyzers.interface import Analyzer, Context, Source
from sekisho.errors import EvidenceError
from sekisho.model.evidence import EvidenceKind
from sekisho.model.problem import Coverage, CoverageStatus, Problem
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId

TIMED_OUT = "SEK-P601"
OUT_OF_MEMORY = "SEK-P602"
BROKE_DOWN = "SEK-P603"
UNREADABLE = "SEK-P604"

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "ctypes.dlopen",
)

_TABLES = (EvidenceKind.PARTS_TABLE, EvidenceKind.OWNERSHIP_TABLE)
"""Kinds that may be workbooks."""


class _Reply(msgspec.Struct):
    """What comes back: findings, or the code of the problem and its details."""

    findings: Findings | None = None
    problem: str = ""
    details: dict[str, str] = {}


# built once, here: several threads that each use a type for the first time break msgspec
_REPLIES = msgspec.json.Decoder(_Reply)


def analyze_confined(analyzer: Analyzer, source: Source, context: Context) -> Findings:
    """Run one analyzer on one piece of evidence in a process of its own.

    Whatever happens there, findings come back: a timeout, a crash or an unreadable file is a
    Problem that stands in the way of "clean", and Coverage `failed`.
    """
    machine = _machine()
    ours, theirs = machine.Pipe(duplex=False)
    process = machine.Process(target=_work, args=(theirs, analyzer.id, source, context))
    process.start()
    theirs.close()
    reply = _await_reply(ours, context.limits.analysis_time)
    process.kill()
    process.join()
    ours.close()
    return reply.findings or _failed(analyzer, source, reply)


def _machine() -> ForkContext | ForkServerContext:
    """Processes start from a small server: quickly, and without what we have in memory."""
    multiprocessing.set_forkserver_preload(["sekisho.analyzers.registry"])
    return multiprocessing.get_context("forkserver")


def _await_reply(connection: Connection, seconds: float) -> _Reply:
    if not connection.poll(seconds):
        return _Reply(problem=TIMED_OUT, details={"seconds": f"{seconds:g}"})
    try:
        return _REPLIES.decode(connection.recv_bytes())
    except (EOFError, OSError, msgspec.DecodeError) as error:
        return _Reply(problem=BROKE_DOWN, details={"error": type(error).__name__})


def analyze_openly(analyzer: Analyzer, source: Source, context: Context) -> _Reply:
    """Run an analyzer in this process; whatever it raises becomes a reply."""
    try:
        return _Reply(findings=analyzer.analyze(source, context))
    except EvidenceError as error:
        return _Reply(problem=UNREADABLE, details={"what": error.what, "why": error.why})
    except MemoryError:
        limit = context.limits.analysis_memory >> 20
        return _Reply(problem=OUT_OF_MEMORY, details={"mebibytes": str(limit)})
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.name}:{place.lineno}"
        return _Reply(problem=BROKE_DOWN, details={"error": f"{type(error).__name__} in {where}"})


def _work(connection: Connection, analyzer: AnalyzerId, source: Source, context: Context) -> None:
    """The life of the analysis process."""
    from sekisho.analyzers.registry import analyzer_by_id  # noqa: PLC0415 - preloaded by the server

    chosen = analyzer_by_id(analyzer)
    if source.evidence.kind in _TABLES and not source.evidence.path.endswith((".csv", ".tsv")):
        # it looks for numpy, whose native parts could not be loaded once confined
        import_module("openpyxl")
    _confine(context)
    reply = analyze_openly(chosen, source, context)
    connection.send_bytes(msgspec.json.encode(reply))
    connection.close()


def _confine(context: Context) -> None:
    """Give up what an analyzer has no business with; there is no way back in this process."""
    limits = context.limits
    seconds = int(limits.analysis_time) + 1
    for kind, most in (
        (resource.RLIMIT_AS, limits.analysis_memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, limits.file_size if context.flows is not None else 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    sys.addaudithook(_refuse)


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        msg = f"analyzers may not use {event}"
        raise PermissionError(msg)


def _failed(analyzer: Analyzer, source: Source, reply: _Reply) -> Findings:
    evidence = source.evidence
    problem = Problem(
        code=reply.problem,
        details={"analyzer": analyzer.id, **reply.details},
        evidence=evidence.id,
        path=evidence.path,
        parent=evidence.parent,
        analyzer=analyzer.id,
        blocks_clean=True,
    )
    coverage = Coverage(evidence=evidence.id, analyzer=analyzer.id, status=CoverageStatus.FAILED)
    return Findings(problems=(problem,), coverage=(coverage,))


Run: TypeAlias = Callable[[Analyzer, Source, Context], Findings]
