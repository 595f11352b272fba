"""Bytes out over time, for each recipient that most was sent to: what the picture is drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from sekisho.model.flow import Timeline
from sekisho.model.observation import Flow
from sekisho.model.review import Review
from sekisho.report.describe import recipient_name

MOST_LINES = 6
MOST_PICTURES = 4
WIDTH, HEIGHT = 640, 160
"""Of the area that the lines are drawn in, in the picture's own units."""


class Line(msgspec.Struct, frozen=True):
    """One recipient: its place among the colours, its name, bytes sent, the points of its line."""

    place: int
    name: str
    sent: int
    points: str


class Picture(msgspec.Struct, frozen=True):
    """One capture: its file, when it begins and ends, the most bytes of a step, its lines."""

    path: str
    begins: str
    ends: str
    step_s: int
    most: int
    lines: tuple[Line, ...]


def draw_traffic(review: Review) -> tuple[Picture, ...]:
    """A picture for each of the first captures in which anything was sent."""
    by_file: dict[str, list[Flow]] = {}
    for seen in review.observations.values():
        if isinstance(seen, Flow) and seen.timeline is not None and seen.loci:
            by_file.setdefault(seen.loci[0].evidence, []).append(seen)
    files = [file for file in review.dossier.evidence if file.id in by_file][:MOST_PICTURES]
    return tuple(_draw(file.path, by_file[file.id]) for file in files)


def _draw(path: str, flows: list[Flow]) -> Picture:
    chosen = list(_by_recipient(flows).items())[:MOST_LINES]
    timelines = [timeline for _, parts in chosen for timeline in parts]
    step_s = max(timeline.step_s for timeline in timelines)
    begin = min(int(timeline.begins.timestamp()) for timeline in timelines) // step_s
    amounts = [_amounts(parts, begin, step_s) for _, parts in chosen]
    steps = max(map(len, amounts))
    most = max(max(line) for line in amounts)
    return Picture(
        path=path,
        begins=_clock(begin * step_s, timelines),
        ends=_clock((begin + steps) * step_s, timelines),
        step_s=step_s,
        most=most,
        lines=tuple(
            Line(place, name, sum(line), " ".join(_points(line, steps, most)))
            for place, ((name, _), line) in enumerate(zip(chosen, amounts, strict=True))
        ),
    )


def _by_recipient(flows: Iterable[Flow]) -> dict[str, list[Timeline]]:
    """Timelines by recipient, those first that most was sent to."""
    found: dict[str, list[Timeline]] = {}
    for flow in sorted(flows, key=lambda one: -one.volume.sent):
        if flow.timeline is not None:
            found.setdefault(recipient_name(flow), []).append(flow.timeline)
    return dict(sorted(found.items(), key=lambda item: -sum(sum(one.sent) for one in item[1])))


def _amounts(timelines: Iterable[Timeline], begin: int, step_s: int) -> list[int]:
    """Bytes of each step of the picture."""
    line: dict[int, int] = {}
    for timeline in timelines:
        first = int(timeline.begins.timestamp())
        for index, sent in enumerate(timeline.sent):
            at = (first + index * timeline.step_s) // step_s - begin
            line[at] = line.get(at, 0) + sent
    return [line.get(at, 0) for at in range(max(line) + 1)]


def _points(line: list[int], steps: int, most: int) -> Iterator[str]:
    """The corners of a line in steps, from left to right; up is less."""
    for at in range(steps):
        height = HEIGHT - HEIGHT * (line[at] if at < len(line) else 0) / (most or 1)
        yield f"{WIDTH * at / steps:.1f},{height:.1f}"
        yield f"{WIDTH * (at + 1) / steps:.1f},{height:.1f}"


def _clock(seconds: int, timelines: list[Timeline]) -> str:
    """A time of the picture, in UTC."""
    first = timelines[0].begins
    return first.fromtimestamp(seconds, first.tzinfo).strftime("%Y-%m-%d %H:%M:%S")
