"""The query a regime is written as, run by a database: it decides as `determine` does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.law.determine import determine
from sekisho.law.factbase import FactBase
from sekisho.law.groups import mixed_groups
from sekisho.law.inforce import regime_in_force
from sekisho.law.regime import Regime
from sekisho.law.sql import write_sql
from sekisho.law.vocabulary import FactType, load_vocabulary
from sekisho.model.case import Case
from sekisho.model.determination import Determination, Outcome
from sekisho.model.truth import Truth
from tests.law.small import ON, known, regime_of
from tests.law.strategies import PLAIN_RULES, knowledge, regimes

MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NOBODY = Case()
DAY = timedelta(days=1)
AS_BOOL = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}

Cell = str | bool | date | float | int | None
Facts = Mapping[str, str | None]

_TYPES = {FactType.TRUTH: "BOOLEAN", FactType.DATE: "DATE", FactType.NUMBER: "DOUBLE"}
_PARTS = ("kind", "made_in")


def connected() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def fill(
    database: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Cell]],
) -> None:
    """A table of typed columns."""
    typed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    database.execute(f"CREATE TABLE {quoted(table)} ({typed})")
    if found := list(rows):
        blanks = ", ".join([f"({', '.join('?' * len(columns))})"] * len(found))
        cells = [value for row in found for value in row]
        database.execute(f"INSERT INTO {quoted(table)} VALUES {blanks}", cells)


def cell(kind: FactType, value: str | None) -> Cell:
    if value is None or kind not in _TYPES:
        return value
    if kind is FactType.TRUTH:
        return value == "true"
    return float(value) if kind is FactType.NUMBER else date.fromisoformat(value)


def rows_of(database: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Cell]]:
    found = database.execute(query)
    names = [str(column[0]) for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def decide(regime: Regime, cases: Sequence[tuple[date, Facts]]) -> list[dict[str, Cell]]:
    """Each case with its own article, in the tables that the query asks for."""
    entries = [*regime.vocabulary.facts.values()]
    typed = {entry.key: entry.type for entry in entries if entry.key != "on"}
    typed["part.complete"] = FactType.TRUTH
    columns = {"id": "INTEGER", "article": "INTEGER", "on": "DATE"}
    columns |= {key: _TYPES.get(kind, "VARCHAR") for key, kind in typed.items()}
    with connected() as database:
        fill(
            database,
            "cases",
            columns,
            (
                [i, 7 * i, on, *(cell(kind, facts.get(key)) for key, kind in typed.items())]
                for i, (on, facts) in enumerate(cases)
            ),
        )
        members = (
            (7 * i, *row)
            for i, (on, facts) in enumerate(cases)
            for row in _members(FactBase(known(facts), NOBODY, on))
        )
        fill(database, "part", {"article": "INTEGER"} | dict.fromkeys(_PARTS, "VARCHAR"), members)
        return rows_of(database, f"{write_sql(regime)} ORDER BY id")


def _members(facts: FactBase) -> list[tuple[str | None, ...]]:
    return [tuple(row.get(key) for key in _PARTS) for _, row in facts.members("part")]


def clauses_of(found: Determination) -> dict[str, bool | None]:
    return {one.id: AS_BOOL[one.value] for one in found.clauses}


def mixed_and_open(regime: Regime, facts: Facts) -> bool:
    """Whether the case leaves open some fact of which the query says that it may ask for more."""
    law = regime_in_force(regime, None)
    if any(group.fact is None for group in mixed_groups(law)):
        return True  # a quantifier, which the head does not name
    lead = "-- asks for more than determine does where null: "
    told = [line for line in write_sql(regime).splitlines() if line.startswith(lead)]
    return any(name not in facts for line in told for name in line.removeprefix(lead).split(", "))


CASES = st.lists(
    st.tuples(st.sampled_from((ON - DAY, ON, ON + DAY)), knowledge()), min_size=1, max_size=8
)


@MANY
@given(regimes(), CASES)
def test_the_database_decides_as_we_do(
    regime: Regime, cases: list[tuple[date, dict[str, str]]]
) -> None:
    for i, row in enumerate(decide(regime, cases)):
        on, facts = cases[i]
        found = determine(regime, known(facts), NOBODY, on=on)
        assert row.pop("id") == i
        outcome = row.pop("outcome")
        assert row == clauses_of(found)
        if outcome != found.outcome:
            assert outcome == Outcome.UNDETERMINED
            assert mixed_and_open(regime, facts)


@MANY
@given(regimes(PLAIN_RULES), CASES)
def test_where_everything_is_known_the_database_leaves_nothing_open(
    regime: Regime, cases: list[tuple[date, dict[str, str]]]
) -> None:
    facts = {"a": "true", "b": "false", "c": "true", "d": "false", "place": "JP", "body": "state"}
    whole = [(on, facts | {"acquired": "2026-01-01"} | more) for on, more in cases]
    for row, (on, stated) in zip(decide(regime, whole), whole, strict=True):
        found = determine(regime, known(stated), NOBODY, on=on)
        assert row["outcome"] == found.outcome != Outcome.UNDETERMINED


def test_a_fact_that_helps_and_hurts_is_named_at_the_head() -> None:
    regime = regime_of("id: ban, prohibit: '(a and b) or (not a and c)'")
    facts = {"body": "state", "b": "true", "c": "true"}
    (row,) = decide(regime, [(ON, facts)])
    assert row["outcome"] == "undetermined"
    assert determine(regime, known(facts), NOBODY, on=ON).outcome is Outcome.PROHIBITED
    assert "-- asks for more than determine does where null: a\n" in write_sql(regime)
    (row,) = decide(regime, [(ON, facts | {"a": "false"})])
    assert row["outcome"] == "prohibited"


def test_a_fact_that_the_law_date_makes_help_and_hurt_is_named_too() -> None:
    regime = regime_of("id: ban, prohibit: 'acquired >= on or acquired < 2026-12-01'")
    (row,) = decide(regime, [(ON, {"body": "state"})])
    assert row["outcome"] == "undetermined"
    assert determine(regime, known({"body": "state"}), NOBODY, on=ON).outcome is Outcome.PROHIBITED
    assert "-- asks for more than determine does where null: acquired\n" in write_sql(regime)


def test_the_head_names_regime_columns_and_tables() -> None:
    regime = regime_of("id: ban, prohibit: 'a and any part where (made_in = CN and kind = camera)'")
    head = write_sql(regime, key="serial").split("WITH")[0]
    assert head == (
        f"-- small, digest {regime.digest}\n"
        "-- columns: serial, on, body, a, article, part.complete\n"
        "-- table part: article, made_in, kind\n"
    )


def test_the_columns_answered_are_key_outcome_and_clauses() -> None:
    regime = regime_of("id: us-848.a1A, prohibit: a", "id: b2, condition: {en: c, ja: c}, when: b")
    (row,) = decide(regime, [(ON, {"body": "state", "a": "false", "b": "true"})])
    assert list(row.items()) == [
        ("id", 0),
        ("outcome", "conditional"),
        ("scope", True),
        ("us-848.a1A", False),
        ("b2", True),
    ]


@pytest.mark.parametrize(
    ("scope", "facts", "outcome"),
    [
        ("a", {"a": "false"}, "not_applicable"),
        ("a", {"a": "true", "b": "true"}, "prohibited"),
        ("a", {"b": "true"}, "undetermined"),
        ("a", {"a": "true", "c": "true"}, "undetermined"),
        ("a", {"a": "true", "b": "false", "c": "true"}, "conditional"),
        ("a", {"a": "true", "b": "false"}, "undetermined"),
        ("a", {"a": "true", "b": "false", "c": "false"}, "permitted"),
    ],
)
def test_outcomes(scope: str, facts: Facts, outcome: str) -> None:
    regime = regime_of(
        f"id: who, scope: {scope}",
        "id: ban, prohibit: b",
        "id: keep, condition: {en: c, ja: c}, when: c",
    )
    (row,) = decide(regime, [(ON, facts)])
    assert row["outcome"] == outcome


def test_the_condition_of_an_exception_is_kept_where_it_lifts_something() -> None:
    regime = regime_of(
        "id: ban, prohibit: a", "id: lift, except_to: [ban], when: b, condition: {en: c, ja: c}"
    )
    facts = {"body": "state", "b": "true"}
    cases = [(ON, facts | {"a": "true"}), (ON, facts | {"a": "false"}), (ON, facts)]
    found = decide(regime, cases)
    assert [row["outcome"] for row in found] == ["conditional", "permitted", "undetermined"]
    assert [(row["ban"], row["lift"]) for row in found] == [(False, True)] * 3


MASS = load_vocabulary(
    """
