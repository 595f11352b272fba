"""The canonical form of regime files, and the schema that editors check them against."""

from __future__ import annotations

from typing import Any

import jsonschema
import msgspec
import pytest

from sekisho.data.files import pack_names, pack_text
from sekisho.errors import PackError
from sekisho.law.format import WIDTH, format_regime
from sekisho.law.load import load_regime
from sekisho.law.schema import cases_schema, regime_schema
from sekisho.law.vocabulary import load_vocabulary
from sekisho.strict_yaml import decode

NOT_REGIMES = ("regimes/vocabulary.yaml", "regimes/sources.yaml")
SHIPPED = [name for name in pack_names("regimes") if name not in NOT_REGIMES]
VOCABULARY = load_vocabulary(pack_text("regimes/vocabulary.yaml"))

SMALL = """\
# What it is.
regime: small
clauses:
  # Why this clause is so.
  - cite: {confidence: primary, text: "art. 1"}
    words: {ja: 文言, en: words}
    scope: body = private
    id: small.1
# At the end of the clauses.
title: {ja: 小, en: small}
force: {en: rule, ja: 規則}
cite: {text: Small Act, confidence: primary}
jurisdiction: XX
"""


def plain(text: str) -> dict[str, Any]:
    return decode(text, dict[str, Any], file="x.yaml", error=PackError, code="x")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_canonical_form_means_the_same_and_is_its_own(name: str) -> None:
    text = pack_text(name)
    formatted = format_regime(text, name)
    assert plain(formatted) == plain(text)
    assert format_regime(formatted, name) == formatted
    one, other = (load_regime(one, VOCABULARY, name) for one in (text, formatted))
    same = msgspec.structs.replace(other, digest=one.digest, vocabulary=one.vocabulary)
    assert same == one
    assert text.count("#") == formatted.count("#")


@pytest.mark.parametrize("name", SHIPPED)
def test_rules_are_broken_into_lines_of_one_width(name: str) -> None:
    for line in format_regime(pack_text(name), name).splitlines():
        assert len(line) <= WIDTH or not line.lstrip().startswith(("scope:", "prohibit:", "when:"))


def test_keys_have_one_order_and_comments_stay_with_what_they_stand_before() -> None:
    assert format_regime(SMALL, "small.yaml") == (
        "# What it is.\n"
        "regime: small\n"
        "# At the end of the clauses.\n"
        "title: {en: small, ja: 小}\n"
        "jurisdiction: XX\n"
        "force: {en: rule, ja: 規則}\n"
        "cite: {text: Small Act, confidence: primary}\n"
        "clauses:\n"
        "  # Why this clause is so.\n"
        "  - id: small.1\n"
        "    scope: body = private\n"
        "    words: {en: words, ja: 文言}\n"
        "    cite: {text: art. 1, confidence: primary}\n"
    )


def test_a_comment_that_could_not_be_kept_is_told_and_not_lost() -> None:
    text = SMALL.replace("    scope:", "    # here\n    scope:")
    with pytest.raises(PackError) as caught:
        format_regime(text, "small.yaml")
    assert caught.value.code == "SEK-E306"
    assert caught.value.where == "small.yaml:7:1"


def test_a_broken_file_is_refused() -> None:
    with pytest.raises(PackError) as caught:
        format_regime("regime: small\n", "small.yaml")
    assert caught.value.code == "SEK-E303"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_schema_takes_every_regime_that_is_shipped(name: str) -> None:
    jsonschema.validate(_typed(plain(pack_text(name))), regime_schema())


@pytest.mark.parametrize("name", pack_names("cases"))
def test_the_schema_takes_every_case_file_that_is_shipped(name: str) -> None:
    jsonschema.validate(_typed(plain(pack_text(name))), cases_schema())


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    broken = {**plain(SMALL), "claws": []}
    with pytest.raises(jsonschema.ValidationError, match="claws"):
        jsonschema.validate(broken, regime_schema())
    assert regime_schema()["$schema"].endswith("2020-12/schema")
    assert "One legal instrument." in str(regime_schema())


def _typed(value: Any) -> Any:
    """What an editor's YAML reader makes of our words: numbers and truths are typed."""
    if isinstance(value, dict):
        typed = {key: _typed(one) for key, one in value.items()}
        if "cost" in typed:
            typed["cost"] = int(typed["cost"])
        if "advisory" in typed:
            typed["advisory"] = typed["advisory"] == "true"
        return typed
    return [_typed(one) for one in value] if isinstance(value, list) else value


def test_an_empty_list_stays_a_list() -> None:
    text = SMALL.replace("jurisdiction: XX\n", "jurisdiction: XX\ngaps: []\n")
    assert "\ngaps: []\n" in format_regime(text, "small.yaml")


def test_an_item_takes_one_line_up_to_the_width_and_several_beyond() -> None:
    lengths: dict[bool, list[int]] = {True: [], False: []}
    for count in range(1, 60):
        version = f"{{cite: {{text: {'x' * count}, confidence: primary}}, values: [CN]}}"
        text = SMALL.replace("clauses:", f"parameters:\n  p:\n    - {version}\nclauses:", 1)
        in_one_line = f"    - {version}" in format_regime(text, "small.yaml").splitlines()
        lengths[in_one_line].append(len(f"    - {version}"))
    assert max(lengths[True]) == 92
    assert min(lengths[False]) == 93


def test_a_rule_is_quoted_only_where_it_has_to_be() -> None:
    text = SMALL.replace("body = private", "body in [private, state]")
    assert "    scope: body in [private, state]\n" in format_regime(text, "small.yaml")


@pytest.mark.parametrize("last", ["d" * 9, "d" * 10])
def test_a_folded_rule_fills_its_lines_to_the_width(last: str) -> None:
    """Up to the last column, and no further."""
    words = ["a" * (WIDTH - 6 - 10), last, "and", "b" * 40]
    lines = format_regime(SMALL.replace("body = private", " ".join(words)), "s.yaml").splitlines()
    at = lines.index("    scope: >-")
    first = " ".join(words[:2]) if len(last) == 9 else words[0]
    assert lines[at + 1] == f"      {first}"
    assert len(first) + 6 == (WIDTH if len(last) == 9 else WIDTH - 10)


def test_a_mapping_takes_one_line_up_to_the_width_and_several_beyond() -> None:
    for count, is_one in ((57, True), (58, False)):
        line = f"cite: {{text: {'x' * count}, confidence: primary}}"
        text = SMALL.replace("cite: {text: Small Act, confidence: primary}", line)
        assert (line in format_regime(text, "small.yaml").splitlines()) is is_one
        assert len(line) == (92 if is_one else 93)
