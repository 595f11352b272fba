"""`python -m bench.app FOLDER`: the peer table; FOLDER holds APKs, whose code is repeated to 200 MB.

Each figure is that of a whole process. Androguard is run by the Python that `--androguard` names.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from bench.measure import Figure, measure_command

MEGABYTE = 1_000_000
_GRAPH = """
import sys, zipfile
from sekisho.analyzers.app.bytecode.program import ProgramBuilder
from sekisho.analyzers.app.dex import Dex
builder = ProgramBuilder()
with zipfile.ZipFile(sys.argv[1]) as archive:
    for entry in archive.namelist():
        if entry.endswith(".dex"):
            builder.add(entry, Dex(archive.read(entry)))
print(len(builder.finish().calls.method))
"""
_WHOLE = """
import sys
from pathlib import Path
from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.interface import Context, Source
from sekisho.model.evidence import Evidence, EvidenceKind
path = Path(sys.argv[1])
evidence = Evidence(id="0" * 64, path=path.name, size=path.stat().st_size, kind=EvidenceKind.APK)
AppAnalyzer().analyze(Source(evidence=evidence, content=path), Context())
"""
_ANDROGUARD = """
import sys
from loguru import logger
logger.remove()
from androguard.misc import AnalyzeAPK
AnalyzeAPK(sys.argv[1])
"""
_MANIFEST = "import sys, apk_info; apk_info.APK(sys.argv[1]).get_permissions()"


class Peer(NamedTuple):
    """A program: what it does, and the command before the file; None where it is not installed."""

    name: str
    does: str
    command: tuple[str, ...] | None


def peers(androguard: str | None, folder: Path) -> Iterator[Peer]:
    """Ours first, then the others."""
    yield Peer("sekisho", "all of it", (sys.executable, "-c", _WHOLE))
    yield Peer("  its graph", "calls of all DEX files", (sys.executable, "-c", _GRAPH))
    command = (androguard, "-c", _ANDROGUARD) if androguard else None
    yield Peer("androguard", "AnalyzeAPK: objects, all references", command)
    yield Peer("apk-info", "manifest only", (sys.executable, "-c", _MANIFEST))
    for name, does, *options in (
        ("dexdump", "disassembly as text", "-d"),
        ("apktool", "smali, manifest, resources", "d", "-f", "-o", str(folder / "out")),
    ):
        path = shutil.which(name)
        yield Peer(name, does, (path, *options) if path else None)


def write_code(apks: list[Path], size: int, to: Path) -> tuple[int, int]:
    """Write the DEX files of some APKs to one archive, again and again up to a size; files, bytes."""
    codes = [
        archive.read(entry)
        for apk in apks
        for archive in (zipfile.ZipFile(apk),)
        for entry in archive.namelist()
        if entry.endswith(".dex")
    ]
    written = count = 0
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for code in cycle(sorted(codes, key=len, reverse=True)):
            if written >= size:
                break
            count += 1
            written += len(code)
            target.writestr(f"classes{count if count > 1 else ''}.dex", code)
    return count, written


def show(peer: Peer, file: Path, runs: int, ours: Figure | None) -> Figure | None:
    """One line."""
    if peer.command is None:
        print(f"  {peer.name:<12} not installed")
        return None
    try:
        figure = measure_command((*peer.command, str(file)), runs)
    except RuntimeError as error:
        print(f"  {peer.name:<12} {error}")
        return None
    ratio = figure.cpu_s / (ours or figure).cpu_s
    print(
        f"  {peer.name:<12} {figure.cpu_s:7.2f} s {figure.peak_mib:6.0f} MiB {ratio:6.2f} x ours   "
        f"{peer.does}",
        flush=True,
    )
    return figure


def main() -> int:
    """Every peer on every app, then ours on 25 to 200 MB of code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--androguard", help="a Python that has androguard")
    asked = parser.parse_args()
    apks = sorted(asked.folder.rglob("*.apk"), key=lambda path: path.stat().st_size)
    graph = Peer("sekisho", "calls of all DEX files", (sys.executable, "-c", _GRAPH))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for apk in apks:
            print(f"{apk.name}: {apk.stat().st_size / MEGABYTE:.1f} MB")
            first, *others = peers(asked.androguard, folder)
            ours = show(first, apk, asked.runs, None)
            for peer in others:
                show(peer, apk, asked.runs, ours)
        for size in (25, 50, 100, 200):
            code = folder / "code.zip"
            files, written = write_code(apks, size * MEGABYTE, code)
            print(f"graph of {files} DEX files, {written / MEGABYTE:.0f} MB")
            show(graph, code, asked.runs, None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
