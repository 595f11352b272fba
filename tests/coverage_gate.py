"""Fails when the tests reach less of the code than is promised."""

from __future__ import annotations

import json
import sys
from pathlib import Path

WHOLE = ("src/sekisho/model/", "src/sekisho/law/")
LEAST_PERCENT = 90.0


def main(report: Path) -> int:
    """Compare a coverage report (JSON) with the bars; the exit code is 1 below one of them."""
    measured = json.loads(report.read_text(encoding="utf-8"))
    low = [
        f"{file}: {entry['summary']['percent_covered']:.1f} % (100 % is due); missing"
        f" {entry['missing_lines']} {entry['missing_branches']}"
        for file, entry in sorted(measured["files"].items())
        if file.startswith(WHOLE) and entry["summary"]["percent_covered"] < 100
    ]
    total = measured["totals"]["percent_covered"]
    if total < LEAST_PERCENT:
        low.append(f"over all: {total:.1f} % ({LEAST_PERCENT} % is due)")
    for line in low:
        print(line, file=sys.stderr)
    print(f"branch coverage {total:.1f} % over all")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
