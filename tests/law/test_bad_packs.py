"""Broken packs and case files: each is refused, at its line, in words that help to mend it."""

from __future__ import annotations

import contextlib

import pytest

from sekisho.errors import PackError, SekishoError, UsageError
from sekisho.law.casefile import load_expected
from sekisho.law.load import load_regime
from sekisho.law.vocabulary import load_vocabulary
from sekisho.service.decide import load_cases
from sekisho.service.packs import LawPacks
from tests.law.small import HEAD, VOCABULARY, WORDS, clause, regime_of

SCOPE = clause("id: scope, scope: body = state")
CLAUSES = f"clauses:\n{SCOPE}"
REGIME = regime_of("id: ban, prohibit: a")
PACKS = LawPacks(VOCABULARY, {"small": REGIME})
MOST_CHARACTERS = 4 << 20


def with_clause(text: str) -> str:
    """A pack whose second clause stands in line 9."""
    return f"{HEAD}{CLAUSES}{clause(text)}"


def with_rule(text: str) -> str:
    """A pack whose second clause is a ban; its rule begins at 9:24."""
    return with_clause(f"id: x, prohibit: '{text}'")


def with_head(text: str) -> str:
    """A pack with more at its head, from line 7 on."""
    return f"{HEAD}{text}{CLAUSES}"


def with_fact(key: str, kind: str, more: str) -> str:
    """A pack with one fact of its own, in line 8."""
    return with_head(
        f"facts:\n  - {{key: {key}, type: {kind}, question: {{en: q, ja: q}}{more}}}\n"
    )


def with_lands(first: str, rule: str = "a") -> str:
    """A pack with a parameter of two versions, in lines 9 and 10; its ban stands in line 13."""
    cite = "cite: {text: t, confidence: primary}"
    versions = (
        f"    - {{values: {first}, {cite}}}\n    - {{values: [CN], since: 2022-12-23, {cite}}}\n"
    )
    head = f"parameters:\n  lands:\n{versions}"
    return with_head(head) + clause(f"id: x, prohibit: '{rule}'")


def assert_told(error: SekishoError, file: str, place: str, what: str, next_step: str) -> None:
    assert what in error.what
    assert next_step in error.next_step
    assert error.where == (f"{file}:{place}" if place else file)
    assert error.why
    assert "msgspec" not in str(error)


BROKEN_YAML = [
    pytest.param("clauses:\n\t- id: x\n", "8:1", "not YAML", "tabs do not indent", id="tab"),
    pytest.param(
        f"clauses: &c\n{SCOPE}", "7:10", "anchors, aliases", "write the value", id="anchor"
    ),
    pytest.param("clauses: *c\n", "7:10", "anchors, aliases", "write the value", id="alias"),
    pytest.param("clauses: !x []\n", "7:10", "aliases and tags", "write the value", id="tag"),
    pytest.param(
        "clauses: !!python/object/apply:os.system [ls]\n",
        "7:10",
        "aliases and tags",
        "write the value",
        id="tag of python",
    ),
    pytest.param(
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nclauses: *c\n",
        "7:4",
        "anchors, aliases",
        "write the value",
        id="bomb of aliases",
    ),
    pytest.param(
        f"clauses: {'[' * 5000}{']' * 5000}\n", "7:49", "too deeply", "flatten", id="bomb of depth"
    ),
    pytest.param(f"clauses: {'[' * 5000}", "7:49", "too deeply", "flatten", id="never closed"),
    pytest.param(f"# {'x' * MOST_CHARACTERS}\n", "", "too large", "split it", id="huge"),
    pytest.param(f"{CLAUSES}---\n{CLAUSES}", "9:1", "not YAML", "mend", id="two documents"),
    pytest.param("clauses: \0\n", "7:10", "not YAML", "mend", id="NUL"),
    pytest.param("clauses: \a\n", "7:10", "not YAML", "mend", id="control character"),
    pytest.param(
        "title: {en: a, ja: b}\nclauses: []\n",
        "7:1",
        "'title' stands here twice",
        "remove",
        id="key",
    ),
    pytest.param("? [a]\n: b\n", "7:3", "not a plain word", "write the key", id="key of a list"),
    pytest.param("<<: {a: b}\nclauses: []\n", "7:1", "'<<' is not known", "known keys", id="merge"),
]