facts:
  - {key: "on", type: date, given: case, question: {en: "on", ja: 日}}
  - {key: acquired, type: date, given: case, question: {en: q, ja: q}}
  - {key: mass, type: number, question: {en: m, ja: m}}
  - {key: note, type: text, question: {en: n, ja: n}}
collections: []
"""
)


def answers_of(prohibit: str, key: str, values: Sequence[str | None], more: str = "") -> list[Cell]:
    """Whether the clause holds for each value, on one day."""
    regime = regime_of(
        "id: who, scope: on >= 2000-01-01",
        f"id: ban, prohibit: '{prohibit}'",
        vocabulary=MASS,
        more=more,
    )
    cases: list[tuple[date, Facts]] = [(ON, {key: value}) for value in values]
    expected = [determine(regime, known(facts), NOBODY, on=on) for on, facts in cases]
    found = [row["ban"] for row in decide(regime, cases)]
    assert found == [clauses_of(one)["ban"] for one in expected]
    return found


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("<", [True, False, False, None]),
        ("<=", [True, True, False, None]),
        (">", [False, False, True, None]),
        (">=", [False, True, True, None]),
    ],
)
def test_sizes_are_compared(relation: str, expected: list[bool | None]) -> None:
    assert answers_of(f"mass {relation} 9.5", "mass", ["9", "9.5", "100", None]) == expected
    days = ["2026-10-31", "2026-11-01", "2026-11-02", None]
    assert answers_of(f"acquired {relation} 2026-11-01", "acquired", days) == expected
    assert answers_of(f"acquired {relation} on", "acquired", days) == expected


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("= 2026-11-01", [False, True, False, None]),
        ("!= 2026-11-01", [True, False, True, None]),
        ("in [2026-11-01, 2026-11-02]", [False, True, True, None]),
        ("not in [2026-11-01, 2026-11-02]", [True, False, False, None]),
        ("= on", [False, True, False, None]),
        ("!= on", [True, False, True, None]),
    ],
)
def test_days_are_found_in_lists(relation: str, expected: list[bool | None]) -> None:
    days = ["2026-10-31", "2026-11-01", "2026-11-02", None]
    assert answers_of(f"acquired {relation}", "acquired", days) == expected


ODD = ("o'brien", 'say "hi"', "'; DROP TABLE cases; --", "", "％_%", "a\\'b", "行為")


def test_texts_may_hold_any_sign() -> None:
    listed = ", ".join("'" + one.replace("'", "''") + "'" for one in ODD if one)
    more = f"parameters:\n  odd: [{{values: [{listed}], cite: {{text: a, confidence: primary}}}}]\n"
    values = [*ODD, "brien", "o''brien", None]
    expected = [one in ODD and one != "" for one in values[:-1]]
    assert answers_of("note in odd", "note", values, more) == [*expected, None]
    opposite = [not one for one in expected]
    assert answers_of("note not in odd", "note", values, more) == [*opposite, None]


@pytest.mark.parametrize("name", ["o'brien", 'say "hi"', "a;b", "--", "部品", "a b", "a0", "v1"])
def test_tables_and_keys_may_have_any_name(name: str) -> None:
    regime = regime_of("id: ban, prohibit: a")
    columns = {name: "VARCHAR", "on": "DATE", "body": "VARCHAR", "a": "BOOLEAN"}
    with connected() as database:
        fill(database, name, columns, [("one", ON, "state", True), ("two", ON, "private", None)])
        found = rows_of(database, write_sql(regime, cases=name, key=name))
    rest = {"outcome": "prohibited", "scope": True, "ban": True}
    other = {"outcome": "not_applicable", "scope": False, "ban": None}
    assert sorted(found, key=lambda row: str(row[name])) == [
        {name: "one", **rest},
        {name: "two", **other},
    ]


INNER = ("a0", "b1", "v1", "binds", "breached", "kept", "outcome", "m", "c", "cases")


@pytest.mark.parametrize("name", INNER)
def test_a_fact_called_like_a_column_of_the_query_is_still_itself(name: str) -> None:
    vocabulary = load_vocabulary(
        f"""
