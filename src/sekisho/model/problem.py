"""Things that went wrong, or were not seen, without stopping the work."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sekisho.model.locus import Locus
from sekisho.model.units import AnalyzerId, EvidenceId


class Message(msgspec.Struct, frozen=True):
    """Something to tell a reader: a code of the message catalogue, and what fills its blanks.

    The catalogue (`data/messages/`) holds the words in each language; a test holds every code
    used in the program to an entry there.
    """

    code: str
    details: dict[str, str] = {}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The work went on, but: what happened, where, and whether it stands in the way of "clean".

    `blocks_clean` is true when something that could matter was not read, so that nothing may be
    called clean on the strength of this evidence. `parent` names the evidence that contained the
    one the problem arose in.
    """

    code: str
    details: dict[str, str] = {}
    evidence: EvidenceId | None = None
    path: str = ""
    parent: EvidenceId | None = None
    locus: Locus | None = None
    analyzer: AnalyzerId | None = None
    blocks_clean: bool = False


class CoverageStatus(StrEnum):
    """How far an analyzer looked. Not looked, failed, and found nothing are three things."""

    LOOKED = "looked"
    PARTLY = "partly"
    FAILED = "failed"
    NOT_LOOKED = "not_looked"


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """What one analyzer looked at in one piece of evidence, how far, and what it did not see.

    `measures` are counts and amounts by name with the unit in the name, e.g. `packets`,
    `duration_s`, `classes`; `unseen` says in words of the catalogue what stayed out of sight.
    """

    evidence: EvidenceId
    analyzer: AnalyzerId | None
    status: CoverageStatus
    measures: dict[str, float] = {}
    unseen: tuple[Message, ...] = ()
