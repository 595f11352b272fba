from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.flows.phases import NEVER, UNDIVIDED, Phases
from sekisho.model.evidence import CaptureConditions, Mark, Phase, phase_measure
from sekisho.model.units import utc_instant
from tests.analyzers.capture.build import (
    IMEI,
    PHONE,
    SERIAL,
    SERVER,
    analyze,
    bytes_at,
    codes,
    flows,
    pcap,
    talk,
    tcp,
    udp,
)

BEGIN = 1_700_000_000
"""When the first frame of a built capture was taken; the others follow a second apart."""

ONE_SECOND = 1_000_000_000


def mark(second: float, phase: Phase | None) -> Mark:
    return Mark(at=utc_instant(BEGIN + second), phase=phase)


def test_each_phase_has_its_own_flow_to_a_recipient(tmp_path: Path) -> None:
    frames = [udp(PHONE, 5000, SERVER, 9, b"x" * size) for size in (1, 2, 4, 8, 16)]
    marks = (mark(2, Phase.AFTER_FLIGHT), mark(4, None))
    findings = analyze(tmp_path, pcap(frames), marks=marks)
    said = [(flow.phase, flow.volume.sent, flow.volume.packets) for flow in flows(findings)]
    assert said == [(Phase.FLIGHT, 3, 2), (Phase.AFTER_FLIGHT, 12, 2), (None, 16, 1)]
    assert [flow.loci[0].frame for flow in flows(findings)] == [1, 3, 5]  # type: ignore[union-attr]
    measures = findings.coverage[0].measures
    assert measures["flight_s"] == pytest.approx(2, abs=1e-5)
    assert measures["after_flight_s"] == pytest.approx(2, abs=1e-5)
    assert measures["duration_s"] == pytest.approx(4)


def test_what_was_said_belongs_to_the_phase_it_was_said_in(tmp_path: Path) -> None:
    """A connection that lasts keeps its name, and each phase its own categories."""
    head = f"POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: {5 + len(IMEI.value)}"
    first = f"{head}\r\n\r\nimei={IMEI.value}"
    second = f"POST /b HTTP/1.1\r\nHost: a.example\r\nX-S: {SERIAL.value}\r\n\r\n"
    frames = talk(first.encode(), b"HTTP/1.1 204 No Content\r\n\r\n")
    after = len(frames)
    frames.append(tcp(PHONE, 40000, SERVER, 80, seq=1000 + len(first), data=second.encode()))
    content = pcap(frames)
    findings = analyze(tmp_path, content, IMEI, SERIAL, marks=(mark(after, Phase.IDLE),))
    flight, idle = flows(findings)
    assert (flight.phase, flight.carried) == (Phase.FLIGHT, (IMEI.name,))
    assert (idle.phase, idle.carried) == (Phase.IDLE, (SERIAL.name,))
    assert flight.recipient.host == idle.recipient.host == "a.example"
    assert idle.volume.sent == len(second)
    assert SERIAL.value.encode() in bytes_at(content, idle)
    assert idle.first_seen == utc_instant(BEGIN + after + 5e-6)


def test_a_conversation_silent_in_a_phase_has_no_flow_in_it(tmp_path: Path) -> None:
    frames = [udp(PHONE, 5000, SERVER, 9, b"x"), udp(PHONE, 5001, SERVER, 10, b"y")]
    findings = analyze(tmp_path, pcap(frames), marks=(mark(0.5, Phase.UPDATE),))
    said = [(flow.phase, flow.recipient.port) for flow in flows(findings)]
    assert said == [(Phase.FLIGHT, 9), (Phase.UPDATE, 10)]


def test_marks_outside_the_capture_are_told(tmp_path: Path) -> None:
    marks = (mark(-3600, Phase.IDLE), mark(1, Phase.FLIGHT), mark(9999, Phase.UPDATE))
    frames = [udp(PHONE, 5000, SERVER, 9, b"x")] * 3
    findings = analyze(tmp_path, pcap(frames), marks=marks)
    assert codes(findings) == ["SEK-P341"]
    assert findings.problems[0].details == {"marks": "2"}
    assert [flow.phase for flow in flows(findings)] == [Phase.IDLE, Phase.FLIGHT]


MARKS = st.lists(st.tuples(st.integers(0, 1000), st.sampled_from([*Phase, None])), max_size=6)


@given(MARKS, st.integers(0, 1000), st.integers(0, 1000))
def test_the_phases_share_the_time_among_them(
    marks: list[tuple[int, Phase | None]], one: int, other: int
) -> None:
    first, last = sorted(((BEGIN + one) * ONE_SECOND, (BEGIN + other) * ONE_SECOND))
    conditions = CaptureConditions(
        phase=Phase.IDLE, marks=tuple(mark(at, phase) for at, phase in marks)
    )
    phases = Phases(conditions)
    lasted = phases.measures(first, last)
    assert set(lasted) <= {phase_measure(phase) for phase in Phase}
    counted: dict[str, float] = {}
    for second in range(first // ONE_SECOND, last // ONE_SECOND):
        phase = phases.at(second * ONE_SECOND)
        if phase is not None and marks:
            counted[phase_measure(phase)] = counted.get(phase_measure(phase), 0) + 1
    assert lasted == pytest.approx(counted)
    phases.advance(last)
    assert phases.present == phases.at(last)


def test_without_marks_nothing_ever_changes() -> None:
    assert (UNDIVIDED.next_ns, UNDIVIDED.present) == (NEVER, None)
    assert Phases(CaptureConditions(phase=Phase.IDLE)).at(None) is Phase.IDLE
    assert Phases(CaptureConditions(phase=Phase.IDLE, marks=(mark(1, None),))).at(None) is None
