"""The entry point; it imports little, since analysis processes pass through it."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from sekisho.cli.app import run  # noqa: PLC0415 - analysis processes do not need the rest

    run()
