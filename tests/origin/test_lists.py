from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.errors import PackError
from sekisho.origin.lists import (
    ALIAS_COLUMNS,
    EDITION_COLUMNS,
    edition_on,
    index_names,
    load_aliases,
    load_list,
    plain_name,
)
from sekisho.origin.names import name_key
from tests.origin.build import ALIASES, EDITIONS

HEAD = ",".join(EDITION_COLUMNS) + "\n"
ROW = "us_x,2025-01-07,A Inc.,,somewhere\n"


def held(list_id: str, on: date | None) -> str | None:
    edition = edition_on(list_id, on, EDITIONS)
    return edition.title() if edition else None


@pytest.mark.parametrize(
    ("on", "title"),
    [
        (date(2025, 1, 6), None),
        (date(2025, 1, 7), "us_1260h 2025-01-07"),
        (date(2026, 6, 7), "us_1260h 2025-01-07"),
        (date(2026, 6, 8), "us_1260h 2026-06-08"),
        (date(2030, 1, 1), "us_1260h 2026-06-08"),
        (None, None),
    ],
)
def test_an_edition_holds_from_its_day_to_the_day_before_the_next(
    on: date | None, title: str | None
) -> None:
    assert held("us_1260h", on) == title


def test_a_list_without_snapshot_has_no_edition() -> None:
    assert held("us_fasc_asda", date(2026, 7, 1)) is None
    assert held("us_889", date(2018, 8, 12)) is None
    assert held("us_889", date(2018, 8, 13)) == "us_889 2018-08-13"


@given(st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 1, 1)))
def test_the_edition_never_lies_in_the_future(on: date) -> None:
    for list_id in ("us_1260h", "us_889"):
        edition = edition_on(list_id, on, EDITIONS)
        if edition is not None:
            assert edition.edition <= on
            later = edition_on(list_id, on + timedelta(days=1), EDITIONS)
            assert later is not None
            assert later.edition >= edition.edition


def test_the_shipped_editions_are_whole() -> None:
    sizes = {edition.title(): len(edition.entries) for edition in EDITIONS}
    assert sizes == {"us_1260h 2025-01-07": 133, "us_1260h 2026-06-08": 188, "us_889 2018-08-13": 5}


def test_every_alias_belongs_to_an_entry() -> None:
    for alias in ALIASES:
        assert any(
            alias.list_id == edition.list_id and name_key(alias.entry) in index_names(edition, ())
            for edition in EDITIONS
        ), alias


@pytest.mark.parametrize(
    "name", ["DJI", "SZ DJI Technology Co., Ltd.", "大疆", "Shenzhen DJI Technology Co., Ltd."]
)
@pytest.mark.parametrize("on", [date(2025, 2, 1), date(2026, 7, 1)])
def test_a_listed_maker_is_found_by_its_recorded_names(name: str, on: date) -> None:
    edition = edition_on("us_1260h", on, EDITIONS)
    assert edition is not None
    assert name_key(name) in index_names(edition, ALIASES)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("A Co., Ltd. (A)", "A Co., Ltd."),
        ("A Inc. (Qihoo 360).", "A Inc."),
        ("A Co., Ltd. (formerly B Company Limited (B))", "A Co., Ltd."),
        ("A Group (Limited) (AG)", "A Group (Limited)"),
        ("A (Tianjin) Leasing Co., Ltd.", "A (Tianjin) Leasing Co., Ltd."),
        ("(A)", "(A)"),
    ],
)
def test_an_addition_in_parentheses_is_set_apart(printed: str, plain: str) -> None:
    assert plain_name(printed) == plain


def test_aliases_of_other_lists_or_of_no_entry_find_nothing() -> None:
    edition = load_list(HEAD + ROW, "x.csv")
    head = ",".join(ALIAS_COLUMNS) + "\n"
    aliases = load_aliases(head + "us_y,A,Alpha,b\nus_x,B,Beta,b\nus_x,A,Gamma,b\n", "a.csv")
    assert sorted(index_names(edition, aliases)) == ["a", "gamma"]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "SEK-E354", "x.csv"),
        (HEAD, "SEK-E354", "x.csv"),
        ("name\n", "SEK-E353", "x.csv:1"),
        (HEAD + "us_x,2025-01-07\n", "SEK-E353", "x.csv:2"),
        (HEAD + ROW + ROW.replace("2025", "2026"), "SEK-E354", "x.csv:3"),
        (HEAD + ROW + ROW.replace("us_x", "us_y"), "SEK-E354", "x.csv:3"),
        (HEAD + ROW.replace("A Inc.", "..."), "SEK-E353", "x.csv:2"),
        (HEAD + ROW.replace("somewhere", ""), "SEK-E353", "x.csv:2"),
        (HEAD + ROW.replace("us_x", "US X"), "SEK-E353", "x.csv"),
        (HEAD + ROW.replace("2025-01-07", "7 January"), "SEK-E353", "x.csv"),
        (HEAD + 'us_x,"2025\n', "SEK-E353", "x.csv"),
    ],
)
def test_a_broken_list_names_the_line(text: str, code: str, where: str) -> None:
    with pytest.raises(PackError) as caught:
        load_list(text, "x.csv")
    assert caught.value.code == code
    assert caught.value.where.startswith(where)


@pytest.mark.parametrize("line", ["us_x,A,,b\n", "us_x,,A,b\n", "US,A,B,b\n", "us_x,A\n"])
def test_broken_aliases_name_the_line(line: str) -> None:
    with pytest.raises(PackError) as caught:
        load_aliases(",".join(ALIAS_COLUMNS) + "\n" + line, "a.csv")
    assert caught.value.where == "a.csv:2"


def test_a_list_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.origin.lists.MAX_ROWS", 1)
    with pytest.raises(PackError):
        load_list(HEAD + ROW + ROW, "x.csv")


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_a_pack_error(text: str) -> None:
    for document in (text, HEAD + text):
        with contextlib.suppress(PackError):
            load_list(document, "x.csv")
    with contextlib.suppress(PackError):
        load_aliases(",".join(ALIAS_COLUMNS) + "\n" + text, "a.csv")
