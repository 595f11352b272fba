"""Many cases at once: every row is answered as `determine` answers it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.law.columns import determine_columns
from sekisho.law.determine import determine
from sekisho.law.evaluate import evaluate_rule
from sekisho.law.factbase import FactBase
from sekisho.law.groups import mixed_groups
from sekisho.law.inforce import regime_in_force
from sekisho.law.regime import Regime
from sekisho.law.syntax import LAW_DATE, All, And, Any, Not, Or, Rule, Test
from sekisho.model.case import Case
from sekisho.model.determination import Effect, Outcome
from sekisho.model.fact import Fact
from sekisho.model.truth import Truth
from tests.law.small import ON, VOCABULARY, facts_of, known, regime_of, twisted
from tests.law.strategies import TRUTHS, knowledge, regimes

MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
DAY = timedelta(days=1)
DAYS = (ON - DAY, ON, ON + DAY)
TEXTS = {
    "act": ("buy", "operate"),
    "task": ("rescue", "training"),
    "body": ("state", "private"),
    "place": ("CN", "JP", "US"),
}
ACQUIRED = (date(2025, 12, 31), date(2026, 1, 1), *DAYS)
NOBODY = Case()
AS_BOOL = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}

Value = bool | str | date | int | None
Row = dict[str, Value]

_CELLS: dict[str, st.SearchStrategy[Value]] = {
    **{key: st.sampled_from((None, *values)) for key, values in TEXTS.items()},
    **{key: st.sampled_from((None, True, False)) for key in TRUTHS},
    "acquired": st.sampled_from((None, *ACQUIRED)),
}
_TEXT_TYPES: tuple[type[pl.DataType], ...] = (pl.String, pl.Categorical, pl.Enum)


def frame_of(
    rows: list[Row], types: Mapping[str, pl.DataType | type[pl.DataType]] | None = None
) -> pl.DataFrame:
    """A table of typed columns; texts as strings unless `types` says otherwise."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = {}
    for name in rows[0]:
        if name in TRUTHS:
            schema[name] = pl.Boolean
        elif name in {"on", "acquired"}:
            schema[name] = pl.Date
        elif name == "article":
            schema[name] = pl.UInt32
        else:
            schema[name] = (types or {}).get(name, pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


@st.composite
def tables(draw: st.DrawFn, articles: int) -> tuple[list[Row], pl.DataFrame]:
    """1 to 40 rows made of a few different ones; facts without a column are left out at random."""
    names = draw(st.lists(st.sampled_from(sorted(_CELLS)), unique=True))
    cells: dict[str, st.SearchStrategy[Value]] = {name: _CELLS[name] for name in names}
    cells["on"] = st.sampled_from(DAYS)
    if articles > 1 or draw(st.booleans()):
        cells["article"] = st.integers(0, articles - 1)
    different = draw(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=8))
    picks = draw(st.lists(st.integers(0, len(different) - 1), max_size=32))
    rows = [*different, *(different[i] for i in picks)]
    types: dict[str, pl.DataType | type[pl.DataType]] = {}
    for name in TEXTS.keys() & set(names):
        kind = draw(st.sampled_from(_TEXT_TYPES))
        used = {str(row[name]) for row in different if row[name] is not None}
        listed = draw(st.sampled_from((sorted(used), TEXTS[name], (*TEXTS[name][::-1], "?"))))
        types[name] = pl.Enum(listed) if kind is pl.Enum else kind
    return rows, frame_of(rows, types)


ARTICLES = st.lists(knowledge(), min_size=1, max_size=4)