@pytest.mark.parametrize(("body", "place", "what", "next_step"), BROKEN_YAML)
def test_what_is_not_plain_yaml_is_refused(
    body: str, place: str, what: str, next_step: str
) -> None:
    with pytest.raises(PackError) as caught:
        load_regime(HEAD + body, VOCABULARY, "bad.yaml")
    assert_told(caught.value, "bad.yaml", place, what, next_step)


@pytest.mark.parametrize(
    ("text", "place", "said", "next_step"),
    [
        pytest.param("", "", "empty", "", id="empty"),
        pytest.param("# nothing yet\n", "", "empty", "", id="comment alone"),
        pytest.param("- a\n- b\n", "1:1", "the document", "key", id="list"),
        pytest.param("hello\n", "1:1", "the document", "key", id="word"),
    ],
)
def test_a_document_without_keys_is_refused(
    text: str, place: str, said: str, next_step: str
) -> None:
    with pytest.raises(PackError) as caught:
        load_regime(text, VOCABULARY, "bad.yaml")
    assert_told(caught.value, "bad.yaml", place, "", next_step)
    assert said in f"{caught.value.what} {caught.value.why}"


BROKEN_PACKS = [
    # Dates
    pytest.param(
        with_clause("id: x, prohibit: a, since: soon"),
        "9:26",
        "clauses.1.since",
        "YYYY-MM-DD",
        id="no date",
    ),
    pytest.param(
        with_clause("id: x, prohibit: a, since: 2021-02-30"),
        "9:26",
        "clauses.1.since",
        "YYYY-MM-DD",
        id="no such day",
    ),
    pytest.param(
        with_clause("id: x, prohibit: a, since: 20210401"),
        "9:26",
        "clauses.1.since",
        "YYYY-MM-DD",
        id="date run together",
    ),
    pytest.param(
        with_clause("id: x, prohibit: a, since: 令和3年4月1日"),
        "9:26",
        "clauses.1.since",
        "Gregorian calendar",
        id="date of an era",
    ),
    pytest.param(
        with_clause("id: x, prohibit: a, since: R3.4.1"),
        "9:26",
        "clauses.1.since",
        "Gregorian calendar",
        id="date of an era in letters",
    ),
    pytest.param(
        with_rule("acquired < 2021-02-30"),
        "9:35",
        "'2021-02-30' is not a value of 'acquired'",
        "YYYY-MM-DD",
        id="no such day in a rule",
    ),
    pytest.param(
        with_clause("id: x, prohibit: a, since: 2022-01-01, until: 2021-12-31"),
        "9:45",
        "ends (2021-12-31) before it begins (2022-01-01)",
        "exchange",
        id="until before since",
    ),
    # Obligations
    pytest.param(
        with_clause("id: x, prohibit: a, due: 2021-12-31"),
        "9:26",
        "is due but obliges to nothing",
        "add 'oblige:'",
        id="due without oblige",
    ),
    *(
        pytest.param(
            with_clause(f"id: x, oblige: {{en: o, ja: o}}, due: {due}"),
            "9:37",
            f"'{due}' does not say by when",
            "acquired + 2 years",
            id=f"due {due}",
        )
        for due in (
            "soon",
            "2021-02-30",
            "20211231",
            "2021-W52-5",
            "令和3年12月31日",
            "acquired",
            "acquired - 2 years",
            "a + 2 years",
            "nothing + 2 years",
        )
    ),
    # What a clause does
    pytest.param(
        with_clause("id: x, prohibit: a, require: b"),
        "9:5",
        "'x' must do exactly one thing",
        "give one of",
        id="two things",
    ),
    pytest.param(
        with_clause("id: x, when: a"), "9:5", "exactly one thing", "give one of", id="nothing"
    ),
    pytest.param(with_rule(""), "9:13", "prohibit", "", id="empty rule bans everything"),
    pytest.param(
        with_clause("id: x, prohibit: a, when: ''"), "9:26", "when", "", id="empty when is lost"
    ),
    pytest.param(
        with_clause("id: x, except_to: [scope]"),
        "9:5",
        "'x' does not say when",
        "add 'when:'",
        id="exception without when",
    ),
    pytest.param(
        with_clause("id: x, except_to: [scopee], when: a"),
        "9:13",
        "'scopee', which is no clause",
        "did you mean 'scope'?",
        id="exception to a missing clause",
    ),
    pytest.param(
        with_clause("id: x, except_to: [], when: a"),
        "9:13",
        "clauses.1.except_to",
        "name at least one",
        id="exception to nothing",
    ),
    pytest.param(
        with_clause("id: x, except_to: [y], when: a")
        + clause("id: y, except_to: [z], when: b")
        + clause("id: z, except_to: [x], when: c"),
        "9:13",
        "lift each other",
        "remove one",
        id="exceptions in a ring",
    ),
    pytest.param(
        with_clause("id: scope, prohibit: a"),
        "9:6",
        "two clauses are called 'scope'",
        "rename",
        id="clause twice",
    ),
    pytest.param(with_clause("id: '', prohibit: a"), "9:6", "id", "", id="clause without name"),
    pytest.param(
        with_clause("id: x, prohibit: a, prohibit: b"),
        "9:26",
        "'prohibit' stands here twice",
        "remove",
        id="key of a clause twice",
    ),
    pytest.param(
        with_clause("id: x, prohibit: a, untill: 2022-01-01"),
        "9:26",
        "'untill' is not known",
        "did you mean 'until'?",
        id="misspelt key",
    ),
    pytest.param(f"{HEAD}clauses: []\n", "7:1", "whom the regime binds", "scope", id="no clause"),
    # Words and citations
    pytest.param(
        f"{HEAD}{CLAUSES}  - {{id: x, prohibit: a, words: {{en: w}}, {WORDS[31:]}}}\n",
        "9:26",
        "'ja' is missing",
        "add 'ja:'",
        id="one language",
    ),
    pytest.param(
        with_clause("id: x, condition: {ja: w}"), "9:13", "'en' is missing", "en", id="condition"
    ),
    pytest.param(
        with_clause("id: x, condition: {en: w, ja: ''}"), "9:32", "ja", "", id="no words in one"
    ),
    pytest.param(
        with_clause("id: x, condition: {en: w, ja: w, jp: w}"),
        "9:39",
        "'jp' is not known",
        "did you mean 'ja'?",
        id="misspelt language",
    ),
    pytest.param(
        HEAD.replace("confidence: primary", "confidence: primary, source: [FAR]") + CLAUSES,
        "6:46",
        "'source' is not known",
        "did you mean 'sources'?",
        id="misspelt key of a citation",
    ),
    # Readings and theorems
    pytest.param(
        with_clause("id: x, prohibit: a, reading: broad"),
        "9:26",
        "reading 'broad' is not known",
        "add it",
        id="unknown reading",
    ),
    pytest.param(
        with_head("readings:\n  broad: {en: a, ja: b}\n"),
        "8:3",
        "no clause stands in the reading 'broad'",
        "remove it",
        id="unused reading",
    ),
    pytest.param(
        with_head("theorems:\n  - {says: {en: s, ja: s}, when: a, outcome: [allowed]}\n"),
        "8:47",
        "theorems.0.outcome.0",
        "",
        id="theorem with an unknown outcome",
    ),
    pytest.param(
        with_head("theorems:\n  - {says: {en: s, ja: s}, when: a, outcome: []}\n"),
        "8:37",
        "outcome",
        "",
        id="theorem that claims nothing",
    ),
    pytest.param(
        with_head("theorems:\n  - {says: {en: s, ja: s}, when: aa, outcome: [permitted]}\n"),
        "8:34",
        "'aa' is not known",
        "did you mean 'a'?",
        id="theorem of an unknown fact",
    ),
    # Definitions
    pytest.param(
        with_head("definitions:\n  one: two\n  two: three\n  three: not one\n"),
        "8:3",
        "'one' rests on itself",
        "without the other",
        id="definitions in a ring",
    ),
    pytest.param(
        with_head("definitions:\n  one: one or a\n"), "8:3", "rests on itself", "", id="of itself"
    ),
    pytest.param(
        with_head("definitions:\n  a: b\n"),
        "8:3",
        "'a' is a fact and a definition",
        "another name",
        id="definition named like a fact",
    ),
    pytest.param(
        with_head("definitions:\n  part.complete: b\n"),
        "8:3",
        "'part.complete' is a fact",
        "another name",
        id="definition named like the completeness of a collection",
    ),
    pytest.param(
        with_head("definitions:\n  a and b: c\n"), "8:3", "'a and b'", "", id="a rule as a name"
    ),
    pytest.param(with_head("definitions:\n  not: c\n"), "8:3", "'not'", "", id="reserved word"),
    pytest.param(with_head("definitions:\n  one:\n"), "8:3", "one", "", id="defined by nothing"),
    # Parameters
    pytest.param(
        with_lands("[CN], until: 2022-12-24"),
        "10:7",
        "two versions of 'lands' hold at the same time",
        "end the earlier",
        id="versions that overlap",
    ),
    pytest.param(
        with_lands("[CN], since: 2022-12-23, until: 2022-12-23"),
        "9:41",
        "ends (2022-12-23) before it begins",
        "exchange",
        id="version of no day",
    ),
    pytest.param(
        with_lands("[China], until: 2022-12-23", "place in lands"),
        "9:17",
        "'China' is not a value of 'place'",
        "",
        id="value of a parameter that the fact cannot have",
    ),
    pytest.param(
        with_lands("[], until: 2022-12-23", "place in lands"), "9:8", "lands", "", id="no values"
    ),
    pytest.param(
        with_head("parameters:\n  lands: []\n"), "8:3", "lands", "", id="parameter without versions"
    ),
    # Facts of the regime itself
    pytest.param(
        with_fact("a", "truth", ", settled_by: [body]"),
        "8:6",
        "fact 'a' is defined twice",
        "another name",
        id="fact of the vocabulary",
    ),
    pytest.param(
        with_fact("part.complete", "truth", ", settled_by: [body]"),
        "8:6",
        "'part.complete' is defined twice",
        "another name",
        id="completeness of a collection",
    ),
    pytest.param(
        with_fact("waiver", "truth", ""),
        "8:5",
        "nobody's word settles the fact 'waiver'",
        "add 'settled_by:'",
        id="fact that nobody settles",
    ),
    pytest.param(
        with_fact("waiver", "word", ", settled_by: [body]"),
        "8:5",
        "'waiver' has no values",
        "add 'values:'",
        id="word without values",
    ),
    pytest.param(
        with_fact("waiver", "bool", ", settled_by: [body]"), "8:19", "type", "", id="unknown type"
    ),
    pytest.param(
        with_fact("waiver", "truth", ", settled_by: [crowd]"),
        "8:71",
        "settled_by.0",
        "",
        id="unknown voice",
    ),
    pytest.param(
        with_fact("Waiver", "truth", ", settled_by: [body]"),
        "8:6",
        "'Waiver' is not the name of a fact",
        "lower-case",
        id="name in capitals",
    ),
    pytest.param(
        with_fact("not", "truth", ", settled_by: [body]"), "8:6", "'not'", "", id="fact called not"
    ),
    pytest.param(
        HEAD.replace("regime: small", "regime: [small]") + CLAUSES,
        "2:1",
        "'regime'",
        "",
        id="list where a word is needed",
    ),
]


