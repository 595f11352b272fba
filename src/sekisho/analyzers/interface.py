"""What an analyzer is: it reads one piece of evidence and says what it saw, and what it did not.

An analyzer is a pure function of the bytes, the context and its own version. It opens no other
file, no socket and no process; it may raise `EvidenceError` when the file cannot be read at all,
and says everything else in `Problem`s and `Coverage`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from sekisho.model.evidence import Evidence, EvidenceKind, Limits
from sekisho.model.flow import KnownValue
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words


class AnalyzerDoc(msgspec.Struct, frozen=True, kw_only=True):
    """What the reference page says of an analyzer.

    `references` are specifications (title and number); an analyzer is fully supported when it
    has no `limitations`.
    """

    title: Words
    reads: str
    observes: tuple[str, ...]
    references: tuple[str, ...]
    limitations: tuple[Words, ...]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of evidence with the place its bytes can be read from, read-only."""

    evidence: Evidence
    content: Path


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What an analyzer is told besides the evidence; part of the cache key.

    `key_log` holds secrets that open TLS (the format of SSLKEYLOGFILE).
    `flows` is the file to which the analyzer of captures also writes a line for each conversation.
    """

    known_values: tuple[KnownValue, ...] = ()
    limits: Limits = Limits()
    key_log: bytes = b""
    flows: str | None = None


class Analyzer(Protocol):
    """One analyzer: one kind of question put to one kind of evidence.

    `packs` names the files under `data/` that its answer depends on, so that a cached answer is
    not used after one of them changed.
    """

    id: AnalyzerId
    kinds: frozenset[EvidenceKind]
    packs: tuple[str, ...]
    doc: AnalyzerDoc

    def analyze(self, source: Source, context: Context) -> Findings:
        """Say what is seen in the evidence.

        Raises:
            EvidenceError: when the file cannot be read as what it claims to be.
        """
        ...
