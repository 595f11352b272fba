from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.leakage.verdict import MAX_RESTS
from sekisho.model.assessment import Judgement, LeakAssessment
from sekisho.model.dossier import NamedRecipient
from sekisho.model.evidence import EvidenceKind, Mark, Phase
from sekisho.model.flow import NameSource, Protection
from sekisho.model.observation import Behaviour, Flow, Observation, Voice, observation_id
from sekisho.model.problem import CoverageStatus, Problem
from sekisho.model.truth import Truth
from sekisho.model.units import AnalyzerId, utc_instant
from tests.leakage.build import (
    APP,
    BODY,
    CAPTURES,
    GCS,
    TELEMETRY,
    assess,
    capture_of,
    claim,
    clean,
    codes,
    evidence,
    flow,
    leak,
    looked,
    packed,
    possible,
)


def test_a_clean_and_fully_covered_article_does_not_leak() -> None:
    assessment, (assertion,) = assess((*clean(), possible(GCS)))
    assert assessment.leaks is Truth.FALSE
    assert assessment.in_the_way == ()
    assert not any(test.owed for test in assessment.test_plan)
    assert (assertion.fact, assertion.value, assertion.voice) == (
        "data.leaks",
        "false",
        Voice.OBSERVED,
    )
    assert set(assertion.rests_on) == {judged.flow for judged in assessment.flows}
    assert assessment.profile == "criminal_investigation"
    assert assessment.profile_digest is not None
    assert "own-systems" in assessment.rules


def test_an_observed_flow_that_exceeds_the_need_is_a_leak_though_little_was_looked_at() -> None:
    seen = (leak(), possible(TELEMETRY), claim())
    items = (APP, capture_of(Phase.FLIGHT))
    assessment, (assertion,) = assess(seen, items=items)
    assert assessment.leaks is Truth.TRUE
    assert assertion.value == "true"
    assert assertion.rests_on == (observation_id(leak()),)
    (contradiction,) = assessment.contradictions
    assert contradiction.claim == observation_id(claim())
    assert contradiction.against == (observation_id(leak()),)
    worst = assessment.flows[0]
    assert worst.judgement is Judgement.EXCEEDS
    assert worst.corroborated_by == (observation_id(possible(TELEMETRY)),)


def test_a_declaration_is_not_contradicted_by_what_was_not_seen_to_leak() -> None:
    assert assess((*clean(), claim()))[0].contradictions == ()
    assert assess((leak(), claim("true")))[0].contradictions == ()


def test_a_packed_app_without_captures_leaves_it_unknown_with_the_tests_owed() -> None:
    assessment, assertions = assess((packed(),), items=(APP,))
    assert assessment.leaks is Truth.UNKNOWN
    assert assertions == ()
    owed = {test.id: (test.wanted, test.done) for test in assessment.test_plan if test.owed}
    assert owed == {
        "capture_first_run": (5.0, 0.0),
        "capture_idle": (10.0, 0.0),
        "capture_flight": (10.0, 0.0),
        "capture_after_flight": (5.0, 0.0),
        "capture_update": (5.0, 0.0),
        "app_analysis": (1.0, 0.0),
        "open_build:packed_code": (1.0, 0.0),
    }
    assert codes(assessment.in_the_way) == ["SEK-P844", "SEK-P846"]


@pytest.mark.parametrize("phase", list(Phase))
def test_without_a_capture_of_a_phase_nothing_is_called_clean(phase: Phase) -> None:
    items = (APP, *(item for item in CAPTURES if item.conditions.phase is not phase))
    assessment, assertions = assess(clean(), items=items)
    assert assessment.leaks is Truth.UNKNOWN
    assert assertions == ()
    assert [test.id for test in assessment.test_plan if test.owed] == [f"capture_{phase}"]


