"""`python -m bench`: every contest, one line each; figures are medians of whole processes."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

from bench.law import table
from bench.measure import RUNS, run_contest
from bench.work import CONTESTS, capture_of

MEBIBYTES = 8


def main() -> int:
    """Run what can be run; a contest whose peer is not installed is named."""
    print(f"CPU seconds (user + system) of whole processes, median of {RUNS}; peak memory")
    with tempfile.TemporaryDirectory() as folder:
        capture = Path(folder) / "traffic.pcap"
        capture.write_bytes(capture_of(MEBIBYTES << 20))
        for contest in CONTESTS:
            if importlib.util.find_spec(contest.module) is None:
                print(f"{contest.name:<28} not run: pip install -r bench/requirements.txt")
                continue
            print(run_contest(contest, str(capture)), flush=True)
    print()
    return table.main()


if __name__ == "__main__":
    sys.exit(main())
