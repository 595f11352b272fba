"""The main job: a dossier in, a review out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from sekisho import __version__
from sekisho.analyzers.interface import Context
from sekisho.analyzers.registry import ANALYZERS
from sekisho.errors import UsageError
from sekisho.intake.dossier import open_dossier
from sekisho.law.determine import determine
from sekisho.law.settle import settle_facts
from sekisho.model.case import Case
from sekisho.model.determination import Determination, strictest
from sekisho.model.dossier import Dossier
from sekisho.model.evidence import Evidence, Limits
from sekisho.model.fact import Fact
from sekisho.model.observation import observation_id
from sekisho.model.problem import Problem
from sekisho.model.review import Findings, Review
from sekisho.model.units import Sha256
from sekisho.record.store import Store
from sekisho.service.analysis import Analysis, analyze_evidence
from sekisho.service.assess import assess_leakage_of, assess_origin_of, packs_used
from sekisho.service.case_check import check_case
from sekisho.service.clock import Clock
from sekisho.service.key_logs import load_key_logs
from sekisho.service.packs import LawPacks, load_law
from sekisho.service.progress import Progress


class ReviewRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to review, and what is asked: parts of the case given here override the dossier's."""

    source: Path
    case: Case = Case()
    use_cache: bool = True
    limits: Limits = Limits()


class ReviewDone(msgspec.Struct, frozen=True, kw_only=True):
    """A review, and how much of its analysis was known from before."""

    review: Review
    analyses: int
    cached: int

    def notes(self) -> tuple[str, ...]:
        """What a person should know of how it was made."""
        if self.cached == 0:
            return ()
        if self.cached == self.analyses:
            return (f"cached: all {self.analyses} analyses are from an earlier run",)
        return (f"cached: {self.cached} of {self.analyses} analyses are from an earlier run",)


def review_dossier(
    request: ReviewRequest, *, store: Store, clock: Clock, progress: Progress
) -> ReviewDone:
    """Review a dossier from evidence to determinations.

    The review is a function of the evidence, the packs, the case and the versions; the clock
    gives the law date only where neither request nor dossier does, and dates in the store.

    Raises:
        EvidenceError: when the dossier cannot be opened.
        UsageError: when the case uses words the law does not have.
        PackError: when a pack is broken.
        StoreError: when the store cannot be used.
    """
    law = load_law()
    check_case(request.case, law.vocabulary, where="command line", error=UsageError)
    progress.begin("open", 1)
    taken = open_dossier(request.source, keep=store.evidence.keep, limits=request.limits)
    progress.step(request.source.name)
    dossier = taken.dossier
    check_case(dossier.case, law.vocabulary, where="dossier.yaml", error=UsageError)
    case = _join_cases(request.case, dossier.case, clock().date())
    known, later = _known_by(case.known_on, dossier.evidence)
    analysis = analyze_evidence(
        known,
        taken.contents,
        Context(
            known_values=dossier.known_values,
            limits=request.limits,
            key_log=load_key_logs(known, taken.contents),
        ),
        store=store,
        clock=clock,
        progress=progress,
        use_cache=request.use_cache,
    )
    findings = Findings(problems=(*taken.problems, *later)) + analysis.findings
    review = _conclude(dossier, case, findings, law, progress)
    store.save_custody(dossier, clock())
    store.save_review(review, _law_date(case), clock())
    return _done(review, analysis)


def _known_by(
    day: date | None, evidence: tuple[Evidence, ...]
) -> tuple[tuple[Evidence, ...], tuple[Problem, ...]]:
    """The evidence that was there on the record date, and a word on each that came later."""
    later = [
        item
        for item in evidence
        if day is not None and item.custody.received_on and item.custody.received_on > day
    ]
    problems = (
        Problem(
            code="SEK-P606",
            details={"on": str(item.custody.received_on)},
            evidence=item.id,
            path=item.path,
            parent=item.parent,
            blocks_clean=True,
        )
        for item in later
    )
    return tuple(item for item in evidence if item not in later), tuple(problems)


def _done(review: Review, analysis: Analysis) -> ReviewDone:
    return ReviewDone(review=review, analyses=analysis.analyses, cached=analysis.cached)


def _conclude(
    dossier: Dossier, case: Case, findings: Findings, law: LawPacks, progress: Progress
) -> Review:
    """From observations to determinations: nothing here reads a file of the dossier."""
    progress.begin("decide", len(law.regimes))
    observations = {observation_id(one): one for one in findings.observations}
    origin, of_origin = assess_origin_of(observations, dossier, _law_date(case))
    leakage, of_leakage = assess_leakage_of(observations, findings, dossier, case.task)
    facts = settle_facts((*of_origin, *of_leakage), law.vocabulary, known_on=case.known_on)
    determinations = tuple(_determine_all(law, facts, case, progress))
    packs = packs_used()
    return Review(
        sekisho_version=__version__,
        key=_key(dossier, case, packs),
        dossier=dossier,
        case=case,
        outcome=strictest(one.outcome for one in determinations if not one.advisory),
        determinations=determinations,
        leakage=leakage,
        origin=origin,
        facts=facts,
        observations=observations,
        problems=findings.problems,
        coverage=findings.coverage,
        packs=packs,
    )


def _determine_all(
    law: LawPacks, facts: tuple[Fact, ...], case: Case, progress: Progress
) -> Iterator[Determination]:
    for regime in law.regimes.values():
        for read in regime.in_each_reading():
            yield determine(read, facts, case, on=_law_date(case))
        progress.step(regime.id)


def _join_cases(asked: Case, stated: Case, today: date) -> Case:
    """The case asked, completed by the one the dossier states; the law date is never open."""
    return Case(
        act=asked.act or stated.act,
        task=asked.task or stated.task,
        body=asked.body or stated.body,
        on=asked.on or stated.on or today,
        acquired=asked.acquired or stated.acquired,
        known_on=asked.known_on or stated.known_on,
    )


def _law_date(case: Case) -> date:
    assert case.on is not None  # joined with today
    return case.on


def _key(dossier: Dossier, case: Case, packs: dict[str, Sha256]) -> Sha256:
    """The digest of everything that the review is a function of."""
    analyzers = sorted(analyzer.id for analyzer in ANALYZERS)
    parts = msgspec.json.encode(
        [__version__, analyzers, packs, dossier, case], order="deterministic"
    )
    return Sha256(hashlib.sha256(parts).hexdigest())
