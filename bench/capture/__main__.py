"""`python -m bench.capture FOLDER`: the peer table; FOLDER holds small captures to be repeated."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench.capture.files import GIGABYTE, Original, bulky, read_originals, write_capture
from bench.capture.peers import Peer, peers
from bench.measure import Figure, measure_command


def show(name: str, capture: Path, chosen: list[Peer], runs: int) -> None:
    """One table: every peer on one file, beside ours."""
    size = capture.stat().st_size
    print(f"\n{name}: {size / GIGABYTE:.2f} GB, CPU seconds, median of {runs}")
    ours: Figure | None = None
    for peer in chosen:
        if peer.command is None:
            print(f"  {peer.name:<12} not installed")
            continue
        try:
            figure = measure_command(peer.command, runs)
        except RuntimeError as error:
            print(f"  {peer.name:<12} {error}")
            continue
        ours = ours or figure
        print(
            f"  {peer.name:<12} {figure.cpu_s:7.2f} s {figure.peak_mib:6.0f} MiB "
            f"{figure.cpu_s / ours.cpu_s:6.2f} x ours   {peer.does}",
            flush=True,
        )


def main() -> int:
    """Make the files, run everybody."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=float, default=1.0, help="gigabytes")
    parser.add_argument(
        "--growing", action="store_true", help="ours alone at 0.25, 0.5, 1 and 2 GB"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--nfstream", help="a Python that has nfstream")
    parser.add_argument("--only", nargs="*", help="names of peers")
    asked = parser.parse_args()
    originals = read_originals(asked.folder)
    kinds: dict[str, list[Original]] = {"flow-heavy": originals, "bulk": bulky(originals)}
    sizes = (0.25, 0.5, 1.0, 2.0) if asked.growing else (asked.size,)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        for name, chosen in kinds.items():
            for size in sizes:
                capture = Path(folder) / "big.pcap"
                write_capture(capture, chosen, int(size * GIGABYTE))
                runners = peers(capture, asked.nfstream)[: 1 if asked.growing else None]
                wanted = [peer for peer in runners if not asked.only or peer.name in asked.only]
                show(name, capture, wanted, asked.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
