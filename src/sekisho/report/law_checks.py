"""What was proved of regimes, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sekisho.law.casefile import Failure
from sekisho.law.check import CheckFinding, Example
from sekisho.law.compare import Region
from sekisho.report.plain import plain

_MOST_PARTS = 8


def render_checks(regime: str, findings: Sequence[CheckFinding]) -> RenderableType:
    """The findings of one regime, faults first, each with a case that shows it."""
    faults = [one for one in findings if one.is_fault]
    notes = [one for one in findings if not one.is_fault]
    head = Text(f"{plain(regime)}: ", style="bold")
    head.append(f"{len(faults)} faults" if faults else "sound", "red" if faults else "green")
    return Group(head, *(_finding(one) for one in (*faults, *notes)))


def _finding(one: CheckFinding) -> Text:
    reading = f" [{one.reading}]" if one.reading else ""
    text = Text(f"  {one.kind}{reading}: {plain(one.says)}", "red" if one.is_fault else "dim")
    if one.example is not None:
        text.append(f"\n    {plain(spell_example(one.example))}", "default")
    return text


def render_failures(regime: str, cases: int, failures: Sequence[Failure]) -> RenderableType:
    """How the cases of one regime were decided."""
    lines = [Text(f"{plain(regime)}: {cases} cases, {len(failures)} fail")]
    for failure in failures:
        reading = f" [{failure.reading}]" if failure.reading else ""
        differences = plain("; ".join(failure.differences))
        lines.append(Text(f"  {plain(failure.case)}{reading}: {differences}", "red"))
    return Group(*lines)


def render_differences(
    digests: tuple[str, str], reading: str | None, regions: Sequence[Region]
) -> RenderableType:
    """Where two versions differ, from day to day."""
    old, new = (digest[:12] for digest in digests)
    head = Text(f"{old} → {new}", style="bold")
    if reading:
        head.append(f" [{plain(reading)}]")
    if not regions:
        head.append("  no case is decided differently")
    return Group(head, *(line for region in regions for line in _region(region)))


def _region(region: Region) -> Iterator[Text]:
    since = f"from {region.since}" if region.since else "always"
    until = f" until {region.until} (exclusive)" if region.until else ""
    when = f"{since}{until}" if region.since else (until.strip() or since)
    yield Text(f"  {when}: {region.old} → {region.new}, where", style="bold")
    for part in region.where[:_MOST_PARTS]:
        yield Text(f"    {plain(' and '.join(part) or 'always')}")
    if len(region.where) > _MOST_PARTS:
        yield Text(f"    ... or in {len(region.where) - _MOST_PARTS} more parts (all with --json)")
    yield Text(f"    e.g. {plain(spell_example(region.example))}", style="dim")


def spell_example(example: Example) -> str:
    """A case in the words of a case file."""
    given = {
        "on": example.on.isoformat(),
        "act": example.act,
        "task": example.task,
        "body": example.body,
        "acquired": example.acquired,
    }
    facts = ", ".join(f"{key}: {value}" for key, value in example.facts.items())
    stated = ", ".join(f"{key}: {value}" for key, value in given.items() if value is not None)
    return f"{{{stated}, facts: {{{facts}}}}}"