facts:
  - {{key: "on", type: date, given: case, question: {{en: "on", ja: 日}}}}
  - {{key: z, type: truth, question: {{en: z, ja: z}}}}
  - {{key: {name}, type: truth, question: {{en: q, ja: q}}}}
collections: []
"""
    )
    regime = regime_of(
        "id: who, scope: on >= 2000-01-01",
        f"id: ban, prohibit: z and not {name}",
        f"id: lift, except_to: [ban], when: z and {name}",
        vocabulary=vocabulary,
    )
    cases: list[tuple[date, Facts]] = [
        (ON, {"z": "true", name: "true"}),
        (ON, {"z": "true", name: "false"}),
        (ON, {"z": "false", name: "true"}),
    ]
    found = decide(regime, cases)
    assert [row["outcome"] for row in found] == ["permitted", "prohibited", "permitted"]
    assert [row["lift"] for row in found] == [True, False, False]


@pytest.mark.parametrize("name", ["atoms", "bare", "step0", "step1", "answers", "select", "m"])
def test_a_collection_called_like_a_table_of_the_query_is_still_itself(name: str) -> None:
    vocabulary = load_vocabulary(
        f"""
facts:
  - {{key: "on", type: date, given: case, question: {{en: "on", ja: 日}}}}
collections:
  - name: {name}
    words: {{en: part, ja: 部品}}
    complete: {{question: {{en: c, ja: c}}}}
    attributes: [{{key: bad, type: truth, question: {{en: q, ja: q}}}}]
