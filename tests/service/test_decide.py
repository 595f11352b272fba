"""The law alone, on stated facts."""

from __future__ import annotations

import pytest

from sekisho.errors import UsageError
from sekisho.model.determination import Effect, Outcome
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
    assert [regime for regime, _ in asked] == list(load_law().regimes)


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