def test_a_capture_that_is_too_short_owes_the_rest() -> None:
    coverage = [looked(APP), *(looked(item, seconds=299.0) for item in CAPTURES)]
    assessment, _ = assess(clean(), coverage=coverage)
    first = assessment.test_plan[0]
    assert first.owed
    assert first.done == pytest.approx(299 / 60)
    assert first.words is not None


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), -5.0, 0.0])
def test_a_duration_that_is_none_counts_as_nothing(seconds: float) -> None:
    coverage = [looked(APP), *(looked(item, seconds=seconds) for item in CAPTURES)]
    assert assess(clean(), coverage=coverage)[0].leaks is Truth.UNKNOWN


def test_minutes_of_several_captures_of_a_phase_add_up() -> None:
    more = evidence("captures/second.pcap", EvidenceKind.PCAP, Phase.IDLE)
    items = (APP, *CAPTURES, more)
    coverage = [
        looked(item, seconds=301.0 if item.conditions.phase is Phase.IDLE else 1800.0)
        for item in items
    ]
    assert assess(clean(), items=items, coverage=coverage)[0].leaks is Truth.FALSE
    assert assess(clean(), coverage=coverage[:-1])[0].leaks is Truth.UNKNOWN


def test_a_capture_divided_by_marks_counts_for_each_of_its_phases() -> None:
    whole = evidence("captures/day.pcap", EvidenceKind.PCAP, Phase.IDLE)
    divided = msgspec.structs.replace(
        whole,
        conditions=msgspec.structs.replace(
            whole.conditions, marks=(Mark(at=utc_instant(10), phase=Phase.FLIGHT),)
        ),
    )
    left = [item for item in CAPTURES if item.conditions.phase not in {Phase.IDLE, Phase.FLIGHT}]
    items = (APP, *left, divided)
    coverage = [looked(item) for item in items[:-1]]
    measures = {"duration_s": 3600.0, "idle_s": 1800.0, "flight_s": 1800.0}
    day = msgspec.structs.replace(looked(divided), measures=measures)
    assert assess(clean(), items=items, coverage=[*coverage, day])[0].leaks is Truth.FALSE
    for phase in ("idle_s", "flight_s"):
        short = msgspec.structs.replace(day, measures=measures | {phase: 60.0})
        assert assess(clean(), items=items, coverage=[*coverage, short])[0].leaks is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CoverageStatus.FAILED, "SEK-P841"),
        (CoverageStatus.PARTLY, "SEK-P842"),
        (CoverageStatus.NOT_LOOKED, "SEK-P843"),
    ],
)
def test_what_was_not_wholly_looked_at_stands_in_the_way(status: CoverageStatus, code: str) -> None:
    extra = evidence("captures/extra.pcap", EvidenceKind.PCAP)
    items = (APP, *CAPTURES, extra)
    coverage = [looked(item) for item in items[:-1]] + [looked(extra, status)]
    assessment, _ = assess(clean(), items=items, coverage=coverage)
    assert assessment.leaks is Truth.UNKNOWN
    assert codes(assessment.in_the_way) == [code]


def test_evidence_that_nobody_spoke_of_stands_in_the_way() -> None:
    unknown = evidence("firmware.bin", EvidenceKind.UNKNOWN)
    coverage = [looked(item) for item in (APP, *CAPTURES)]
    assessment, _ = assess(clean(), items=(APP, *CAPTURES, unknown), coverage=coverage)
    assert codes(assessment.in_the_way) == ["SEK-P843"]


@pytest.mark.parametrize(
    "kind", [EvidenceKind.TEXT, EvidenceKind.PARTS_TABLE, EvidenceKind.ZIP, EvidenceKind.EMPTY]
)
def test_documents_and_containers_need_not_be_looked_at(kind: EvidenceKind) -> None:
    other = evidence("other", kind)
    coverage = [looked(item) for item in (APP, *CAPTURES)]
    assert assess(clean(), items=(APP, *CAPTURES, other), coverage=coverage)[0].leaks is Truth.FALSE


