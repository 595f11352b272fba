"""Reviews, decisions and findings as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sekisho.model.assessment import KnownRecipient
from sekisho.model.determination import Determination, Outcome, strictest
from sekisho.model.evidence import Evidence
from sekisho.model.observation import Behaviour, Component, Flow, Property
from sekisho.model.review import Findings, Review
from sekisho.model.words import Language
from sekisho.report.catalog import Catalog
from sekisho.report.describe import recipient_name
from sekisho.report.phrases import Phrases
from sekisho.report.plain import plain

STYLES = {
    Outcome.PROHIBITED: "bold red",
    Outcome.UNDETERMINED: "bold yellow",
    Outcome.CONDITIONAL: "bold cyan",
    Outcome.PERMITTED: "bold green",
    Outcome.NOT_APPLICABLE: "dim",
}
MOST_FACTS = 3
MOST_ROWS = 60
MOST_VALUES = 12
MOST_BLOCKING = 5
MOST_OWED = 8


Know: TypeAlias = Callable[[Flow], KnownRecipient | None]
"""What is known of the recipient of a flow, if anything."""


def render_terminal(review: Review, language: Language, catalog: Catalog) -> RenderableType:
    """A review: what was asked, each regime's answer, and what is owed."""
    phrases = Phrases(catalog, language)
    title = review.dossier.article.title() or phrases.text("unnamed")
    return Group(
        Text(""),
        Text(plain(title), style="bold"),
        Text(plain(phrases.case(review.case))),
        _determinations([("", found) for found in review.determinations], phrases),
        _leak_line(review, phrases),
        _problem_line(review, phrases),
    )


def render_decisions(
    decided: Sequence[tuple[str, Determination]], language: Language, catalog: Catalog
) -> RenderableType:
    """Determinations of named cases."""
    return _determinations(decided, Phrases(catalog, language))


def render_findings(
    evidence: Evidence,
    findings: Findings,
    language: Language,
    catalog: Catalog,
    know: Know = lambda _: None,
) -> RenderableType:
    """What was seen in one piece of evidence; `know` tells what is known of a flow's recipient."""
    phrases = Phrases(catalog, language)
    kind = phrases.label(evidence.kind.value)
    head = f"{plain(evidence.path)}  {kind}  {evidence.size:,} B  sha256:{evidence.id[:16]}…"
    parts: list[RenderableType] = [Text(""), Text(head, style="bold")]
    parts += _properties(findings, phrases)
    parts += _flows(findings, phrases, know)
    parts += _components(findings, phrases)
    parts += _behaviours(findings, phrases)
    parts += _coverage(findings, phrases)
    return Group(*parts)


def _determinations(
    decided: Sequence[tuple[str, Determination]], phrases: Phrases
) -> RenderableType:
    bound = [(case, found) for case, found in decided if not _is_outside(found)]
    parts: list[RenderableType] = [_answers(bound, phrases)] if bound else []
    for case in dict.fromkeys(case for case, _ in decided):
        own = [found for name, found in decided if name == case]
        parts += _across(case, own, phrases)
    return Group(*parts)


def _named(found: Determination) -> str:
    return f"{found.regime} [{found.reading}]" if found.reading else found.regime


def _is_outside(found: Determination) -> bool:
    return found.outcome is Outcome.NOT_APPLICABLE


def _across(case: str, found: Sequence[Determination], phrases: Phrases) -> Iterator[Text]:
    """The strictest answer of those that bind, and why the others do not."""
    binding = [one for one in found if not one.advisory]
    outcome = strictest(one.outcome for one in binding)
    head = f"{plain(case)}: " if case else ""
    line = Text(f"{head}{phrases.text('strictest')}{phrases.text('colon')}")
    line.append(phrases.label(outcome).upper(), style=STYLES[outcome])
    yield line
    outside: dict[str, list[str]] = {}
    for one in found:
        if _is_outside(one):
            why = phrases.text("semicolon").join(map(phrases.fact, phrases.because(one)))
            names = outside.setdefault(why or phrases.text("not_in_force"), [])
            names.append(_named(one))
    if outside:
        yield Text(f"  {phrases.text('not_bound')}", style="dim")
    for why, names in outside.items():
        yield Text(f"  {plain(', '.join(names))}{phrases.text('colon')}{plain(why)}", style="dim")


