from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.flows import conversation
from sekisho.analyzers.capture.flows.timeline import MOST_STEPS, STEP_S, Steps
from tests.analyzers.capture.build import PHONE, SERVER, analyze, flows, pcap, udp

MOMENTS = st.lists(st.tuples(st.integers(0, 2**40), st.integers(1, 2**40)), min_size=1, max_size=50)


@given(MOMENTS)
def test_nothing_is_lost_and_the_picture_stays_small(moments: list[tuple[int, int]]) -> None:
    steps = Steps()
    steps.add(moments)
    amounts = steps.amounts()
    assert len(amounts) <= MOST_STEPS
    assert sum(amounts) == sum(amount for _, amount in moments)
    assert steps.begins_s <= min(at for at, _ in moments) * STEP_S


def test_nothing_sent_has_no_steps() -> None:
    assert (Steps().amounts(), Steps().begins_s) == ((), 0)


def test_a_flow_tells_what_was_sent_when(tmp_path: Path) -> None:
    # frames are a second apart
    frames = [udp(PHONE, 5000, SERVER, 9, b"x" * size) for size in range(1, 25)]
    (flow,) = flows(analyze(tmp_path, pcap(frames)))
    assert flow.timeline is not None
    assert flow.timeline.step_s == STEP_S
    assert sum(flow.timeline.sent) == flow.volume.sent == sum(range(1, 25))
    assert flow.first_seen is not None
    assert 0 <= (flow.first_seen - flow.timeline.begins).total_seconds() < STEP_S
    assert flow.timeline.sent == (sum(range(1, 11)), sum(range(11, 21)), sum(range(21, 25)))


def test_what_only_came_in_has_no_timeline(tmp_path: Path) -> None:
    (flow,) = flows(analyze(tmp_path, pcap([udp(SERVER, 53, PHONE, 5000, b"hello")])))
    assert (flow.volume.sent, flow.timeline) == (0, None)


def test_of_a_long_flow_all_bytes_are_in_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "MAX_STEPS", 2)
    frames = [udp(PHONE, 5000, SERVER, 9, b"x" * size) for size in range(1, 45)]
    (flow,) = flows(analyze(tmp_path, pcap(frames)))
    assert flow.timeline is not None
    assert sum(flow.timeline.sent) == flow.volume.sent
