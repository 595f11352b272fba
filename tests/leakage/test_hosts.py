from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.errors import PackError
from sekisho.leakage.hosts import COLUMNS, load_hosts
from tests.leakage.build import HOSTS

HEAD = ",".join(COLUMNS) + "\n"
ROW = "a.example,A,A Inc.,US,primary,somewhere,2026-01-01\n"


def test_the_longest_suffix_at_a_dot_wins() -> None:
    table = load_hosts(HEAD + ROW + "b.a.example,B,,,unverified,seen,2026-01-01\n", "t.csv")
    found = table.find("x.b.a.example")
    assert found is not None
    assert (found.party, found.owner, found.owner_country) == ("B", None, None)
    assert table.find("c.a.example") is table.entries[0]
    assert table.find("xa.example") is None
    assert table.find("a.example.evil.example") is None


def test_the_shipped_table_knows_the_hosts_of_the_findings() -> None:
    found = HOSTS.find("ulogs.umeng.com")
    assert found is not None
    assert found.owner_country == "CN"
    assert HOSTS.find("gcs.police.example") is None


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", None),
        ("host,party\n", "t.csv:1"),
        (HEAD + ROW + ROW, "t.csv:3"),
        (HEAD + ROW.replace("a.example", "A.example"), "t.csv:2"),
        (HEAD + ROW.replace("a.example", "example"), "t.csv:2"),
        (HEAD + ROW.replace("a.example", "a..example"), "t.csv:2"),
        (HEAD + ROW.replace(",US,", ",usa,"), "t.csv:2"),
        (HEAD + ROW.replace("primary", "sure"), "t.csv:2"),
        (HEAD + ROW.replace("2026-01-01", "soon"), "t.csv:2"),
        (HEAD + "a.example,A\n", "t.csv:2"),
        (HEAD + 'a.example,"A\n', "t.csv"),
    ],
)
def test_a_broken_table_names_the_line(text: str, where: str | None) -> None:
    if where is None:
        assert load_hosts(text, "t.csv").entries == ()
        return
    with pytest.raises(PackError) as caught:
        load_hosts(text, "t.csv")
    assert caught.value.code == "SEK-E355"
    assert caught.value.where.startswith(where)


def test_a_table_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.leakage.hosts.MAX_ROWS", 1)
    with pytest.raises(PackError):
        load_hosts(HEAD + ROW + ROW.replace("a.e", "b.e"), "t.csv")


@given(st.text(max_size=200))
def test_any_text_is_a_table_or_a_pack_error(text: str) -> None:
    for document in (text, HEAD + text):
        with contextlib.suppress(PackError):
            load_hosts(document, "t.csv")
