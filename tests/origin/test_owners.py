from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.model.observation import Ownership
from sekisho.origin.owners import Control, determine_control, gather_holdings
from sekisho.origin.parties import Named
from tests.origin.build import FOEHN, KAZE, ON, by_id, codes, owns


def control(*records: Ownership, on: date | None = ON, maker: str = KAZE) -> Control:
    return determine_control([Named(name=maker, role="maker")], gather_holdings(by_id(records), on))


def names(found: Control) -> list[str]:
    return [controller.name for controller in found.controllers]


@pytest.mark.parametrize(("share", "controls"), [(0.5, False), (0.51, True), (1.0, True)])
def test_more_than_half_is_control(share: float, *, controls: bool) -> None:
    found = control(owns(FOEHN, KAZE, share, owner_country="NL"))
    assert names(found) == ([FOEHN] if controls else [])
    if controls:
        assert found.controllers[0].country == "NL"
        assert found.controllers[0].share == pytest.approx(share)


def test_shares_add_up_over_those_controlled() -> None:
    found = control(
        owns("Top", "Left", 0.6),
        owns("Top", "Right", 0.6),
        owns("Left", KAZE, 0.3),
        owns("Right", KAZE, 0.3),
    )
    assert names(found) == ["Top"]
    assert found.controllers[0].share == pytest.approx(0.6)
    assert len(found.controllers[0].rests_on) == 4


def test_control_is_not_the_product_of_shares() -> None:
    found = control(owns("Top", "Middle", 0.51), owns("Middle", KAZE, 0.51))
    assert sorted(names(found)) == ["Middle", "Top"]


def test_a_share_without_control_of_the_holder_does_not_count() -> None:
    assert names(control(owns("Top", "Middle", 0.4), owns("Middle", KAZE, 0.9))) == ["Middle"]


def test_cycles_end_and_count_once() -> None:
    found = control(
        owns("A", "B", 0.6),
        owns("B", "A", 0.6),
        owns("B", KAZE, 0.7),
        owns(KAZE, "B", 0.2),
        owns(KAZE, KAZE, 0.1),
    )
    assert sorted(names(found)) == ["A", "B"]
    assert all(controller.share <= 1 for controller in found.controllers)


def test_shares_above_the_whole_are_not_used_and_told() -> None:
    found = control(owns("A", KAZE, 0.8), owns("B", KAZE, 0.7))
    assert names(found) == []
    assert codes(found.limits) == ["SEK-P720"]
    above = control(owns("A", KAZE, 1.2))
    assert names(above) == []
    assert codes(above.limits) == ["SEK-P720"]


def test_the_same_holding_told_in_two_documents_counts_once() -> None:
    found = control(owns("A", KAZE, 0.6), owns("A", KAZE, 0.6, document="second.csv"))
    assert found.controllers[0].share == pytest.approx(0.6)
    assert found.limits == ()


def test_parts_of_a_holding_in_one_document_add_up() -> None:
    found = control(owns("A", KAZE, 0.3), owns("A", KAZE, 0.3, number=3))
    assert found.controllers[0].share == pytest.approx(0.6)


def test_an_unknown_share_is_not_counted_and_told() -> None:
    found = control(owns("A", KAZE, None), owns("B", KAZE, float("nan")), owns("X", "Y", None))
    assert names(found) == []
    assert codes(found.limits) == ["SEK-P721", "SEK-P721"]
    assert names(control(owns("A", KAZE, -0.9))) == []


@pytest.mark.parametrize(
    ("day", "controls"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_a_record_holds_on_both_of_its_dates(day: date, *, controls: bool) -> None:
    record = owns("A", KAZE, 0.9, since=date(2025, 1, 1), until=date(2025, 12, 31))
    assert bool(names(control(record, on=day))) == controls


def test_without_a_day_what_has_not_ended_holds() -> None:
    ended = owns("A", KAZE, 0.9, until=ON - timedelta(days=1))
    assert names(control(ended, on=None)) == []
    assert names(control(owns("A", KAZE, 0.9, since=ON), on=None)) == ["A"]


def test_a_parent_that_differs_in_legal_form_only_is_another_party() -> None:
    found = control(owns(FOEHN, "Foehn Dynamics K.K.", 1.0), maker="Foehn Dynamics K.K.")
    assert names(found) == [FOEHN]


def test_a_maker_named_without_legal_form_is_found_where_only_one_fits() -> None:
    assert names(control(owns("A", KAZE, 0.9), maker="Kaze Aero")) == ["A"]
    both = (owns("A", KAZE, 0.9), owns("B", "Kaze Aero B.V.", 0.9))
    assert names(control(*both, maker="Kaze Aero")) == []


def test_countries_that_do_not_agree_are_none() -> None:
    found = control(
        owns("A", KAZE, 0.6, owner_country="NL"), owns("A", "C", 0.1, owner_country="DE")
    )
    assert found.controllers[0].country is None


def test_a_crowd_of_owners_is_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.origin.owners.MAX_ANCESTORS", 3)
    found = control(*(owns(f"P{n}", KAZE, 0.01) for n in range(9)))
    assert codes(found.limits) == ["SEK-P722"]


PARTIES = [KAZE, "A", "B", "C", "D"]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PARTIES),
            st.sampled_from(PARTIES),
            st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1)),
        ),
        max_size=14,
    )
)
def test_any_records_end_with_at_most_one_controller_by_direct_majority(
    records: list[tuple[str, str, float | None]],
) -> None:
    seen = [owns(a, b, share, number=n + 2) for n, (a, b, share) in enumerate(records)]
    found = control(*seen)
    assert all(0.5 < controller.share <= 1 for controller in found.controllers)
    assert KAZE not in names(found)
    assert found == control(*reversed(seen))
