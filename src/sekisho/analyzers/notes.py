"""What an analyzer writes down while it reads one piece of evidence."""

from __future__ import annotations

from collections import Counter

from sekisho.analyzers.interface import Source
from sekisho.model.locus import Locus
from sekisho.model.observation import Observation
from sekisho.model.problem import Coverage, CoverageStatus, Message, Problem
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId

MAX_ALIKE = 100
"""So many problems of one code are told one by one; of the rest only how many there are."""


class Notes:
    """The observations and problems of one analyzer on one piece of evidence, in order."""

    def __init__(self, source: Source, analyzer: AnalyzerId) -> None:
        """Begin with nothing."""
        self.evidence = source.evidence
        self.analyzer = analyzer
        self.observations: list[Observation] = []
        self.problems: list[Problem] = []
        self._told: Counter[str] = Counter()
        self._blocked = False

    def note(self, observation: Observation) -> None:
        """Write down what was seen."""
        self.observations.append(observation)

    def note_problem(
        self,
        code: str,
        details: dict[str, str],
        locus: Locus | None = None,
        *,
        blocks_clean: bool = False,
    ) -> None:
        """Write down that something was not as it should be."""
        self._told[code] += 1
        self._blocked = self._blocked or blocks_clean
        if self._told[code] > MAX_ALIKE:
            return
        self.problems.append(
            Problem(
                code=code,
                details=details,
                evidence=self.evidence.id,
                path=self.evidence.path,
                parent=self.evidence.parent,
                locus=locus,
                analyzer=self.analyzer,
                blocks_clean=blocks_clean,
            )
        )

    def conclude(
        self, measures: dict[str, float], *, more: str, unseen: tuple[Message, ...] = ()
    ) -> Findings:
        """All of it; the coverage is partly when a problem hides something that could matter.

        Args:
            measures: counts by name.
            more: the code of the message that says how many problems alike were not told singly.
            unseen: what stayed out of sight.
        """
        rest = tuple(
            Message(more, {"count": str(count - MAX_ALIKE), "problem": code})
            for code, count in sorted(self._told.items())
            if count > MAX_ALIKE
        )
        coverage = Coverage(
            evidence=self.evidence.id,
            analyzer=self.analyzer,
            status=CoverageStatus.PARTLY if self._blocked else CoverageStatus.LOOKED,
            measures=measures,
            unseen=unseen + rest,
        )
        return Findings(
            observations=tuple(self.observations),
            problems=tuple(self.problems),
            coverage=(coverage,),
        )
