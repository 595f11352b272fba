"""Rebuild the sample dossiers where the tools for it are present, and compare with what is committed.

`--write` puts the rebuilt files in their place. A part whose tools are missing is named and left.
"""

from __future__ import annotations

import shutil
import subprocess  # noqa: TID251 - runs the build scripts of the samples
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILDERS = {
    "examples.build.captures.build_captures": (),
    "examples.build.parts.build_parts": (),
    "examples.build.app.build_apps": ("smali", "aapt", "apksigner"),
}


def main(arguments: list[str]) -> int:
    """Run every builder; the exit code is 1 when one of them finds a difference."""
    mode = [] if "--write" in arguments else ["--check"]
    failed = False
    for script, programs in BUILDERS.items():
        absent = [program for program in programs if shutil.which(program) is None]
        if absent:
            print(f"{script}: not rebuilt, {', '.join(absent)} not installed")
            continue
        command = [sys.executable, "-m", script, *mode]
        failed |= subprocess.run(command, cwd=ROOT, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