"""
    )
    regime = regime_of(
        "id: who, scope: on >= 2000-01-01",
        f"id: ban, prohibit: any {name} where bad",
        f"id: lift, except_to: [ban], when: not all {name} where bad",
        vocabulary=vocabulary,
    )
    columns = {"id": "INTEGER", "on": "DATE", "article": "INTEGER", f"{name}.complete": "BOOLEAN"}
    members = [(0, True), (1, True), (1, False), (2, False), (2, None)]
    with connected() as database:
        fill(database, "cases", columns, [(i, ON, i, True) for i in range(4)])
        fill(database, name, {"article": "INTEGER", "bad": "BOOLEAN"}, members)
        found = {row["id"]: row["outcome"] for row in rows_of(database, write_sql(regime))}
    assert found == {0: "prohibited", 1: "permitted", 2: "permitted", 3: "permitted"}


def test_clauses_may_be_called_like_the_key_and_the_outcome() -> None:
    regime = regime_of("id: outcome, prohibit: a", "id: id, prohibit: b")
    columns = {"id": "INTEGER", "on": "DATE", "body": "VARCHAR", "a": "BOOLEAN", "b": "BOOLEAN"}
    with connected() as database:
        fill(database, "cases", columns, [(5, ON, "state", False, None)])
        (row,) = database.execute(write_sql(regime)).fetchall()
    assert row == (5, "undetermined", True, False, None)


def test_a_parameter_without_a_version_on_the_day_leaves_the_clause_open() -> None:
    more = (
        "parameters:\n  lands: [{values: [CN], since: 2026-11-02,"
        " cite: {text: a, confidence: primary}}]\n"
    )
    regime = regime_of("id: ban, prohibit: place in lands", more=more)
    cases: list[tuple[date, Facts]] = [
        (on, {"body": "state", "place": place}) for on in (ON, ON + DAY) for place in ("CN", "JP")
    ]
    assert [row["ban"] for row in decide(regime, cases)] == [None, None, True, False]


@pytest.mark.parametrize(
    ("rule", "outcomes"),
    [
        ("any part where not kind = camera", ["permitted", "prohibited", "undetermined"]),
        ("any part where (kind = radio or made_in = CN)", ["undetermined", "prohibited", "prohibited"]),
        ("all part where (kind = camera and not made_in = CN)", ["undetermined", "permitted", "permitted"]),
    ],
)  # fmt: skip
def test_what_members_are_like_may_be_put_together(rule: str, outcomes: list[str]) -> None:
    whole = {"body": "state", "part.complete": "true"}
    members = ({"kind": "camera"}, {"kind": "radio"}, {"made_in": "CN"})
    cases = [
        (ON, whole | {f"part[x].{key}": value for key, value in one.items()}) for one in members
    ]
    found = decide(regime_of(f"id: ban, prohibit: '{rule}'"), cases)
    assert [row["outcome"] for row in found] == outcomes