def test_a_problem_that_blocks_clean_stands_in_the_way_unless_it_is_in_a_document() -> None:
    parts = evidence("parts.csv", EvidenceKind.PARTS_TABLE)
    items = (APP, *CAPTURES, parts)

    def leaks(problem: Problem) -> LeakAssessment:
        return assess(clean(), items=items, problems=[problem, problem])[0]

    bad = leaks(Problem(code="SEK-P301", evidence=CAPTURES[0].id, blocks_clean=True))
    assert codes(bad.in_the_way) == ["SEK-P840"]
    assert bad.in_the_way[0].details["path"] == CAPTURES[0].path
    lost = leaks(Problem(code="SEK-P101", path="gone", blocks_clean=True))
    assert lost.leaks is Truth.UNKNOWN
    pathless = leaks(Problem(code="SEK-P601", blocks_clean=True))
    assert pathless.in_the_way[0].details["path"] == ""
    stranger = Problem(
        code="SEK-P101", evidence=evidence("x", EvidenceKind.TEXT).id, blocks_clean=True
    )
    assert leaks(stranger).leaks is Truth.UNKNOWN
    assert (
        leaks(Problem(code="SEK-P401", evidence=parts.id, blocks_clean=True)).leaks is Truth.FALSE
    )
    assert leaks(Problem(code="SEK-P301", evidence=CAPTURES[0].id)).leaks is Truth.FALSE


def test_code_that_could_send_elsewhere_owes_a_test() -> None:
    assessment, _ = assess((*clean(), possible("cloud.maker.example")))
    assert assessment.leaks is Truth.UNKNOWN
    assert [test.id for test in assessment.test_plan if test.owed] == [
        "reachable:cloud.maker.example"
    ]
    assert codes(assessment.in_the_way) == ["SEK-P845", "SEK-P846"]


def test_a_recipient_that_was_seen_owes_no_test_of_the_code_that_reaches_it() -> None:
    assessment, _ = assess((*clean(), leak(), possible(TELEMETRY)))
    assert not any(test.owed for test in assessment.test_plan)


def test_many_recipients_in_code_are_counted_and_some_named() -> None:
    hosts = [possible(f"h{number}.maker.example") for number in range(50)]
    assessment, _ = assess((*clean(), *hosts))
    assert sum(test.id.startswith("reachable:") for test in assessment.test_plan) == 20
    assert assessment.in_the_way[0].details == {"flows": "50"}


@pytest.mark.parametrize(("task", "code"), [(None, "SEK-P832"), ("unheard_of", "SEK-P833")])
def test_without_a_profile_for_the_task_it_is_unknown(task: str | None, code: str) -> None:
    assessment, assertions = assess((*clean(), leak(), claim()), task=task)
    assert assessment.leaks is Truth.UNKNOWN
    assert assertions == ()
    assert codes(assessment.in_the_way)[0] == code
    assert assessment.test_plan == ()
    assert assessment.contradictions == ()


def test_an_entry_of_the_body_that_names_nobody_stands_in_the_way() -> None:
    named = (*BODY, NamedRecipient(network="0.0.0.0/0"))
    assert codes(assess(clean(), named=named)[0].in_the_way) == ["SEK-P830"]


def test_the_phase_and_site_of_the_capture_count_where_the_flow_has_none() -> None:
    bare = msgspec.structs.replace(leak(), phase=None)
    nowhere = msgspec.structs.replace(leak(), phase=None, loci=())
    assert "SEK-P807" in codes(assess((bare,))[0].flows[0].reasons)
    assert "SEK-P806" in codes(assess((nowhere,))[0].flows[0].reasons)


