import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.ownership.shares import (
    NotAShareError,
    OutOfRangeError,
    UnclearShareError,
    Unit,
    is_share_unstated,
    read_share,
    unit_of,
)


@pytest.mark.parametrize(
    ("title", "cells", "unit"),
    [
        ("持株比率(%)", ["0.5"], Unit.PERCENT),
        ("share percent", ["1"], Unit.PERCENT),
        ("議決権比率（％）", [], Unit.PERCENT),
        ("share", ["51", "49"], Unit.PERCENT),
        ("share", ["100", "0"], Unit.PERCENT),
        ("share", ["0.51", "0.49", "unknown"], Unit.FRACTION),
        ("share", ["0.51", "1", "0"], Unit.FRACTION),
        ("share", ["0.51", "49"], Unit.UNCLEAR),
        ("share", ["1"], Unit.UNCLEAR),
        ("share", ["51%", "0.4"], Unit.FRACTION),
        ("share", [], Unit.UNCLEAR),
    ],
)
def test_the_unit_is_told_by_the_heading_else_by_the_column(
    title: str, cells: list[str], unit: Unit
) -> None:
    assert unit_of(title, cells) is unit


@pytest.mark.parametrize(
    ("text", "unit", "share"),
    [
        ("51%", Unit.UNCLEAR, 0.51),
        ("51 percent", Unit.FRACTION, 0.51),
        ("５１．５％", Unit.UNCLEAR, 0.515),
        ("0.51", Unit.FRACTION, 0.51),
        ("0.51", Unit.PERCENT, 0.0051),
        ("51", Unit.PERCENT, 0.51),
        ("51", Unit.UNCLEAR, 0.51),
        ("0", Unit.UNCLEAR, 0.0),
        ("1", Unit.FRACTION, 1.0),
        ("100%", Unit.UNCLEAR, 1.0),
    ],
)
def test_shares_become_fractions(text: str, unit: Unit, share: float) -> None:
    assert read_share(text, unit) == pytest.approx(share)


@pytest.mark.parametrize("text", ["0.51", "1"])
def test_an_unclear_number_is_refused(text: str) -> None:
    with pytest.raises(UnclearShareError):
        read_share(text, Unit.UNCLEAR)


@pytest.mark.parametrize("text", ["100.1%", "-1%", "-5", "250"])
def test_a_share_outside_the_whole_is_refused(text: str) -> None:
    with pytest.raises(OutOfRangeError):
        read_share(text, Unit.PERCENT)


@pytest.mark.parametrize("text", ["", "half", "1,5%", "1e2%", "٥١%", "nan", "inf", "9" * 400])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotAShareError):
        read_share(text, Unit.PERCENT)


def test_words_for_an_unknown_share_are_known() -> None:
    assert is_share_unstated("非開示")
    assert not is_share_unstated("0")


@given(st.text(max_size=12), st.sampled_from(Unit))
def test_any_text_is_a_share_or_refused(text: str, unit: Unit) -> None:
    try:
        assert 0 <= read_share(text, unit) <= 1
    except (NotAShareError, UnclearShareError, OutOfRangeError):
        return
