"""The one document of a review: everything a report shows, in one versioned schema."""

from __future__ import annotations

from typing import Literal

import msgspec

from sekisho.model.assessment import LeakAssessment, OriginAssessment
from sekisho.model.case import Case
from sekisho.model.determination import Determination, Outcome
from sekisho.model.dossier import Dossier
from sekisho.model.fact import Fact
from sekisho.model.observation import Observation
from sekisho.model.problem import Coverage, Problem
from sekisho.model.units import ObservationId, Sha256


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What analyzers gave for one or more pieces of evidence."""

    observations: tuple[Observation, ...] = ()
    problems: tuple[Problem, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    def __add__(self, other: Findings) -> Findings:
        """Both findings, in order."""
        return Findings(
            observations=self.observations + other.observations,
            problems=self.problems + other.problems,
            coverage=self.coverage + other.coverage,
        )


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A review of one dossier for one case.

    `key` is the SHA-256 over everything the answer is a function of: evidence, packs, case and
    versions. `observations` are by id; facts and judgements refer to them. `packs` maps the name
    of each pack used to the digest of its bytes.
    """

    schema: Literal["sekisho.review/1"] = "sekisho.review/1"
    sekisho_version: str
    key: Sha256
    dossier: Dossier
    case: Case
    outcome: Outcome
    determinations: tuple[Determination, ...]
    leakage: LeakAssessment
    origin: OriginAssessment
    facts: tuple[Fact, ...]
    observations: dict[ObservationId, Observation]
    problems: tuple[Problem, ...]
    coverage: tuple[Coverage, ...]
    packs: dict[str, Sha256]