def test_a_file_taken_out_of_an_app_is_looked_at_with_the_app() -> None:
    code = evidence("app/app.apk!/classes.dex", EvidenceKind.DEX, parent=APP.path)
    assessment, _ = assess(clean(), items=(APP, code, *CAPTURES))
    assert assessment.leaks is Truth.FALSE
    second = evidence("app/second.apk", EvidenceKind.APK)
    coverage = [looked(item) for item in (APP, *CAPTURES)]
    owed = assess(clean(), items=(APP, second, *CAPTURES), coverage=coverage)[0].test_plan[-1]
    assert (owed.id, owed.wanted, owed.done, owed.owed) == ("app_analysis", 2.0, 1.0, True)


def test_behaviours_that_do_not_hide_code_do_not_stand_in_the_way() -> None:
    restart = Behaviour(loci=(), analyzer=AnalyzerId("app.code/1"), name="hidden_restart")
    assert assess((*clean(), restart))[0].leaks is Truth.FALSE
    nowhere = Behaviour(loci=(), analyzer=AnalyzerId("app.code/1"), name="self_update")
    assert assess((*clean(), nowhere))[0].leaks is Truth.UNKNOWN


def test_the_assertion_rests_on_a_readable_number_of_flows() -> None:
    flows = [leak(frame) for frame in range(MAX_RESTS + 20)]
    assessment, (assertion,) = assess(flows)
    assert len(assertion.rests_on) == MAX_RESTS
    assert len(assessment.flows) == MAX_RESTS + 20


def test_the_answer_does_not_depend_on_the_order_of_observations() -> None:
    seen: list[Observation] = [*clean(), leak(), possible("a.example.net"), claim(), packed()]
    assert assess(seen) == assess(list(reversed(seen)))


def some_flows() -> st.SearchStrategy[Sequence[Observation]]:
    hosts = st.sampled_from([GCS, TELEMETRY, "192.168.1.1", None])
    one = st.builds(
        flow,
        host=hosts,
        address=st.sampled_from(["10.20.0.5", "8.8.8.8", "192.168.1.1", "224.0.0.251", None]),
        phase=st.sampled_from(Phase),
        protection=st.sampled_from(Protection),
        source=st.sampled_from(NameSource),
        protocol=st.sampled_from(["tls", "dns", "dhcp", "http"]),
    )
    return st.lists(
        st.one_of(one, st.builds(possible, st.sampled_from([GCS, TELEMETRY])), st.just(packed())),
        max_size=6,
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(seen=some_flows(), kept=st.sets(st.sampled_from(Phase)))
def test_adding_an_exceeding_flow_always_gives_a_leak(
    seen: Sequence[Observation], kept: set[Phase]
) -> None:
    items = (APP, *(item for item in CAPTURES if item.conditions.phase in kept))
    assert assess((*seen, leak()), items=items)[0].leaks is Truth.TRUE


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(seen=some_flows(), gone=st.sampled_from(Phase), kept=st.sets(st.sampled_from(Phase)))
def test_removing_a_capture_never_turns_unknown_into_no_leak(
    seen: Sequence[Observation], gone: Phase, kept: set[Phase]
) -> None:
    items = (APP, *(item for item in CAPTURES if item.conditions.phase in kept))
    before = assess(seen, items=items)[0].leaks
    left = tuple(item for item in items if item.conditions.phase is not gone)
    rest = [one for one in seen if not (isinstance(one, Flow) and one.phase is gone)]
    after = assess(rest, items=left)[0].leaks
    assert not (before is Truth.UNKNOWN and after is Truth.FALSE)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(seen=some_flows(), status=st.sampled_from(CoverageStatus))
def test_no_leak_is_said_only_when_nothing_stands_in_the_way(
    seen: Sequence[Observation], status: CoverageStatus
) -> None:
    coverage = [looked(APP, status), *(looked(item) for item in CAPTURES)]
    assessment, assertions = assess(seen, coverage=coverage)
    if assessment.leaks is Truth.FALSE:
        assert status is CoverageStatus.LOOKED
        assert all(judged.judgement is Judgement.NEEDED for judged in assessment.flows)
        assert not any(test.owed for test in assessment.test_plan)
    assert bool(assertions) == (assessment.leaks is not Truth.UNKNOWN)