@pytest.mark.parametrize(("text", "place", "what", "next_step"), BROKEN_PACKS)
def test_a_broken_pack_is_told(text: str, place: str, what: str, next_step: str) -> None:
    with pytest.raises(PackError) as caught:
        load_regime(text, VOCABULARY, "bad.yaml")
    assert_told(caught.value, "bad.yaml", place, what, next_step)


@pytest.mark.parametrize(
    ("rule", "column", "what", "next_step"),
    [
        ("aa", 0, "'aa' is not known", "did you mean 'a'?"),
        ("acton = buy", 0, "'acton' is not known", "did you mean 'act'?"),
        ("body = stat", 7, "'stat' is not a value of 'body'", "did you mean 'state'?"),
        ("body = au.navy", 7, "'au.navy' is not a value of 'body'", "state, private"),
        ("act = sell", 6, "'sell' is not a value of 'act'", "buy, operate"),
        ("body = 5", 7, "'5' is not a value of 'body'", "state, private"),
        ("a = maybe", 4, "'maybe' is not a value of 'a'", "true or false"),
        ("a = unknown", 4, "'unknown' is not a value of 'a'", "true or false"),
        ("place = Japan", 8, "'Japan' is not a value of 'place'", "two capital letters"),
        ("act < buy", 4, "'act' has no order", "= or in"),
        ("note < 5", 5, "'note' has no order", "= or in"),
        ("acquired < 5", 11, "'5' is not a value of 'acquired'", "YYYY-MM-DD"),
        ("place", 0, "'place' is not a yes-or-no fact", "compare it"),
        ("body in state", 8, "neither a list nor a parameter", "[ ]"),
        ("body in [state", 14, "']' is expected", "write ']'"),
        ("body in []", 9, "a value is expected", "complete"),
        ("place in lands", 9, "neither a list nor a parameter", "[ ]"),
        ("any parts where kind = camera", 4, "'parts' is not a collection", "did you mean 'part'?"),
        ("any wing where kind = camera", 4, "'wing' is not a collection", "part"),
        ("any part where colour = red", 15, "members of 'part' have no 'colour'", "kind, made_in"),
        ("any part where a", 15, "members of 'part' have no 'a'", "kind, made_in"),
        ("any part where (kind = camera and b)", 34, "members of 'part' have no 'b'", "kind"),
        ("any part where kind = wing", 22, "'wing' is not a value of 'kind'", "camera, radio"),
        ("any part kind = camera", 9, "'where' is expected", "write 'where'"),
        ("any part where any part where kind = camera", 15, "not 'any'", ""),
        ("part[x].kind = camera", 0, "'part", "any part where"),
        ("(a or b", 7, "')' is expected here, not 'the end'", "write ')'"),
        ("a or b)", 6, "')' does not fit", "parentheses"),
        ("a or", 4, "expected here, not 'the end'", "complete"),
        ("a and and b", 6, "expected here, not 'and'", "complete"),
        ("a b", 2, "'b' does not fit", "'and' or 'or'"),
        ("a & b", 2, "the sign '&' is not used", "remove it"),
        (f"{'(' * 60}a{')' * 60}", 50, "nested too deeply", "definitions"),
    ],
)
def test_a_broken_rule_is_told_at_its_word(
    rule: str, column: int, what: str, next_step: str
) -> None:
    with pytest.raises(PackError) as caught:
        load_regime(with_rule(rule), VOCABULARY, "bad.yaml")
    assert_told(caught.value, "bad.yaml", f"9:{24 + column}", what, next_step)


