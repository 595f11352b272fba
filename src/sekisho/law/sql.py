"""A regime as one SQL query, for those who keep their fleet in a database.

SQL's AND, OR and NOT on NULL are Kleene's. The query reads a table of cases, whose columns are
facts by their keys, and one table for each collection, whose rows are members (`article` names
whose). It is plain SQL as DuckDB and PostgreSQL speak it. Where a fact both helps and hurts
(`groups.mixed_groups`) and is null, it may leave open what `determine` settles; it never settles
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sekisho.law.dated import UNKNOWN
from sekisho.law.factbase import ARTICLE
from sekisho.law.groups import mixed_groups
from sekisho.law.inforce import RegimeInForce, regime_in_force
from sekisho.law.regime import Regime
from sekisho.law.syntax import LAW_DATE, All, And, Any, Not, Or, Relation, Rule, Test, is_number
from sekisho.law.vocabulary import FactEntry, FactType
from sekisho.model.determination import ClauseKind, Outcome

_SIGNS = {
    Relation.BEFORE: "<",
    Relation.UNTIL: "<=",
    Relation.AFTER: ">",
    Relation.FROM: ">=",
}


def write_sql(regime: Regime, cases: str = "cases", key: str = "id") -> str:
    """The query that decides every row of a table.

    Args:
        regime: the instrument, in one reading.
        cases: the table of cases.
        key: its column that names a case.

    Returns:
        SQL text. It gives the key, the outcome, and each clause by its id: true, false, or null
        where it is open.
    """
    return _Query(regime_in_force(regime, None), cases, key).text()


class _Query:
    """The text, built from common table expressions that follow the way of an answer."""

    def __init__(self, law: RegimeInForce, cases: str, key: str) -> None:
        self.law = law
        self.cases = cases
        self.key = key

    def text(self) -> str:
        steps = "\n,".join(f"{name} AS (\n{body}\n)" for name, body in self._steps())
        last = len(self.law.lifted)
        clauses = ",\n  ".join(
            f"_v{i} AS {_name(one.clause.id)}" for i, one in enumerate(self.law.clauses)
        )
        answers = f"(SELECT *, {self._summary()} FROM _step{last}) AS _answers"  # noqa: S608 - quoted
        chosen = f"{_name(self.key)},\n  {self._outcome()} AS outcome,\n  {clauses}"
        return f"{self._head()}WITH {steps}\nSELECT {chosen}\nFROM {answers}\n"

    def _head(self) -> str:
        regime = self.law.regime
        mixed = ", ".join(self._mixed())
        lines = [f"{regime.id}, digest {regime.digest}", f"columns: {', '.join(self._columns())}"]
        lines += [f"table {name}: {', '.join(columns)}" for name, columns in self._tables()]
        if mixed:
            lines.append(f"asks for more than determine does where null: {mixed}")
        return "".join(f"-- {line}\n" for line in lines)

    def _mixed(self) -> list[str]:
        """Facts that both help and hurt, or may on some day, being compared with the law date."""
        tests = [leaf for leaf in self.law.atoms.leaves if isinstance(leaf, Test)]
        dated = {test.fact for test in tests if test.operands == (LAW_DATE,)}
        several = (fact for fact in dated if sum(test.fact == fact for test in tests) > 1)
        found = {group.fact for group in mixed_groups(self.law) if group.fact}
        return sorted({*found, *several})

    def _columns(self) -> list[str]:
        found = {self.key: None, LAW_DATE: None}
        for leaf in self.law.atoms.leaves:
            if isinstance(leaf, Test):
                found |= {leaf.fact: None} if leaf != UNKNOWN else {}
            else:
                found |= {ARTICLE: None, f"{leaf.collection}.complete": None}
        return list(found)

    def _tables(self) -> Iterator[tuple[str, list[str]]]:
        found: dict[str, dict[str, None]] = {}
        for one in self.law.atoms.quantified.values():
            spoken = found.setdefault(one.collection, {ARTICLE: None})
            spoken.update(dict.fromkeys(one.attributes))
        return ((name, list(columns)) for name, columns in found.items())

    def _steps(self) -> Iterator[tuple[str, str]]:
        leaves = self.law.atoms.leaves
        atoms = ",\n  ".join(f"{self._atom(leaf)} AS _a{i}" for i, leaf in enumerate(leaves))
        yield "_atoms", f"SELECT c.*,\n  {atoms}\nFROM {_name(self.cases)} AS c"
        bare = ",\n  ".join(
            f"{self._rule(one.rule)} AS _b{i}" for i, one in enumerate(self.law.clauses)
        )
        yield "_bare", f"SELECT *,\n  {bare}\nFROM _atoms"
        lifted = {i for i, _ in self.law.lifted}
        plain = [f"_b{i} AS _v{i}" for i in range(len(self.law.clauses)) if i not in lifted]
        yield (
            "_step0",
            f"SELECT *, {', '.join(plain)}\nFROM _bare" if plain else "SELECT * FROM _bare",
        )
        for step, (i, lifting) in enumerate(self.law.lifted):
            excused = _any(f"_v{j}" for j, _ in lifting)
            body = f"SELECT *, (_b{i} AND NOT {excused}) AS _v{i}\nFROM _step{step}"
            yield f"_step{step + 1}", body

    def _summary(self) -> str:
        kept = _any(self._keeps(i) for i in self.law.conditioned)
        binds, breached = (
            _any(f"_v{i}" for i in places) for places in (self.law.scopes, self.law.against)
        )
        return f"{binds} AS _binds, {breached} AS _breached, {kept} AS _kept"

    def _keeps(self, i: int) -> str:
        one = self.law.clauses[i]
        if one.clause.kind is not ClauseKind.EXCEPT:
            return f"_v{i}"
        return f"(_v{i} AND {_any(f'_b{j}' for j in one.lifts)})"

    def _outcome(self) -> str:
        cases = (
            ("NOT _binds", Outcome.NOT_APPLICABLE),
            ("_binds AND _breached", Outcome.PROHIBITED),
            ("_binds AND NOT _breached AND _kept", Outcome.CONDITIONAL),
            ("_binds AND NOT _breached AND NOT _kept", Outcome.PERMITTED),
        )
        whens = " ".join(f"WHEN {when} THEN '{outcome}'" for when, outcome in cases)
        return f"CASE {whens} ELSE '{Outcome.UNDETERMINED}' END"

    def _rule(self, rule: Rule) -> str:
        match rule:
            case Test() | Any() | All():
                return f"_a{self.law.atoms.index(rule)}"
            case Not(part):
                return f"(NOT {self._rule(part)})"
            case And(parts):
                return f"({' AND '.join(map(self._rule, parts))})" if parts else "TRUE"
            case Or(parts):
                return _any(map(self._rule, parts))

    def _atom(self, leaf: Test | Any | All) -> str:
        if isinstance(leaf, Test):
            return self._test(leaf, "c", self.law.regime.vocabulary.find(leaf.fact))
        table, article = _name(leaf.collection), _name(ARTICLE)
        members = f"SELECT 1 FROM {table} AS m WHERE m.{article} = c.{article}"  # noqa: S608 - quoted
        body = self._body(leaf.body, leaf.collection)
        universal = isinstance(leaf, All)
        decisive = f"NOT {body}" if universal else body
        whole = f"c.{_name(f'{leaf.collection}.complete')}"
        return (
            f"CASE WHEN EXISTS ({members} AND {decisive}) THEN {not universal} "
            f"WHEN {whole} AND NOT EXISTS ({members} AND {body} IS NULL) THEN {universal} END"
        )

    def _body(self, rule: Rule, collection: str) -> str:
        match rule:
            case Not(part):
                return f"(NOT {self._body(part, collection)})"
            case And(parts):
                return f"({' AND '.join(self._body(part, collection) for part in parts)})"
            case Or(parts):
                return _any(self._body(part, collection) for part in parts)
            case _:
                assert isinstance(rule, Test)  # no quantifier stands inside another
                attributes = self.law.regime.vocabulary.collections[collection]
                return self._test(rule, "m", attributes.attribute(rule.fact))

    @staticmethod
    def _test(test: Test, table: str, entry: FactEntry | None) -> str:
        if test == UNKNOWN:
            return "CAST(NULL AS BOOLEAN)"
        column = f"{table}.{_name(test.fact)}"
        if test.relation.is_ordering:
            return f"({column} {_SIGNS[test.relation]} {_limit(test.operands[0])})"
        is_positive = test.relation in (Relation.IS, Relation.IN)
        if entry is not None and entry.type is FactType.TRUTH:
            return column if (test.operands == ("true",)) is is_positive else f"(NOT {column})"
        is_date = entry is not None and entry.type is FactType.DATE
        listed = ", ".join(map(_limit if is_date else _text, test.operands))
        return f"({column} {'IN' if is_positive else 'NOT IN'} ({listed}))"


def _any(parts: Iterable[str]) -> str:
    return f"({' OR '.join(found)})" if (found := list(parts)) else "FALSE"


def _name(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _limit(operand: str) -> str:
    if operand == LAW_DATE:
        return f"c.{_name(LAW_DATE)}"
    return operand if is_number(operand) else f"DATE {_text(operand)}"
