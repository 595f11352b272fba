"""Results are kept until there are too many of them."""

from __future__ import annotations

import pytest

from sekisho.law import kept
from sekisho.law.kept import Kept


def test_a_result_is_given_back_and_found_again() -> None:
    results: Kept[str, int] = Kept()
    assert results.keep("a", 1) == 1
    assert results == {"a": 1}


def test_no_more_are_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    results: Kept[str, int] = Kept()
    for i, key in enumerate("abc"):
        assert results.keep(key, i) == i
    assert results == {"c": 2}
    results.keep("d", 3)
    assert results == {"c": 2, "d": 3}