def test_definitions_that_double_at_each_step_are_refused() -> None:
    """Each would be twice the one before: nothing after could evaluate the last."""
    steps = "".join(f"  d{i + 1}: d{i} and d{i}\n" for i in range(64))
    with pytest.raises(PackError, match="definition"):
        load_regime(with_head(f"definitions:\n  d0: a\n{steps}"), VOCABULARY, "bad.yaml")


def test_a_long_chain_of_definitions_is_read_or_refused() -> None:
    chain = "".join(f"  d{i}: d{i + 1}\n" for i in range(1000))
    text = with_head(f"definitions:\n{chain}  d1000: a\n")
    with contextlib.suppress(PackError):
        load_regime(text, VOCABULARY, "bad.yaml")


FACT = "  - {key: a, type: truth, question: {en: q, ja: q}}\n"
PART = """  - name: part
    words: {en: p, ja: p}
    complete: {question: {en: c, ja: c}}
    attributes:
      - {key: kind, type: truth, question: {en: k, ja: k}}
"""


@pytest.mark.parametrize(
    ("text", "place", "what", "next_step"),
    [
        pytest.param(
            f"facts:\n{FACT}{FACT}collections: []\n", "3:6", "'a' twice", "remove", id="fact twice"
        ),
        pytest.param(
            f"facts: []\ncollections:\n{PART}{PART}", "8:5", "'part' twice", "", id="collection"
        ),
        pytest.param(
            f"facts:\n{FACT.replace('key: a', 'key: part.complete')}collections:\n{PART}",
            "4:5",
            "'part.complete' twice",
            "",
            id="fact named like the completeness of a collection",
        ),
        pytest.param(
            f"facts: []\ncollections:\n{PART}      - {{key: kind, type: date, question: {{en: k, ja: k}}}}\n",
            "8:10",
            "'kind' twice",
            "",
            id="attribute twice",
        ),
        pytest.param(
            f"facts: []\ncollections:\n{PART.replace('key: kind', 'key: Kind')}",
            "7:10",
            "'Kind' is not the name of a fact",
            "lower-case",
            id="attribute that no rule could name",
        ),
        pytest.param(
            f"facts:\n{FACT.replace('truth', 'bool')}collections: []\n",
            "2:14",
            "facts.0.type",
            "",
            id="unknown type",
        ),
        pytest.param(
            f"facts:\n{FACT.replace('truth', 'word')}collections: []\n",
            "2:5",
            "'a' has no values",
            "add 'values:'",
            id="word without values",
        ),
        pytest.param(
            f"facts:\n{FACT.replace('key: a', 'key: A b')}collections: []\n",
            "2:6",
            "'A b' is not the name of a fact",
            "",
            id="name that no rule can use",
        ),
        pytest.param(
            "facts:\n  - {key: a, type: truth}\ncollections: []\n",
            "2:5",
            "'question' is missing",
            "add 'question:'",
            id="no question",
        ),
        pytest.param(
            "facts:\n  - {key: a, type: truth, question: {en: q}}\ncollections: []\n",
            "2:27",
            "'ja' is missing",
            "add 'ja:'",
            id="question in one language",
        ),
        pytest.param(
            f"facts:\n{FACT.rstrip()[:-1]}, settled_by: [crowd]}}\ncollections: []\n",
            "2:66",
            "settled_by.0",
            "",
            id="unknown voice",
        ),
        pytest.param(
            f"facts:\n{FACT.rstrip()[:-1]}, shown_by: [rumour]}}\ncollections: []\n"
            "evidence: {list: {cost: 1, words: {en: l, ja: l}}}\n",
            "2:64",
            "'rumour' is not",
            "",
            id="unknown kind of evidence",
        ),
        pytest.param(
            f"facts:\n{FACT}collections: []\nevidence: {{list: {{cost: dear, words: {{en: l, ja: l}}}}}}\n",
            "4:19",
            "cost",
            "",
            id="cost that is no number",
        ),
        pytest.param("facts: {a: b}\ncollections: []\n", "1:1", "'facts'", "", id="not a list"),
        pytest.param("facts:\n\t- key: a\n", "2:1", "not YAML", "tabs", id="tab"),
    ],
)
def test_a_broken_vocabulary_is_told(text: str, place: str, what: str, next_step: str) -> None:
    with pytest.raises(PackError) as caught:
        load_vocabulary(text, "vocabulary.yaml")
    assert_told(caught.value, "vocabulary.yaml", place, what, next_step)


