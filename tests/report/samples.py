"""Reviews to render: the three sample dossiers as they come, and any filled with hostile text."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from sekisho.model.review import Review
from sekisho.record.store import Store
from sekisho.service.progress import NoProgress
from sekisho.service.review import ReviewRequest, review_dossier
from tests.service.conftest import EXAMPLES, clock

HOSTILE = "<b>canary</b>\"'&\u202e\x1b[31m{{ 7*7 }}"
_NAMES = ("ObservationId", "EvidenceId", "Literal")
_OPEN_KEYS = frozenset({"identifiers", "details", "measures", "packs"})


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
    """The review with every string replaced, whatever it says and wherever it stands.

    Only what refers to something stays: ids of observations and evidence, enumerations, and the
    relation of a need, which is a word of our own grammar.
    """
    return msgspec.convert(msgspec.to_builtins(_poisoned_struct(review)), Review)


def _poisoned_struct(value: msgspec.Struct) -> msgspec.Struct:
    hints = get_type_hints(type(value))
    changed = {
        field: _poisoned(getattr(value, field), open_keys=field in _OPEN_KEYS)
        for field in value.__struct_fields__
        if not _is_name(hints[field], field)
    }
    return msgspec.structs.replace(value, **changed)


def _is_name(hint: Any, field: str) -> bool:
    if field == "relation":
        return True
    text = str(hint)
    return any(name in text for name in _NAMES) and not text.startswith("dict")


def _poisoned(value: Any, *, open_keys: bool = False) -> Any:
    if isinstance(value, msgspec.Struct):
        return _poisoned_struct(value)
    if isinstance(value, tuple):
        return tuple(_poisoned(item) for item in value)
    if isinstance(value, dict):
        return {
            f"{HOSTILE}{place}" if open_keys else key: _poisoned(item)
            for place, (key, item) in enumerate(value.items())
        }
    return HOSTILE if type(value) is str else value


def count(review: Review, test: Callable[[Any], bool]) -> int:
    """How many nodes of the plain form of a review pass a test."""

    def walk(value: Any) -> int:
        inside = value.values() if isinstance(value, dict) else value
        below = sum(map(walk, inside)) if isinstance(value, dict | list) else 0
        return below + test(value)

    return walk(msgspec.to_builtins(review))
