"""Rebuild the sample dossiers where the tools for it are present, and compare with what is committed.

`--write` puts the rebuilt files in their place. A part whose tools are missing is named and left.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess  # noqa: TID251 - runs the build scripts of the samples
import sys
from pathlib import Path

HERE = Path(__file__).parent
BUILDERS = {
    "captures/build_captures.py": ((), ()),
    "parts/build_parts.py": ((), ("openpyxl",)),
    "app/build_apps.py": (("smali", "aapt", "apksigner"), ()),
}


def missing_tools(programs: tuple[str, ...], modules: tuple[str, ...]) -> list[str]:
    """Which programs and Python modules are not there."""
    absent = [program for program in programs if shutil.which(program) is None]
    return absent + [module for module in modules if importlib.util.find_spec(module) is None]


def main(arguments: list[str]) -> int:
    """Run every builder; the exit code is 1 when one of them finds a difference."""
    mode = "--write" if "--write" in arguments else "--check"
    failed = False
    for script, (programs, modules) in BUILDERS.items():
        absent = missing_tools(programs, modules)
        if absent:
            print(f"examples/build/{script}: not rebuilt, {', '.join(absent)} not installed")
            continue
        done = subprocess.run([sys.executable, str(HERE / script), mode], check=False)
        failed |= done.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
