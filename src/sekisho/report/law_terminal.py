"""A regime in a terminal, clause by clause."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sekisho.law.regime import Clause, Regime
from sekisho.law.spell import spell_rule
from sekisho.model.words import Language
from sekisho.report.catalog import Catalog
from sekisho.report.phrases import Phrases
from sekisho.report.plain import plain


def render_law_terminal(regime: Regime, language: Language, catalog: Catalog) -> RenderableType:
    """The clauses with words, rules, dates and confidence; then what is not known of the text."""
    phrases = Phrases(catalog, language)
    head = Text(plain(f"{regime.id}: {regime.title.in_language(language)}"), style="bold")
    known = phrases.confidence(regime.citation)
    cite = Text(plain(f"{regime.force.in_language(language)}. {regime.citation.text} ({known})"))
    table = Table(show_lines=True, expand=True)
    table.add_column(phrases.text("clause"), ratio=2, overflow="fold")
    table.add_column(phrases.text("words"), ratio=5, overflow="fold")
    for clause in regime.clauses:
        table.add_row(_name(clause, regime, phrases), _words(clause, language, phrases))
    gaps = [Text(f"{phrases.text('bullet')}{plain(g.in_language(language))}") for g in regime.gaps]
    return Group(head, cite, table, Text(phrases.text("gaps"), style="bold"), *gaps)


def _name(clause: Clause, regime: Regime, phrases: Phrases) -> Text:
    text = Text(plain(clause.id.removeprefix(f"{regime.id}.")), style="bold")
    text.append(f"\n{phrases.label(clause.kind.value)}", "default")
    if clause.period.since:
        text.append(f"\n{phrases.text('since', on=str(clause.period.since))}", "dim")
    if clause.period.until:
        text.append(f"\n{phrases.text('until', on=str(clause.period.until))}", "dim")
    if clause.reading:
        text.append(f"\n{phrases.text('reading', reading=clause.reading)}", "dim")
    return text


def _words(clause: Clause, language: Language, phrases: Phrases) -> Text:
    text = Text(plain(clause.words.in_language(language)))
    text.append(f"\n{plain(spell_rule(clause.rule))}", "cyan")
    if clause.excepts:
        lifts = plain(", ".join(clause.excepts))
        text.append(f"\n{phrases.text('law.lifts')}{phrases.text('colon')}{lifts}")
    for words in (clause.condition, clause.obligation):
        if words is not None:
            text.append(f"\n{phrases.text('bullet')}{plain(words.in_language(language))}")
    known = phrases.confidence(clause.citation)
    text.append(f"\n{plain(clause.citation.text)} ({known})", "dim")
    return text