def canonical(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def facts_of_row(row: Row, article: Mapping[str, str | None]) -> dict[str, str | None]:
    """What is known in a row: its columns, and what its article states beside them."""
    stated = {key: value for key, value in article.items() if key not in row}
    columns = {key: value for key, value in row.items() if key not in {"on", "article"}}
    return stated | {key: canonical(value) for key, value in columns.items() if value is not None}


def leaves(rule: Rule) -> Iterator[Test | Any | All]:
    match rule:
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield rule


def open_facts(regime: Regime, facts: FactBase) -> int:
    """How many facts and quantifiers are not known.

    Where a fact is compared with the law date each day is another law, of the clauses in force.
    """
    spoken = {leaf: clause for clause in regime.clauses for leaf in leaves(clause.rule)}
    by_day = any(isinstance(leaf, Test) and leaf.operands == (LAW_DATE,) for leaf in spoken)
    found: set[str | Rule] = set()
    for clause in regime.clauses:
        if by_day and not clause.period.contains(facts.on):
            continue
        for leaf in leaves(clause.rule):
            if evaluate_rule(leaf, facts) is Truth.UNKNOWN:
                found.add(leaf.fact if isinstance(leaf, Test) else leaf)
    return len(found)


def answer_of_row(regime: Regime, row: Row, article: Mapping[str, str | None]) -> Row:
    """What `determine` says of one row, as a row of answers."""
    on = row["on"]
    assert isinstance(on, date)
    facts = known(facts_of_row(row, article))
    found = determine(regime, facts, NOBODY, on=on)
    undetermined = found.outcome is Outcome.UNDETERMINED
    return {
        "outcome": found.outcome.value,
        "effect_now": found.effect_now.value,
        "clause": next(iter(found.deciding), None),
        "open_facts": open_facts(regime, FactBase(facts, NOBODY, on)) if undetermined else 0,
        **{one.id: AS_BOOL[one.value] for one in found.clauses},
    }


def check(
    regime: Regime, rows: list[Row], frame: pl.DataFrame, articles: list[dict[str, str]]
) -> None:
    stated = [known(dict(article)) for article in articles]
    found = determine_columns(regime, frame, stated).rows(named=True)
    memory: dict[tuple[tuple[str, Value], ...], Row] = {}
    for row, answer in zip(rows, found, strict=True):
        key = tuple(row.items())
        if key not in memory:
            place = row.get("article", 0)
            assert isinstance(place, int)
            memory[key] = answer_of_row(regime, row, articles[place])
        assert list(answer.items()) == list(memory[key].items())


@MANY
@given(regimes(), ARTICLES, st.data())
def test_every_row_is_answered_as_it_is_alone(
    regime: Regime, articles: list[dict[str, str]], data: st.DataObject
) -> None:
    rows, frame = data.draw(tables(len(articles)))
    check(regime, rows, frame, articles)


@MANY
@given(regimes(), ARTICLES, st.data())
def test_of_many_rows_alike_each_is_answered_as_it_is_alone(
    regime: Regime, articles: list[dict[str, str]], data: st.DataObject
) -> None:
    """Many rows make few questions, so that these are what is decided."""
    rows, frame = data.draw(tables(len(articles)))
    check(regime, rows * 100, pl.concat([frame] * 100), articles)


@MANY
@given(regimes(), ARTICLES, st.data())
def test_one_row_is_answered_as_among_others(
    regime: Regime, articles: list[dict[str, str]], data: st.DataObject
) -> None:
    _, frame = data.draw(tables(len(articles)))
    stated = [known(dict(article)) for article in articles]
    whole = determine_columns(regime, frame, stated)
    for i in range(min(frame.height, 3)):
        assert determine_columns(regime, frame[i], stated).rows() == [whole.row(i)]


@MANY
@given(regimes(), ARTICLES)
def test_facts_may_stand_in_columns_or_with_the_article(
    regime: Regime, articles: list[dict[str, str]]
) -> None:
    """A table whose articles state nothing but parts answers as one that leaves them all facts."""
    bare = [{key: v for key, v in one.items() if "part" in key} for one in articles]
    rows: list[Row] = [
        {
            "article": i,
            "on": on,
            **{key: one.get(key) for key in TEXTS},
            **{key: None if key not in one else one[key] == "true" for key in TRUTHS},
            "acquired": date.fromisoformat(one["acquired"]) if "acquired" in one else None,
        }
        for i, one in enumerate(articles)
        for on in DAYS
    ]
    few: list[Row] = [{"article": row["article"], "on": row["on"]} for row in rows]
    in_columns = determine_columns(regime, frame_of(rows), [known(dict(one)) for one in bare])
    by_article = determine_columns(regime, frame_of(few), [known(dict(one)) for one in articles])
    assert in_columns.rows() == by_article.rows()


TERMS = regime_of(
    "id: early, prohibit: 'a and acquired >= on', since: 2026-11-01",
    "id: late, prohibit: 'b and acquired < 2026-01-01', until: 2026-11-01",
    "id: lift, except_to: [early, late], when: 'place in [JP, US]', since: 2026-10-31, burden: body",
)


@pytest.mark.parametrize("on", [ON - 2 * DAY, *DAYS])
def test_each_day_has_its_own_law(on: date) -> None:
    rows: list[Row] = [
        {"on": on, "body": body, "a": a, "b": True, "acquired": acquired, "place": place}
        for body in ("state", None)
        for a in (True, None)
        for acquired in (None, *ACQUIRED)
        for place in ("CN", "JP", None)
    ]
    check(TERMS, rows, frame_of(rows), [{}])


def outcomes(
    regime: Regime, frame: pl.DataFrame, articles: tuple[tuple[Fact, ...], ...] = ((),)
) -> list[str]:
    found: list[str] = determine_columns(regime, frame, articles)["outcome"].to_list()
    return found


PLAIN = regime_of("id: ban, prohibit: a")
DATED = regime_of("id: ban, prohibit: a, since: 2026-11-01")
PLACED = regime_of("id: ban, prohibit: 'place in [CN, RU]', since: 2020-01-01")
ACQUIRING = regime_of("id: ban, prohibit: acquired < 2026-01-01, since: 2020-01-01")
BY_DAY = regime_of("id: ban, prohibit: acquired >= on")


def test_columns_come_in_one_order_and_with_their_types() -> None:
    frame = frame_of([{"on": ON, "body": "state", "a": True}])
    found = determine_columns(DATED, frame)
    assert found.schema == pl.Schema(
        {
            "outcome": pl.Enum([one.value for one in Outcome]),
            "effect_now": pl.Enum([one.value for one in Effect]),
            "clause": pl.Enum(["scope", "ban"]),
            "open_facts": found.schema["open_facts"],
            "scope": pl.Boolean(),
            "ban": pl.Boolean(),
        }
    )
    assert found.schema["open_facts"].is_integer()
    assert found.rows() == [("prohibited", "may_not", "ban", 0, True, True)]


def test_a_regime_without_dates_is_decided_too() -> None:
    frame = frame_of([{"on": ON, "body": "state", "a": a} for a in (True, False, None) * 40])
    assert outcomes(PLAIN, frame) == ["prohibited", "permitted", "undetermined"] * 40


def test_a_table_of_nothing_but_days_is_decided() -> None:
    frame = frame_of([{"on": ON - DAY}, {"on": ON}])
    stated = facts_of(a="true", body="state")
    assert outcomes(DATED, frame, (stated,)) == ["permitted", "prohibited"]
    assert outcomes(PLAIN, frame, (stated,)) == ["prohibited", "prohibited"]


@pytest.mark.parametrize("regime", [PLAIN, DATED, PLACED, ACQUIRING, BY_DAY, TERMS])
def test_of_no_rows_there_are_no_answers(regime: Regime) -> None:
    row: Row = {"on": ON, "body": "state", "a": True, "place": "CN", "acquired": ON}
    one = determine_columns(regime, frame_of([row]))
    none = determine_columns(regime, frame_of([row]).clear())
    assert one.height == 1
    assert none.height == 0
    assert none.schema == one.schema


def test_columns_that_are_no_facts_are_ignored() -> None:
    frame = frame_of([{"on": ON, "body": "state", "a": True}])
    more = frame.with_columns(ban=pl.lit(value=False), outcome=pl.lit("x"), serial=pl.lit(7))
    assert determine_columns(DATED, more).rows() == determine_columns(DATED, frame).rows()
    assert more.columns == ["on", "body", "a", "ban", "outcome", "serial"]


def test_a_null_in_a_column_is_not_known_whatever_the_article_says() -> None:
    stated = (facts_of(a="true", body="state"), facts_of(a="false", body="state"))
    column = frame_of([{"on": ON, "article": i, "a": None} for i in (0, 1)])
    assert outcomes(DATED, column, stated) == ["undetermined"] * 2
    assert outcomes(DATED, column.drop("a"), stated) == ["prohibited", "permitted"]


def test_without_a_column_of_articles_every_row_is_about_the_first() -> None:
    stated = (facts_of(a="true", body="state"), facts_of(a="false", body="state"))
    assert outcomes(DATED, frame_of([{"on": ON}] * 3), stated) == ["prohibited"] * 3


def test_a_fact_that_helps_and_hurts_is_tried_for_all_its_values() -> None:
    regime = regime_of(
        "id: ban, prohibit: '(a and b) or (not a and c)', since: 2020-01-01",
        "id: other, prohibit: d, since: 2030-01-01",
    )
    assert [g.fact for g in mixed_groups(regime_in_force(regime, ON))] == ["a"]
    rows: list[Row] = [
        {"on": ON, "body": "state", "a": None, "b": b, "c": c}
        for b in (True, False, None)
        for c in (True, False, None)
    ]
    expected = ["undetermined"] * 9
    expected[0], expected[4] = "prohibited", "permitted"
    assert outcomes(regime, frame_of(rows)) == expected
    assert outcomes(regime, frame_of(rows * 30)) == expected * 30
    check(regime, rows, frame_of(rows), [{}])


def test_more_clauses_than_a_byte_counts_are_told_apart() -> None:
    bans = [f"id: ban{i}, prohibit: 'a', until: 2026-11-01" for i in range(256)]
    regime = regime_of(*bans, "id: last, prohibit: a")
    rows: list[Row] = [{"on": on, "body": "state", "a": True} for on in (ON - DAY, ON)]
    found = determine_columns(regime, frame_of(rows * 20))
    assert found["clause"].to_list() == ["ban0", "last"] * 20
    assert found.row(1)[-2:] == (False, True)
    assert found.row(0)[-2:] == (True, True)


def test_only_an_open_answer_counts_open_facts() -> None:
    regime = regime_of("id: ban, prohibit: 'a and b', since: 2020-01-01", "id: no, prohibit: c")
    rows: list[Row] = [
        {"on": ON, "body": "state", "a": None, "b": True, "c": None},
        {"on": ON, "body": None, "a": None, "b": None, "c": None},
        {"on": ON, "body": "state", "a": None, "b": None, "c": True},
        {"on": ON, "body": "private", "a": None, "b": None, "c": None},
    ]
    assert determine_columns(regime, frame_of(rows))["open_facts"].to_list() == [2, 4, 0, 0]


def test_the_table_is_left_as_it_was() -> None:
    rows: list[Row] = [{"on": ON, "body": "state", "acquired": ON}, {"on": ON - DAY, "body": None}]
    frame = frame_of([{"acquired": None, **row} for row in rows])
    before = frame.clone()
    assert determine_columns(BY_DAY, frame).height == 2
    assert frame.equals(before)


ROW: Row = {"on": ON, "body": "state", "a": True, "place": "CN", "acquired": ON}


def test_a_table_without_a_day_is_refused() -> None:
    frame = frame_of([ROW])
    with pytest.raises(ValueError, match="every row needs a day in the column 'on'"):
        determine_columns(DATED, frame.drop("on"))


def test_a_row_without_a_day_is_refused() -> None:
    frame = frame_of([ROW, ROW | {"on": None}])
    with pytest.raises(ValueError, match="every row needs a day in the column 'on'"):
        determine_columns(DATED, frame)


def test_an_article_that_is_not_there_is_refused() -> None:
    frame = frame_of([ROW | {"article": 0}, ROW | {"article": 2}])
    with pytest.raises(ValueError, match="from 0 to 2 is named in 'article', but there are 2"):
        determine_columns(DATED, frame, ((), ()))
    assert determine_columns(DATED, frame, ((), (), ())).height == 2


@pytest.mark.parametrize(
    "column",
    [
        pl.Series([-1]),
        pl.Series(["0"]),
        pl.Series([0.0]),
        pl.Series([None], dtype=pl.Int64),
    ],
)
def test_an_article_is_a_place_in_the_list(column: pl.Series) -> None:
    frame = frame_of([ROW]).with_columns(column.alias("article"))
    with pytest.raises(ValueError, match="article"):
        determine_columns(DATED, frame, ((), ()))


def test_the_words_of_the_tables_are_those_of_the_vocabulary() -> None:
    assert {*TEXTS, *TRUTHS, "on", "acquired", "note"} == set(VOCABULARY.facts)


@pytest.mark.parametrize(("count", "outcome"), [(8, "prohibited"), (9, "undetermined")])
def test_as_many_kinds_of_value_are_tried_as_for_one_case(count: int, outcome: str) -> None:
    rows: list[Row] = [{"on": ON, "body": "state"}, {"on": ON, "body": None}]
    assert outcomes(twisted(count), frame_of(rows)) == [outcome, "undetermined"]


def test_rows_are_tried_for_the_facts_that_are_open_in_them() -> None:
    regime = regime_of("id: ban, prohibit: '(a or not a) and (b or not b) and c'")
    rows: list[Row] = [
        {"on": ON, "body": "state", "a": a, "b": b, "c": c}
        for a in (True, None)
        for b in (False, None)
        for c in (True, False, None)
    ]
    expected = ["prohibited", "permitted", "undetermined"] * 4
    assert outcomes(regime, frame_of(rows)) == expected
    check(regime, rows, frame_of(rows), [{}])


def test_a_row_turns_on_the_clause_that_its_own_answer_turns_on() -> None:
    """Not on one that is open but decides nothing, nor on one that decides another row."""
    regime = regime_of(
        "id: one, scope: a",
        "id: two, scope: body = state",
        "id: first, prohibit: '(b and place = CN) or (not b and place = CN)'",
        "id: second, prohibit: c",
    )
    rows: list[Row] = [
        {"on": ON, "body": "state", "a": None, "b": None, "place": "CN", "c": None},
        {"on": ON, "body": "state", "a": None, "b": None, "place": "CN", "c": True},
        {"on": ON, "body": "state", "a": None, "b": None, "place": None, "c": True},
        {"on": ON, "body": "state", "a": None, "b": None, "place": "JP", "c": None},
        {"on": ON, "body": "private", "a": None, "b": None, "place": "JP", "c": None},
        {"on": ON, "body": "private", "a": False, "b": None, "place": "JP", "c": None},
    ]
    found = determine_columns(regime, frame_of(rows))
    assert found["clause"].to_list() == ["first", "second", "second", "second", "one", "one"]
    check(regime, rows, frame_of(rows), [{}])


def test_a_condition_that_is_no_exception_is_kept_where_it_applies() -> None:
    regime = regime_of("id: ban, prohibit: a", "id: care, condition: {en: c, ja: c}, when: b")
    rows: list[Row] = [{"on": ON, "body": "state", "a": False, "b": b} for b in (True, False, None)]
    assert outcomes(regime, frame_of(rows)) == ["conditional", "permitted", "undetermined"]
    check(regime, rows, frame_of(rows), [{}])


def test_the_condition_of_an_exception_is_kept_where_it_lifts_something() -> None:
    regime = regime_of(
        "id: ban, prohibit: a", "id: lift, except_to: [ban], when: b, condition: {en: c, ja: c}"
    )
    rows: list[Row] = [{"on": ON, "body": "state", "a": a, "b": True} for a in (True, False, None)]
    assert outcomes(regime, frame_of(rows)) == ["conditional", "permitted", "undetermined"]
    check(regime, rows, frame_of(rows), [{}])
