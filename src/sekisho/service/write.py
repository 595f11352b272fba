"""Reports written to a folder."""

from __future__ import annotations

from pathlib import Path

from sekisho.errors import UsageError
from sekisho.model.review import Review
from sekisho.model.words import Language
from sekisho.report.html import render_html
from sekisho.report.json import render_json


def write_reports(review: Review, folder: Path, language: Language) -> tuple[Path, ...]:
    """Write `report.html` in a language and `review.json`, in place of earlier ones.

    Each file is written beside its place and then moved there, so that an earlier report is
    never left half overwritten.

    Raises:
        UsageError: when the folder cannot be written.
    """
    contents = {
        "report.html": render_html(review, language).encode(),
        "review.json": render_json(review),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            waiting = folder / f".{name}.new"
            waiting.write_bytes(content)
            waiting.replace(folder / name)
    except OSError as error:
        raise UsageError(
            "SEK-E007",
            "the report cannot be written",
            why=error.strerror or str(error),
            next_step="name a folder that can be written with --out",
            where=str(folder),
        ) from error
    return tuple(folder / name for name in contents)
