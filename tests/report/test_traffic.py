from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from sekisho.model.flow import Recipient, Timeline, Volume
from sekisho.model.observation import Flow, observation_id
from sekisho.model.units import Bytes, UtcInstant
from sekisho.report.traffic import HEIGHT, MOST_LINES, WIDTH, draw_traffic
from tests.report.synthetic import OBSERVATIONS, synthetic_review

REVIEW = synthetic_review()
SEEN = next(one for one in OBSERVATIONS if isinstance(one, Flow))
BEGINS = UtcInstant(datetime(2026, 10, 12, 1, 0, tzinfo=UTC))


def flow(host: str, sent: tuple[int, ...], *, later: int = 0, step_s: int = 10) -> Flow:
    return msgspec.structs.replace(
        SEEN,
        recipient=Recipient(host=host),
        volume=Volume(sent=Bytes(sum(sent))),
        timeline=Timeline(
            begins=UtcInstant(BEGINS + timedelta(seconds=later)), step_s=step_s, sent=sent
        ),
    )


def drawn(*flows: Flow) -> tuple[str, list[str], list[list[tuple[float, float]]]]:
    review = msgspec.structs.replace(
        REVIEW, observations={observation_id(one): one for one in flows}
    )
    (picture,) = draw_traffic(review)
    points = [
        [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.points.split())]
        for line in picture.lines
    ]
    return f"{picture.begins} {picture.ends}", [line.name for line in picture.lines], points


def test_lines_share_one_axis_of_time_and_one_of_bytes() -> None:
    when, names, points = drawn(flow("a.example", (10, 0, 5)), flow("b.example", (20,), later=10))
    assert when == "2026-10-12 01:00:00 2026-10-12 01:00:30"
    assert names == ["b.example", "a.example"]
    second, first = points
    assert [y for _, y in first[::2]] == [HEIGHT / 2, HEIGHT, HEIGHT * 3 / 4]
    assert [y for _, y in second[::2]] == [HEIGHT, 0, HEIGHT]
    assert (first[0][0], first[-1][0]) == (0, WIDTH)


def test_steps_of_different_width_are_joined_by_the_wider() -> None:
    _, _, (line,) = drawn(
        flow("a.example", (1, 2, 3, 4)), flow("a.example", (30,), step_s=40, later=0)
    )
    assert [y for _, y in line] == [0, 0]


def test_only_the_most_talkative_are_drawn() -> None:
    many = [flow(f"{n}.example", (n + 1,)) for n in range(20)]
    _, names, _ = drawn(*many)
    assert names == [f"{n}.example" for n in range(19, 19 - MOST_LINES, -1)]


def test_without_timelines_there_is_no_picture() -> None:
    assert draw_traffic(msgspec.structs.replace(REVIEW, observations={})) == ()
