"""A small vocabulary, and regimes written with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from sekisho.law.grammar import parse_rule
from sekisho.law.load import load_regime
from sekisho.law.regime import Regime
from sekisho.law.syntax import Rule
from sekisho.law.vocabulary import ChangeEntry, Vocabulary, load_vocabulary
from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.units import FactKey
from sekisho.model.words import Words

ON = date(2026, 11, 1)
NOBODY = Case()

VOCABULARY = load_vocabulary(
    """
facts:
  - {key: act, type: word, given: case, question: {en: act, ja: 行為}, values: {buy: {en: b, ja: b}, operate: {en: o, ja: o}}}
  - {key: task, type: word, given: case, question: {en: task, ja: 業務}, values: {rescue: {en: r, ja: r}, training: {en: t, ja: t}}}
  - {key: body, type: word, given: case, question: {en: body, ja: 機関}, values: {state: {en: s, ja: s}, private: {en: p, ja: p}}}
  - {key: "on", type: date, given: case, question: {en: "on", ja: 日}}
  - {key: acquired, type: date, given: case, question: {en: acquired, ja: 取得}}
  - {key: a, type: truth, question: {en: a, ja: a}, settled_by: [observed, maker]}
  - {key: b, type: truth, question: {en: b, ja: b}, settled_by: [authority]}
  - {key: c, type: truth, question: {en: c, ja: c}, settled_by: [authority]}
  - {key: d, type: truth, question: {en: d, ja: d}, settled_by: [authority]}
  - {key: place, type: country, question: {en: place, ja: 場所}, settled_by: [record]}
  - {key: note, type: text, question: {en: note, ja: 注記}, settled_by: [record]}
collections:
  - name: part
    words: {en: part, ja: 部品}
    complete: {question: {en: complete, ja: 完全}, shown_by: [list], settled_by: [record]}
    attributes:
      - {key: kind, type: word, question: {en: kind, ja: 種類}, values: {camera: {en: c, ja: c}, radio: {en: r, ja: r}}, settled_by: [record]}
      - {key: made_in, type: country, question: {en: made in, ja: 製造国}, settled_by: [record]}
"""
)

_CHANGE = ChangeEntry(cost=3, words=Words(en="change", ja="変更"))

HEAD = """
regime: small
title: {en: small, ja: 小}
jurisdiction: XX
force: {en: rule, ja: 規則}
cite: {text: Small Act, confidence: primary}
"""

WORDS = "words: {en: words, ja: 文言}, cite: {text: art, confidence: primary}"


def clause(text: str) -> str:
    """One clause in flow style, with words and citation added."""
    return f"  - {{{text}, {WORDS}}}\n"


CHANGEABLE = Vocabulary(
    (
        msgspec.structs.replace(entry, change=_CHANGE if entry.key == "place" else None)
        for entry in VOCABULARY.facts.values()
    ),
    (
        msgspec.structs.replace(
            one,
            attributes=tuple(
                msgspec.structs.replace(entry, change=_CHANGE) for entry in one.attributes
            ),
        )
        for one in VOCABULARY.collections.values()
    ),
)
"""The same words, of which the place and the parts are the body's to change."""


def regime_of(*clauses: str, more: str = "", vocabulary: Vocabulary = VOCABULARY) -> Regime:
    """A regime of clauses that bind a body of the state unless they say otherwise."""
    listed = "".join(clause(one) for one in clauses)
    if not any("scope:" in one for one in clauses):
        listed = clause("id: scope, scope: body = state") + listed
    return load_regime(f"{HEAD}{more}clauses:\n{listed}", vocabulary, "small.yaml")


def twisted(count: int) -> Regime:
    """A ban that holds whatever its facts are, each of them both ways."""
    names = [f"f{i}" for i in range(count)]
    truth = "type: truth, question: {en: q, ja: q}, settled_by: [record]"
    facts = "".join(f"  - {{key: {name}, {truth}}}\n" for name in names)
    rule = " and ".join(f"({name} or not {name})" for name in names)
    return regime_of(f"id: ban, prohibit: '{rule}'", more=f"facts:\n{facts}")


def rule_of(text: str) -> Rule:
    """A rule over the small vocabulary."""
    return parse_rule(text, VOCABULARY)


def facts_of(**values: str) -> tuple[Fact, ...]:
    """Facts by key, `__` standing for a dot; members as `part[x].kind` via `known`."""
    return known({key.replace("__", "."): value for key, value in values.items()})


def known(values: Mapping[str, str | None]) -> tuple[Fact, ...]:
    """Facts by key."""
    return tuple(Fact(key=FactKey(key), value=value) for key, value in values.items())