def _answers(decided: Sequence[tuple[str, Determination]], phrases: Phrases) -> Table:
    table = Table(show_lines=True, expand=True)
    table.add_column(phrases.text("regime"), ratio=3, overflow="fold")
    table.add_column(phrases.text("because"), ratio=5, overflow="fold")
    table.add_column(phrases.text("missing"), ratio=4, overflow="fold")
    for case, found in decided:
        table.add_row(
            _answer(case, found, phrases),
            Text("\n".join([*_deciding(found, phrases), *_because(found, phrases)])),
            Text("\n".join(_missing(found, phrases))),
        )
    return table


def _answer(case: str, found: Determination, phrases: Phrases) -> Text:
    """Case, regime, outcome, and what may be done now, one below the other."""
    lines = Text()
    if case:
        lines.append(f"{plain(case)}\n")
    lines.append(f"{plain(_named(found))}\n", style="bold")
    lines.append(f"{phrases.label(found.outcome).upper()}\n", style=STYLES[found.outcome])
    lines.append(phrases.pair(phrases.text("now"), phrases.effect(found)))
    return lines


def _deciding(found: Determination, phrases: Phrases) -> list[str]:
    clauses = phrases.deciding(found)
    lines = [
        f"§ {plain(clause.id.removeprefix(found.regime + '.'))}"
        f" ({phrases.confidence(clause.citation)})"
        for clause in clauses[:MOST_FACTS]
    ]
    return lines + _more(len(clauses), phrases)


def _because(found: Determination, phrases: Phrases) -> list[str]:
    shown = phrases.because(found)
    lines = [_point(phrases.fact(fact), phrases) for fact in shown[:MOST_FACTS]]
    return lines + _more(len(shown), phrases)


def _missing(found: Determination, phrases: Phrases) -> list[str]:
    ways = found.missing.to_permit or found.missing.to_prohibit
    if not ways:
        return ["–"]
    least = ways[0]
    lines = [_point(phrases.need(need), phrases) for need in least[:MOST_FACTS]]
    return lines + _more(len(least), phrases)


def _point(text: str, phrases: Phrases) -> str:
    return f"{phrases.text('bullet')}{plain(text)}"


def _more(count: int, phrases: Phrases, most: int = MOST_FACTS) -> list[str]:
    left = count - most
    return [phrases.text("and_more", count=str(left))] if left > 0 else []


def _leak_line(review: Review, phrases: Phrases) -> RenderableType:
    owed = [test for test in review.leakage.test_plan if test.owed]
    lines = [phrases.text(f"leak.{review.leakage.leaks}")]
    lines += [
        f"  {phrases.pair(phrases.text('owed'), phrases.test(test))}"
        f" {test.done:g}/{test.wanted:g} {phrases.label(test.unit)}"
        for test in owed[:MOST_OWED]
    ]
    lines += [f"  {line}" for line in _more(len(owed), phrases, MOST_OWED)]
    return Text("\n".join(plain(line) for line in lines))


def _problem_line(review: Review, phrases: Phrases) -> RenderableType:
    problems = review.problems
    blocking = [problem for problem in problems if problem.blocks_clean]
    lines = [phrases.pair(phrases.text("problems"), str(len(problems)))]
    lines += [f"  {phrases.say(problem)}" for problem in blocking[:MOST_BLOCKING]]
    lines += [f"  {line}" for line in _more(len(blocking), phrases, MOST_BLOCKING)]
    return Text("\n".join(plain(line) for line in lines))


