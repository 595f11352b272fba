"""Write the captures of the sample dossiers, or compare them with what is committed.

From the root of the repository:

    python -m examples.build.captures.build_captures           # write
    python -m examples.build.captures.build_captures --check   # compare; 1 when they differ

The makers, hosts and identifiers are fictional; the times are part of the sample.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from examples.build.captures.talk import Secured, http_answer, http_get, http_post, look_up
from examples.build.captures.wire import (
    MILLISECOND,
    SECOND,
    Capture,
    Conversation,
    Station,
    arp,
)

EXAMPLES = Path(__file__).resolve().parents[2]
MINUTE = 60 * SECOND
MARGIN = SECOND

IMEI = "490154203237518"
SERIAL = "KZX1-000123"
TELEMETRY = "telemetry.foehn-cloud.example"
PHONE = Station("02:4b:5a:00:00:17", "192.168.10.23")
HOME_ROUTER = Station("02:4b:5a:00:00:01", "192.168.10.1")
FOEHN = Station("02:4b:5a:00:00:01", "193.0.6.139")

CONTROL = "gcs.police.example"
CONTROLLER = Station("02:4d:5a:00:00:1e", "10.20.0.30")
RESOLVER = Station("02:4d:5a:00:00:02", "10.20.0.2")
CONTROL_SERVER = Station("02:4d:5a:00:00:05", "10.20.0.5")


def _instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def _meet(capture: Capture, one: Station, other: Station) -> int:
    capture.add(0, arp(one, other, reply=False))
    capture.add(MILLISECOND, arp(other, one, reply=True))
    return 5 * MILLISECOND


def kaze_first_run() -> Capture:
    """Six minutes: the app registers the telephone and the aircraft, and asks for updates."""
    capture = Capture(_instant("2026-10-12T01:00:00"))
    at = _meet(capture, PHONE, HOME_ROUTER)
    at = look_up(capture, at, PHONE, HOME_ROUTER, name=TELEMETRY, address=FOEHN.address)
    connection = Conversation(capture, PHONE, 41200, FOEHN, 80)
    at = connection.open(at)
    fields = {"imei": IMEI, "sn": SERIAL, "model": "KZX1", "os": "Android 13", "lang": "ja-JP"}
    form = urlencode(fields).encode()
    kind = "application/x-www-form-urlencoded"
    at = connection.say(at, http_post(TELEMETRY, "/v1/register", kind, form))
    at = connection.answer(at + 40 * MILLISECOND, http_answer(b'{"status":"ok","id":90211}'))
    connection.close(at + 5 * SECOND)
    at = 3 * MINUTE
    at = look_up(capture, at, PHONE, HOME_ROUTER, name=TELEMETRY, address=FOEHN.address)
    connection = Conversation(capture, PHONE, 41202, FOEHN, 80)
    at = connection.open(at)
    target = "/v1/update?" + urlencode({"sn": SERIAL, "version": "3.2.0"})
    at = connection.say(at, http_get(TELEMETRY, target))
    connection.answer(at + 40 * MILLISECOND, http_answer(b'{"update":null}'))
    connection.close(6 * MINUTE + MARGIN)
    return capture


def kaze_flight() -> Capture:
    """Twelve minutes in the air: every half minute the position goes abroad in clear."""
    capture = Capture(_instant("2026-10-12T01:30:00"))
    at = _meet(capture, PHONE, HOME_ROUTER)
    at = look_up(capture, at, PHONE, HOME_ROUTER, name=TELEMETRY, address=FOEHN.address)
    connection = Conversation(capture, PHONE, 41310, FOEHN, 80)
    connection.open(at)
    for report in range(24):
        at = 10 * SECOND + report * 30 * SECOND
        body = {
            "imei": IMEI,
            "sn": SERIAL,
            "lat": round(35.6586 + 0.0004 * report, 4),
            "lon": round(139.7454 + 0.0003 * report, 4),
            "alt": 40 + report % 7,
            "seq": report + 1,
        }
        text = json.dumps(body, separators=(",", ":")).encode()
        at = connection.say(at, http_post(TELEMETRY, "/v1/report", "application/json", text))
        connection.answer(at + 40 * MILLISECOND, http_answer(b'{"status":"ok"}'))
    connection.close(12 * MINUTE + MARGIN)
    return capture


def _mizu(started: str, port: int) -> tuple[Capture, Secured, int]:
    capture = Capture(_instant(started))
    at = _meet(capture, CONTROLLER, RESOLVER)
    at = look_up(capture, at, CONTROLLER, RESOLVER, name=CONTROL, address=CONTROL_SERVER.address)
    connection = Secured(capture, CONTROLLER, port, CONTROL_SERVER, CONTROL)
    return capture, connection, connection.open(at)


def _mizu_steady(
    started: str, port: int, minutes: int, every_s: int, sizes: tuple[int, int]
) -> Capture:
    capture, connection, _ = _mizu(started, port)
    end = minutes * MINUTE
    for at in range(10 * SECOND, end - SECOND, every_s * SECOND):
        connection.answer(connection.say(at, sizes[0]) + 8 * MILLISECOND, sizes[1])
    connection.close(end + MARGIN)
    return capture


def mizu_first_run() -> Capture:
    """A quarter of an hour: the controller enrols with the body's own control station."""
    return _mizu_steady("2026-10-05T01:00:00", 40100, 15, 60, (410, 220))