BASE = "base:\n  on: 2026-11-01\n  body: state\n  facts: {a: 'true'}\ncases:\n"


def case(text: str) -> str:
    """A case file of one case, in line 6; what is given begins at 6:15."""
    return f"{BASE}  - {{name: n, {text}}}\n"


@pytest.mark.parametrize(
    ("text", "place", "what", "next_step"),
    [
        pytest.param(
            case("deciding: [ban]"), "6:5", "'outcome' is missing", "add", id="no outcome"
        ),
        pytest.param(case("outcome: allowed"), "6:15", "cases.0.outcome", "", id="outcome"),
        pytest.param(
            case("outcome: prohibited, effect: must_not"), "6:36", "effect", "", id="effect"
        ),
        pytest.param(
            case("outcome: prohibited, deciding: [bann]"),
            "6:47",
            "'bann' is not known",
            "did you mean 'ban'?",
            id="clause that is not there",
        ),
        pytest.param(
            case("outcome: prohibited, holds: [zzz]"), "6:44", "'zzz' is not known", "", id="holds"
        ),
        pytest.param(
            case("outcome: prohibited, reading: broad"), "6:36", "'broad' is not", "", id="reading"
        ),
        pytest.param(
            case("outcome: prohibited, decding: [ban]"),
            "6:36",
            "'decding' is not known",
            "did you mean 'deciding'?",
            id="misspelt key",
        ),
        pytest.param(
            case("outcome: prohibited, facts: {aa: null}"),
            "6:44",
            "'aa' is not known",
            "did you mean 'a'?",
            id="unknown fact that is not known",
        ),
        pytest.param(
            case("outcome: prohibited, facts: {a: maybe}"),
            "6:44",
            "'maybe' is not a value of 'a'",
            "true or false",
            id="value",
        ),
        pytest.param(
            case("outcome: prohibited, facts: {'part[x].colour': red}"),
            "6:44",
            "'part[x].colour' is not known",
            "",
            id="attribute",
        ),
        pytest.param(
            case("outcome: prohibited, facts: {a: 'true', a: 'false'}"),
            "6:55",
            "'a' stands here twice",
            "remove",
            id="fact twice",
        ),
        pytest.param(
            case("outcome: prohibited, facts: {act: buy}"),
            "6:44",
            "'act'",
            "",
            id="part of the question given as a fact",
        ),
        pytest.param(
            case("outcome: prohibited, act: sell"),
            "6:36",
            "'sell' is not a value of 'act'",
            "buy, operate",
            id="unknown act",
        ),
        pytest.param(
            case("outcome: prohibited, body: stat"), "6:36", "'stat' is not", "state", id="body"
        ),
        pytest.param(
            case("outcome: prohibited, on: 2026-02-30"),
            "6:36",
            "cases.0.on",
            "YYYY-MM-DD",
            id="no such day",
        ),
        pytest.param(
            case("outcome: prohibited, acquired: 令和8年11月1日"),
            "6:36",
            "cases.0.acquired",
            "Gregorian calendar",
            id="date of an era",
        ),
        pytest.param("cases: []\n", "1:1", "'base' is missing", "add 'base:'", id="no base"),
        pytest.param("base: {}\ncases: []\n", "1:1", "'on' is missing", "add 'on:'", id="no day"),
        pytest.param(
            BASE.replace("a: 'true'", "b: 5") + "  - {name: n, outcome: permitted}\n",
            "4:11",
            "'5' is not a value of 'b'",
            "true or false",
            id="value in the base",
        ),
        pytest.param(
            BASE + "  - {name: n, outcome: permitted}\n" * 2,
            "7:6",
            "two cases are called 'n'",
            "rename one",
            id="case twice",
        ),
        pytest.param(
            case("outcome: permitted").replace("name: n", "name: ''"),
            "6:6",
            "cases.0.name",
            "write it",
            id="case without a name",
        ),
        pytest.param(f"{BASE}\t- name: n\n", "6:1", "not YAML", "tabs", id="tab"),
        pytest.param(case("outcome: &p prohibited"), "6:24", "anchors", "write", id="anchor"),
        pytest.param("- a\n", "1:1", "the document", "key", id="list"),
    ],
)
def test_a_broken_file_of_expected_cases_is_told(
    text: str, place: str, what: str, next_step: str
) -> None:
    with pytest.raises(PackError) as caught:
        load_expected(text, "small.yaml", REGIME, error=PackError)
    assert_told(caught.value, "small.yaml", place, what, next_step)


