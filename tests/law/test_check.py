"""What is proved of a regime: faults that are planted are found, each with a case that shows it."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.errors import PackError
from sekisho.law import diagram, worlds
from sekisho.law.casefile import BaseCase, ExpectedCase, ExpectedCases
from sekisho.law.check import CheckFinding, CheckKind, Example, check_regime, days_of_change
from sekisho.law.check_cases import check_cases
from sekisho.law.determine import determine
from sekisho.law.regime import Regime
from sekisho.model.case import Case
from sekisho.model.determination import Effect, Outcome
from tests.law.small import known, regime_of

PARAMETER = """parameters:
  lands:
    - {values: [CN], since: 2020-01-01, until: 2021-01-01, cite: {text: x, confidence: primary}}
    - {values: [CN, RU], since: 2022-01-01, cite: {text: x, confidence: primary}}
"""
THEOREM = """theorems:
  - {{says: {{en: claim, ja: 主張}}, when: {when}, outcome: [{outcome}]{more}}}
"""


def faults(regime: Regime) -> list[CheckFinding]:
    return [finding for finding in check_regime(regime) if finding.is_fault]


def decided(regime: Regime, example: Example) -> Outcome:
    """The outcome of an example: it is a case that can be run as it is."""
    acquired = date.fromisoformat(example.acquired) if example.acquired else None
    case = Case(act=example.act, task=example.task, body=example.body, acquired=acquired)
    return determine(regime, known(example.facts), case, on=example.on).outcome


SOUND = regime_of("id: ban, prohibit: a", "id: lift, except_to: [ban], when: b")


def test_a_sound_regime_has_no_faults() -> None:
    assert faults(SOUND) == []


@pytest.mark.parametrize(
    ("clauses", "clause", "kind"),
    [
        (("id: ban, prohibit: a and not a",), "ban", CheckKind.DEAD_CLAUSE),
        (("id: ban, prohibit: a, when: body = private",), "ban", CheckKind.DEAD_CLAUSE),
        (
            ("id: scope, scope: body = state", "id: x, scope: a and not a", "id: ban, prohibit: b"),
            "x",
            CheckKind.DEAD_CLAUSE,
        ),
        (
            ("id: ban, prohibit: a", "id: lift, except_to: [ban], when: not a"),
            "lift",
            CheckKind.IDLE_EXCEPTION,
        ),
        (
            ("id: ban, prohibit: a", "id: care, condition: {en: c, ja: c}, when: c and not c"),
            "care",
            CheckKind.DEAD_CLAUSE,
        ),
        (
            ("id: ban, prohibit: 'any part where (kind = camera and kind = radio)'",),
            "ban",
            CheckKind.DEAD_CLAUSE,
        ),
    ],
)
def test_what_never_matters_is_found(
    clauses: tuple[str, ...], clause: str, kind: CheckKind
) -> None:
    (fault,) = faults(regime_of(*clauses))
    assert (fault.kind, fault.clause) == (kind, clause)


def test_an_exception_that_is_always_lifted_itself_is_idle() -> None:
    regime = regime_of(
        "id: ban, prohibit: a",
        "id: lift, except_to: [ban], when: b",
        "id: back, except_to: [lift], when: b",
    )
    assert [fault.clause for fault in faults(regime)] == ["lift"]


def test_a_clause_that_another_always_covers_is_a_note() -> None:
    regime = regime_of("id: one, prohibit: a", "id: two, prohibit: a and b")
    notes = list(check_regime(regime))
    assert [(note.kind, note.clause) for note in notes] == [(CheckKind.NOTE, "two")]


def test_days_without_a_value_of_a_parameter_are_a_gap() -> None:
    regime = regime_of("id: ban, prohibit: place in lands, since: 2020-01-01", more=PARAMETER)
    gaps = [fault for fault in faults(regime) if fault.kind is CheckKind.GAP]
    assert [gap.says for gap in gaps] == ["on 2021-01-01 the law has no value for lands"]


def test_no_gap_where_no_clause_asks_on_these_days() -> None:
    regime = regime_of("id: ban, prohibit: place in lands, since: 2022-01-01", more=PARAMETER)
    assert faults(regime) == []


def test_clauses_that_together_ban_what_neither_bans_contradict_each_other() -> None:
    regime = regime_of("id: must, require: a, when: act = buy", "id: ban, prohibit: a")
    (fault,) = faults(regime)
    assert fault.kind is CheckKind.CONTRADICTION
    assert fault.example is not None
    assert fault.example.act == "buy"
    assert decided(regime, fault.example) is Outcome.PROHIBITED


def test_a_flat_ban_is_no_contradiction() -> None:
    assert faults(regime_of("id: ban, prohibit: act = buy")) == []


def test_a_theorem_that_holds_is_no_finding() -> None:
    more = THEOREM.format(when="b", outcome="permitted, not_applicable", more="")
    regime = regime_of("id: ban, prohibit: a", "id: lift, except_to: [ban], when: b", more=more)
    assert faults(regime) == []


def test_a_theorem_that_fails_is_shown_by_a_case() -> None:
    more = THEOREM.format(when="not b", outcome="permitted, not_applicable", more="")
    regime = regime_of("id: ban, prohibit: a", "id: lift, except_to: [ban], when: b", more=more)
    (fault,) = faults(regime)
    assert fault.kind is CheckKind.THEOREM
    assert "prohibited" in fault.says
    assert fault.example is not None
    assert decided(regime, fault.example) is Outcome.PROHIBITED


@pytest.mark.parametrize(
    ("more", "holds"),
    [(", since: 2026-01-01", False), (", until: 2026-01-01", True)],
)
def test_a_theorem_is_claimed_of_its_period(more: str, holds: bool) -> None:  # noqa: FBT001
    claim = THEOREM.format(when="a", outcome="permitted, not_applicable", more=more)
    regime = regime_of("id: ban, prohibit: a, since: 2026-01-01", more=claim)
    assert (faults(regime) == []) is holds


def test_words_that_no_clause_uses_are_found() -> None:
    fact = (
        "facts:\n  - {key: waiver.small, type: truth, question: {en: q, ja: q},"
        " settled_by: [authority]}\n"
    )
    regime = regime_of("id: ban, prohibit: a", more=fact + PARAMETER)
    assert [(f.kind, f.says) for f in faults(regime)] == [
        (CheckKind.UNUSED, "no clause speaks of the fact 'waiver.small'"),
        (CheckKind.UNUSED, "no clause speaks of the parameter 'lands'"),
    ]


def test_facts_that_help_and_hurt_are_noted() -> None:
    regime = regime_of("id: ban, prohibit: '(a and b) or (not a and c)'")
    (note,) = check_regime(regime)
    assert note.kind is CheckKind.NOTE
    assert note.says.startswith("a both help and hurt")


def test_each_reading_is_proved() -> None:
    readings = "readings: {one: {en: o, ja: o}, other: {en: p, ja: p}}\n"
    regime = regime_of(
        "id: ban, prohibit: a, reading: one",
        "id: dead, prohibit: a and not a, reading: other",
        more=readings,
    )
    assert [(fault.clause, fault.reading) for fault in faults(regime)] == [("dead", "other")]


def test_a_regime_too_entangled_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "MOST_NODES", 3)
    with pytest.raises(PackError) as caught:
        faults(SOUND)
    assert caught.value.code == "SEK-E310"


BASE = BaseCase(on=date(2026, 11, 1), body="state", facts={"a": "false", "b": "false"})
ENOUGH = (
    ExpectedCase(name="allowed", outcome=Outcome.PERMITTED),
    ExpectedCase(name="refused", outcome=Outcome.PROHIBITED, facts={"a": "true"}),
    ExpectedCase(name="lifted", outcome=Outcome.PERMITTED, facts={"a": "true", "b": "true"}),
    ExpectedCase(name="open", outcome=Outcome.UNDETERMINED, facts={"a": None}),
    ExpectedCase(name="outside", outcome=Outcome.NOT_APPLICABLE, body="private"),
)


def untried(regime: Regime, *cases: ExpectedCase) -> list[str]:
    return [one.says for one in check_cases(regime, ExpectedCases(BASE, cases))]


def test_cases_that_try_everything_suffice() -> None:
    assert untried(SOUND, *ENOUGH) == []


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        (
            "refused",
            ["in no case 'ban' holds", "no case is refused, or allowed under a condition alone"],
        ),
        ("lifted", ["in no case 'lift' holds"]),
        ("open", ["no case is undetermined"]),
        ("outside", ["in no case 'scope' does not hold", "no case is outside the regime"]),
    ],
)
def test_what_no_case_tries_is_found(left_out: str, says: list[str]) -> None:
    assert untried(SOUND, *(case for case in ENOUGH if case.name != left_out)) == says


def test_days_that_no_case_is_about_are_found() -> None:
    regime = regime_of(
        "id: ban, prohibit: a, since: 2026-11-01", "id: lift, except_to: [ban], when: b"
    )
    assert untried(regime, *ENOUGH) == ["no case is about the day before 2026-11-01"]


def test_a_case_decided_otherwise_is_found() -> None:
    wrong = ExpectedCase(name="wrong", outcome=Outcome.CONDITIONAL, facts={"a": "true"})
    assert untried(SOUND, *ENOUGH, wrong) == ["'wrong': the outcome is prohibited, not conditional"]


def test_where_members_are_of_too_many_kinds_quantifiers_are_taken_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then less is found, and nothing wrongly."""
    regime = regime_of("id: ban, prohibit: 'any part where (kind = camera and kind = radio)'")
    assert [fault.clause for fault in faults(regime)] == ["ban"]
    monkeypatch.setattr(worlds, "_MOST_MEMBER_KINDS", 1)
    assert faults(regime) == []