def mizu_idle() -> Capture:
    """Half an hour switched on: a sign of life every minute."""
    return _mizu_steady("2026-10-05T01:20:00", 40104, 30, 60, (64, 48))


def mizu_flight() -> Capture:
    """Half an hour in the air: telemetry to the control station twice a minute."""
    return _mizu_steady("2026-10-05T02:00:00", 40110, 30, 30, (240, 40))


def mizu_after_flight() -> Capture:
    """A quarter of an hour after landing: the flight record is handed in."""
    capture, connection, at = _mizu("2026-10-05T02:35:00", 40116)
    for part in range(12):
        at = connection.say(10 * SECOND + part * SECOND, 1300)
    connection.answer(at, 60)
    connection.close(15 * MINUTE + MARGIN)
    return capture


def mizu_update() -> Capture:
    """A quarter of an hour: an update is fetched from the control station."""
    capture, connection, at = _mizu("2026-10-05T03:00:00", 40122)
    at = connection.say(at + SECOND, 180)
    for part in range(20):
        connection.answer(at + part * 200 * MILLISECOND, 1200)
    connection.close(15 * MINUTE + MARGIN)
    return capture


SAMPLES: dict[str, Callable[[], Capture]] = {
    "kaze-x1/evidence/captures/first-run.pcapng": kaze_first_run,
    "kaze-x1/evidence/captures/flight.pcapng": kaze_flight,
    "mizu-s2/evidence/captures/first-run.pcapng": mizu_first_run,
    "mizu-s2/evidence/captures/idle.pcapng": mizu_idle,
    "mizu-s2/evidence/captures/flight.pcapng": mizu_flight,
    "mizu-s2/evidence/captures/after-flight.pcapng": mizu_after_flight,
    "mizu-s2/evidence/captures/update.pcapng": mizu_update,
}


def differing(root: Path = EXAMPLES) -> list[str]:
    """The samples that are missing or differ from what this script writes."""
    return [
        name
        for name, build in SAMPLES.items()
        if not (root / name).is_file() or (root / name).read_bytes() != build().pcapng()
    ]


def write(root: Path = EXAMPLES) -> None:
    """Write every sample."""
    for name, build in SAMPLES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(build().pcapng())


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare."""
    if arguments != ["--check"]:
        write()
        return 0
    wrong = differing()
    for name in wrong:
        print(f"{name} differs from what its script writes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
