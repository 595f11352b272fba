"""Reviews to render: the three sample dossiers as they come, and one filled with hostile text."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from sekisho.model.review import Review
from sekisho.record.store import Store
from sekisho.service.progress import NoProgress
from sekisho.service.review import ReviewRequest, review_dossier
from tests.service.conftest import EXAMPLES, clock

HOSTILE = "<b>canary</b>\"'&\u202e\x1b[31m{{ 7*7 }}"


@cache
def review_of(sample: str) -> Review:
    with tempfile.TemporaryDirectory() as home:
        store = Store(Path(home))
        done = review_dossier(
            ReviewRequest(source=EXAMPLES / sample), store=store, clock=clock, progress=NoProgress()
        )
        store.close()
    return done.review


def with_hostile_text(review: Review) -> Review:
    """The review with every free text replaced; identifiers, codes and enumerations stay."""
    plain = msgspec.to_builtins(review)
    return msgspec.convert(_poison(plain, ""), Review)


_FREE = {
    "path", "maker", "model", "version", "name", "value", "by", "host", "party", "owner", "entry",
    "entry_name", "obtained_from", "received_by", "mode", "vantage", "why", "source", "text",
    "protocol", "origin", "address", "role", "class_name", "pointer", "sheet", "carried", "ref",
}  # fmt: skip


def _poison(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        if key in ("details", "identifiers"):
            return dict.fromkeys(value, HOSTILE)
        return {name: _poison(item, str(name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_poison(item, key) for item in value]
    return HOSTILE if isinstance(value, str) and key in _FREE else value


def count(review: Review, test: Callable[[Any], bool]) -> int:
    """How many nodes of the plain form of a review pass a test."""

    def walk(value: Any) -> int:
        inside = value.values() if isinstance(value, dict) else value
        below = sum(map(walk, inside)) if isinstance(value, dict | list) else 0
        return below + test(value)

    return walk(msgspec.to_builtins(review))