def _table(heads: Iterable[str], rows: Sequence[Sequence[str]], phrases: Phrases) -> Table:
    table = Table(*heads, expand=True)
    for row in rows[:MOST_ROWS]:
        table.add_row(*(Text(plain(cell), overflow="fold") for cell in row))
    if len(rows) > MOST_ROWS:
        table.caption = phrases.text("and_more", count=str(len(rows) - MOST_ROWS))
    return table


def _properties(findings: Findings, phrases: Phrases) -> list[RenderableType]:
    grouped: dict[str, list[str]] = {}
    for seen in findings.observations:
        if isinstance(seen, Property):
            grouped.setdefault(seen.name, []).append(plain(seen.value))
    table = Table(phrases.text("finding"), phrases.text("content"), expand=True)
    for name, values in grouped.items():
        lines = values[:MOST_VALUES] + _more(len(values), phrases, MOST_VALUES)
        table.add_row(Text(plain(phrases.label(name))), Text("\n".join(lines), overflow="fold"))
    return [table] if grouped else []


def _flows(findings: Findings, phrases: Phrases, know: Know) -> list[RenderableType]:
    """The flows, those first that most was sent in."""
    seen = [one for one in findings.observations if isinstance(one, Flow)]
    seen.sort(key=lambda one: -one.volume.sent)
    rows = [
        (
            f"{recipient_name(one)}{f' ({one.app})' if one.app else ''}",
            _countries(know(one)) if place < MOST_ROWS else "",
            one.protocol,
            phrases.label(one.protection),
            phrases.labels(one.categories),
            f"{one.volume.sent:,} / {one.volume.received:,}",
            one.loci[0].address() if one.loci else "–",
        )
        for place, one in enumerate(seen)
    ]
    names = ("recipient", "country_short", "protocol", "protection", "data", "volume", "place")
    return [_table([phrases.text(name) for name in names], rows, phrases)] if rows else []


def _countries(known: KnownRecipient | None) -> str:
    """The countries that sources place the address in, and the one that its owner belongs to."""
    if known is None:
        return "–"
    countries = list(dict.fromkeys(opinion.country for opinion in known.countries))
    if known.owner_country is not None and known.owner_country.country not in countries:
        countries.append(known.owner_country.country)
    return ", ".join(countries) or "–"


def _components(findings: Findings, phrases: Phrases) -> list[RenderableType]:
    rows = [
        (
            seen.name,
            phrases.value("component.kind", seen.kind),
            seen.maker or "–",
            seen.made_in or "–",
            seen.maker_domicile or "–",
            seen.loci[0].address() if seen.loci else "–",
        )
        for seen in findings.observations
        if isinstance(seen, Component)
    ]
    names = ("part", "kind", "maker", "made_in", "maker_domicile", "place")
    return [_table([phrases.text(name) for name in names], rows, phrases)] if rows else []


def _behaviours(findings: Findings, phrases: Phrases) -> list[RenderableType]:
    """What the software is built to do; where code leads to it, the way."""
    rows = [
        (
            phrases.label(seen.name),
            seen.details.get("way", "–"),
            seen.loci[0].address() if seen.loci else "–",
        )
        for seen in findings.observations
        if isinstance(seen, Behaviour)
    ]
    heads = (phrases.text("behaviour"), phrases.label("way"), phrases.text("place"))
    return [_table(heads, rows, phrases)] if rows else []


def _coverage(findings: Findings, phrases: Phrases) -> list[RenderableType]:
    lines = []
    for seen in findings.coverage:
        amounts = ", ".join(f"{phrases.label(k)} {v:,g}" for k, v in seen.measures.items())
        lines.append(f"{seen.analyzer or '–'}: {phrases.label(seen.status)}  {amounts}")
        lines += [f"  {phrases.say(one)}" for one in seen.unseen]
    for problem in findings.problems:
        where = f" [{problem.locus.address()}]" if problem.locus else ""
        lines.append(f"! {phrases.say(problem)}{where}")
    return [Text("\n".join(plain(line) for line in lines))]