def test_each_way_in_which_an_answer_differs_is_told() -> None:
    wrong = ExpectedCase(
        name="wrong",
        outcome=Outcome.PROHIBITED,
        effect=Effect.MAY,
        deciding=("lift",),
        holds=("lift",),
        facts={"a": "true"},
    )
    (said,) = untried(SOUND, *ENOUGH, wrong)
    assert said == (
        "'wrong': the effect is may_not, not may; it turns on ban, not on lift;"
        " lift is false, not true"
    )


def test_facts_that_come_with_the_case_are_no_matter_of_evidence() -> None:
    """They are always known, so nobody is told that they both help and hurt."""
    rule = "(act = buy and a) or (act != buy and b)"
    assert [note.says for note in check_regime(regime_of(f"id: ban, prohibit: '{rule}'"))] == []
    (note,) = check_regime(regime_of("id: ban, prohibit: '(c and a) or (not c and b)'"))
    assert note.kind is CheckKind.NOTE
    assert note.says.startswith("c both help and hurt")


def test_the_first_day_of_the_calendar_has_none_before_it() -> None:
    first, second = date.min, date(2026, 1, 1)
    regime = regime_of("id: ban, prohibit: a, since: 0001-01-01, until: 2026-01-01")
    assert days_of_change(regime) == (first, second)
    later = regime_of("id: ban, prohibit: a, since: 0001-01-02")
    assert days_of_change(later) == (first, date(1, 1, 2))