def stated(text: str) -> str:
    """A file of one stated case, in line 2; what is given begins at 2:13."""
    return f"cases:\n  - {{id: n, {text}}}\n"


@pytest.mark.parametrize(
    ("text", "place", "what", "next_step"),
    [
        pytest.param(stated("act: buy"), "2:5", "'on' is missing", "add 'on:'", id="no day"),
        pytest.param(
            stated("on: 2026-02-30"), "2:13", "cases.0.on", "YYYY-MM-DD", id="no such day"
        ),
        pytest.param(
            stated("on: 令和8年11月1日"), "2:13", "cases.0.on", "Gregorian", id="date of an era"
        ),
        pytest.param(
            stated("on: 2026-11-01, act: bu"),
            "2:29",
            "'bu' is not a value of 'act'",
            "did you mean 'buy'?",
            id="act",
        ),
        pytest.param(
            stated("on: 2026-11-01, body: stat"),
            "2:29",
            "'stat' is not a value of 'body'",
            "did you mean 'state'?",
            id="body",
        ),
        pytest.param(
            stated("on: 2026-11-01, regimes: [smal]"),
            "2:39",
            "no regime 'smal'",
            "did you mean 'small'?",
            id="regime",
        ),
        pytest.param(
            stated("on: 2026-11-01, regimes: small"), "2:29", "regimes", "", id="word for a list"
        ),
        pytest.param(
            stated("on: 2026-11-01, facts: {aa: 'true'}"),
            "2:37",
            "'aa' is not in the vocabulary",
            "did you mean 'a'?",
            id="fact",
        ),
        pytest.param(
            stated("on: 2026-11-01, facts: {'part[x].made_in': Japan}"),
            "2:37",
            "'Japan' is not a value of 'part[x].made_in'",
            "",
            id="value",
        ),
        pytest.param(
            stated("on: 2026-11-01, facts: {a: [true]}"),
            "2:41",
            "facts.a",
            "",
            id="list for a word",
        ),
        pytest.param(
            stated("on: 2026-11-01, facts: {'on': 2020-01-01}"),
            "2:37",
            "'on'",
            "",
            id="part of the question given as a fact",
        ),
        pytest.param(
            stated("on: 2026-11-01, fact: {a: 'true'}"),
            "2:29",
            "'fact' is not known",
            "did you mean 'facts'?",
            id="misspelt key",
        ),
        pytest.param(
            "cases:\n  - {id: n, on: 2026-11-01}\n  - {id: n, on: 2026-11-02}\n",
            "3:6",
            "'n'",
            "",
            id="case twice",
        ),
        pytest.param("a: &a [x]\ncases: [*a]\n", "1:4", "anchors", "write", id="bomb"),
        pytest.param("cases: []\n---\ncases: []\n", "2:1", "not YAML", "mend", id="two documents"),
        pytest.param("cases: \0\n", "1:8", "not YAML", "mend", id="NUL"),
        pytest.param("x" * (MOST_CHARACTERS + 1), "", "too large", "split it", id="huge"),
        pytest.param("- {id: n}\n", "1:1", "the document", "key", id="list"),
    ],
)
def test_a_broken_file_of_stated_cases_is_told(
    text: str, place: str, what: str, next_step: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_cases(text, "cases.yaml", PACKS)
    assert_told(caught.value, "cases.yaml", place, what, next_step)


def test_a_date_left_empty_is_not_told_in_the_words_of_the_machine() -> None:
    with pytest.raises(PackError) as caught:
        load_expected(case("outcome: prohibited, on:"), "small.yaml", REGIME, error=PackError)
    assert "None" not in str(caught.value)
