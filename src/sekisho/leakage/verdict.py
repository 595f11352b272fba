"""Does data leak? True, false or unknown, with the reasons and the tests still owed.

- *True* when an observed flow exceeds the need; nothing else can undo that.
- *False* only when there is a need profile, its test plan is met, no flow exceeds the need or is
  undecided, and nothing stands in the way (`hindrance`).
- *Unknown* otherwise; without a task or a profile for it always, since what exceeds the need
  cannot be told where the need is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from sekisho.leakage.hindrance import determine_hindrances
from sekisho.leakage.hosts import HostTable
from sekisho.leakage.judge import judge_flow
from sekisho.leakage.needs import LoadedProfile, profile_for
from sekisho.leakage.recipients import Directory, NamedByBody, Placed, Registry, know_recipient
from sekisho.leakage.testplan import gather_looked, plan_tests
from sekisho.model.assessment import (
    Contradiction,
    JudgedFlow,
    Judgement,
    LeakAssessment,
)
from sekisho.model.dossier import Dossier
from sekisho.model.evidence import CaptureConditions, Evidence
from sekisho.model.fact import Assertion
from sekisho.model.flow import Modality, Protection, Recipient
from sekisho.model.observation import Behaviour, Claim, Flow, Observation, Voice
from sekisho.model.problem import Coverage, Message, Problem
from sekisho.model.truth import Truth
from sekisho.model.units import EvidenceId, FactKey, ObservationId

ID = "leakage.verdict/1"
LEAKS = FactKey("data.leaks")

MAX_RESTS = 100
"""So many observations stand under an assertion at most; all flows are in the assessment."""

_ORDER = tuple(Judgement)


class Lookups(msgspec.Struct, frozen=True, kw_only=True):
    """What recipients are looked up in.

    `registered_domain` gives the registered domain of a host name (by the public suffix list),
    `None` or nothing when it has none.
    """

    hosts: HostTable
    registry: Registry
    registered_domain: Callable[[str], str | None]


def assess_leakage(
    *,
    observations: Mapping[ObservationId, Observation],
    coverage: Iterable[Coverage],
    problems: Iterable[Problem],
    dossier: Dossier,
    task: str | None,
    profiles: Iterable[LoadedProfile],
    lookups: Lookups,
) -> tuple[LeakAssessment, tuple[Assertion, ...]]:
    """Answer whether data leaks beyond the need of the task.

    Args:
        observations: of all analyzers, by id.
        coverage: of all analyzers.
        problems: of intake and all analyzers.
        dossier: the evidence with its capture conditions, the recipients the body named, and the
            known values.
        task: of the case, in the words of the vocabulary.
        profiles: the need profiles to choose from.
        lookups: what recipients are looked up in.

    Returns:
        The assessment, and the assertion on `data.leaks` unless it is unknown.
    """
    loaded = profile_for(task, profiles)
    profile = loaded.profile if loaded else None
    named = NamedByBody(dossier.recipients, lookups.registered_domain)
    flows = _judge_all(observations, dossier, loaded, lookups, named)
    possible = frozenset(
        name for name, seen in _flows(observations) if seen.modality is Modality.POSSIBLE
    )
    behaviours = (seen for seen in observations.values() if isinstance(seen, Behaviour))
    looked = gather_looked(dossier.evidence, coverage, behaviours, profile)
    tests = plan_tests(profile, looked, flows, possible) if profile else ()
    in_the_way = (
        *_unserved(task, loaded),
        *named.refused,
        *determine_hindrances(looked, problems, flows, tests),
    )
    leaks = _determine(flows, in_the_way)
    assertions = _assert(leaks, flows)
    assessment = LeakAssessment(
        task=task,
        profile=profile.id if profile else None,
        profile_digest=loaded.digest if loaded else None,
        leaks=leaks,
        flows=flows,
        test_plan=tests,
        in_the_way=in_the_way,
        contradictions=_contradictions(observations, leaks, flows),
        title=profile.title if profile else None,
        rules={rule.id: rule.words for rule in profile.rules()} if profile else {},
    )
    return assessment, assertions


def _unserved(task: str | None, loaded: LoadedProfile | None) -> tuple[Message, ...]:
    if loaded is not None:
        return ()
    return (Message("SEK-P832") if task is None else Message("SEK-P833", {"task": task}),)


def _determine(flows: Sequence[JudgedFlow], in_the_way: Sequence[Message]) -> Truth:
    """Undecided flows, owed tests and a missing profile are all `in_the_way`."""
    if any(judged.judgement is Judgement.EXCEEDS for judged in flows):
        return Truth.TRUE
    return Truth.UNKNOWN if in_the_way else Truth.FALSE


def _assert(leaks: Truth, flows: Sequence[JudgedFlow]) -> tuple[Assertion, ...]:
    if leaks is Truth.UNKNOWN:
        return ()
    rests_on = _exceeding(flows) if leaks is Truth.TRUE else [judged.flow for judged in flows]
    return (
        Assertion(
            fact=LEAKS,
            value=leaks.value,
            voice=Voice.OBSERVED,
            by=ID,
            rests_on=tuple(rests_on[:MAX_RESTS]),
        ),
    )


def _exceeding(flows: Iterable[JudgedFlow]) -> list[ObservationId]:
    return [judged.flow for judged in flows if judged.judgement is Judgement.EXCEEDS]


def _contradictions(
    observations: Mapping[ObservationId, Observation], leaks: Truth, flows: Sequence[JudgedFlow]
) -> tuple[Contradiction, ...]:
    """Declarations that nothing leaks, where something was seen to."""
    if leaks is not Truth.TRUE:
        return ()
    against = tuple(_exceeding(flows)[:MAX_RESTS])
    return tuple(
        Contradiction(
            claim=name,
            against=against,
            what=Message("SEK-P870", {"by": seen.by, "flows": str(len(_exceeding(flows)))}),
        )
        for name, seen in sorted(observations.items())
        if isinstance(seen, Claim) and seen.fact == LEAKS and seen.value == "false"
    )


def _flows(
    observations: Mapping[ObservationId, Observation],
) -> list[tuple[ObservationId, Flow]]:
    return [(name, seen) for name, seen in sorted(observations.items()) if isinstance(seen, Flow)]


def _judge_all(
    observations: Mapping[ObservationId, Observation],
    dossier: Dossier,
    loaded: LoadedProfile | None,
    lookups: Lookups,
    named: NamedByBody,
) -> tuple[JudgedFlow, ...]:
    """Judge every flow; those that exceed come first, the plainest before others."""
    directory = Directory(
        hosts=lookups.hosts,
        registry=lookups.registry,
        registered_domain=lookups.registered_domain,
        named=named,
    )
    flows = _flows(observations)
    placed = _place_all(flows, directory)
    seen_with = _index_recipients(flows, placed)
    evidence = {item.id: item for item in dossier.evidence}
    values = {value.name: value for value in dossier.known_values}
    judged: list[tuple[tuple[int, bool, bool, str], JudgedFlow]] = []
    for name, flow in flows:
        conditions = _conditions(flow, evidence)
        one = judge_flow(
            name,
            flow,
            placed[name],
            loaded.profile if loaded else None,
            phase=flow.phase or conditions.phase,
            site=conditions.site,
            values=values,
            corroborated_by=seen_with.get((_other(flow), placed[name].known.name), ()),
        )
        judged.append((_rank(name, flow, one.judgement), one))
    return tuple(one for _, one in sorted(judged, key=lambda pair: pair[0]))


def _place_all(
    flows: Iterable[tuple[ObservationId, Flow]], directory: Directory
) -> dict[ObservationId, Placed]:
    """The recipient of each flow as known; each recipient is looked up once."""
    known: dict[tuple[Recipient, Modality], Placed] = {}
    placed: dict[ObservationId, Placed] = {}
    for name, flow in flows:
        key = (flow.recipient, flow.modality)
        if key not in known:
            known[key] = know_recipient(flow.recipient, flow.modality, directory)
        placed[name] = known[key]
    return placed


def _rank(name: ObservationId, flow: Flow, judgement: Judgement) -> tuple[int, bool, bool, str]:
    clear = flow.protection is Protection.CLEAR
    return _ORDER.index(judgement), not flow.carried, not clear, name


def _other(flow: Flow) -> Modality:
    possible = flow.modality is Modality.POSSIBLE
    return Modality.OBSERVED if possible else Modality.POSSIBLE


def _index_recipients(
    flows: Iterable[tuple[ObservationId, Flow]], placed: Mapping[ObservationId, Placed]
) -> dict[tuple[Modality, str], tuple[ObservationId, ...]]:
    """The flows by modality and recipient, so that code and capture can bear each other out."""
    index: dict[tuple[Modality, str], list[ObservationId]] = {}
    for name, flow in flows:
        index.setdefault((flow.modality, placed[name].known.name), []).append(name)
    return {key: tuple(names[:MAX_RESTS]) for key, names in index.items() if key[1]}


def _conditions(flow: Flow, evidence: Mapping[EvidenceId, Evidence]) -> CaptureConditions:
    found = evidence.get(flow.loci[0].evidence) if flow.loci else None
    return found.conditions if found else CaptureConditions()
