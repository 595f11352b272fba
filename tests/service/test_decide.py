"""The law alone, on stated facts."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.errors import UsageError
from sekisho.model.determination import Determination, Effect, Outcome
from sekisho.service.decide import decide_cases, load_cases
from sekisho.service.packs import load_law

CAMERA = """
cases:
  - id: covered camera
    act: buy
    task: security
    body: us.dod
    on: 2026-11-01
    regimes: [us-848]
    facts:
      article.kind: uas
      component[front].kind: camera
      component[front].made_in: CN
"""
NO_WAIVER = CAMERA + '      waiver.us_848: "false"\n      purpose.us_848_exempt: "false"\n'


def outcomes(text: str) -> list[tuple[str, Outcome]]:
    packs = load_law()
    decisions = decide_cases(load_cases(text, "cases.yaml", packs), packs)
    return [(one.determination.regime, one.determination.outcome) for one in decisions]


def refusal(text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load_cases(text, "cases.yaml", load_law())
    return caught.value


def test_a_covered_component_prohibits_when_nothing_excuses_it() -> None:
    assert outcomes(NO_WAIVER) == [("us-848", Outcome.PROHIBITED)]


def test_while_nobody_has_spoken_of_a_waiver_the_body_waits() -> None:
    packs = load_law()
    (decision,) = decide_cases(load_cases(CAMERA, "cases.yaml", packs), packs)
    assert decision.determination.outcome is Outcome.UNDETERMINED
    assert decision.determination.effect_now is Effect.MAY_NOT_UNTIL_SHOWN


def test_the_same_camera_is_open_before_the_statute() -> None:
    text = NO_WAIVER.replace("2026-11-01", "2019-12-19")
    assert outcomes(text) == [("us-848", Outcome.NOT_APPLICABLE)]


def test_without_named_regimes_all_are_asked() -> None:
    asked = outcomes(NO_WAIVER.replace("    regimes: [us-848]\n", ""))
    assert list(dict.fromkeys(regime for regime, _ in asked)) == list(load_law().regimes)


def test_a_misspelt_fact_names_the_nearest_and_its_line() -> None:
    error = refusal(CAMERA.replace("article.kind", "article.knd"))
    assert "article.kind" in error.next_step
    assert error.where == "cases.yaml:10:7"


def test_a_misspelt_value_names_the_nearest() -> None:
    assert "uas" in refusal(CAMERA.replace("kind: uas", "kind: uaz")).next_step


def test_a_misspelt_body_names_the_nearest() -> None:
    error = refusal(CAMERA.replace("us.dod", "us.dodd"))
    assert "us.dod" in error.next_step
    assert error.where.startswith("cases.yaml:6:")


def test_an_unknown_regime_names_the_nearest() -> None:
    assert "us-848" in refusal(CAMERA.replace("[us-848]", "[us-847]")).next_step


def test_a_case_without_a_date_is_refused() -> None:
    assert "'on' is missing" in refusal(CAMERA.replace("    on: 2026-11-01\n", "")).what


def test_a_date_of_the_japanese_calendar_is_explained() -> None:
    error = refusal(CAMERA.replace("2026-11-01", "令和8年11月1日"))
    assert "Japanese calendar" in error.why


VOICES = """
cases:
  - id: disputed place
    act: buy
    task: security
    body: us.dod
    on: 2026-11-01
    regimes: [us-848]
    KNOWN
    facts:
      article.kind: uas
      waiver.us_848: {value: "false", voice: authority, by: the Secretary}
      purpose.us_848_exempt: "false"
      article.made_in:
        - {value: JP, voice: maker, made_on: 2026-01-01}
        - {value: CN, voice: laboratory, made_on: 2026-06-01}
"""


def voiced(known: str) -> Determination:
    packs = load_law()
    text = VOICES.replace("KNOWN", known)
    (decision,) = decide_cases(load_cases(text, "cases.yaml", packs), packs)
    return decision.determination


def test_voices_that_contradict_leave_a_fact_open_and_disputed() -> None:
    found = voiced("known_on: 2026-06-01")
    assert found.outcome is Outcome.UNDETERMINED
    assert found.disputed == ("article.made_in",)
    assert found.case.known_on == date(2026, 6, 1)


def test_as_of_an_earlier_record_date_there_was_no_dispute() -> None:
    assert voiced("known_on: 2026-05-31").disputed == ()


def test_a_voice_that_does_not_count_settles_nothing() -> None:
    text = VOICES.replace("voice: authority", "voice: maker").replace(
        "KNOWN", "known_on: 2026-01-01"
    )
    packs = load_law()
    (decision,) = decide_cases(load_cases(text, "cases.yaml", packs), packs)
    assert "waiver.us_848" not in {fact.key for fact in decision.determination.because}
