"""The review as JSON, in one versioned schema."""

from __future__ import annotations

from typing import Any

import msgspec

from sekisho.model.review import Review


def render_json(review: Review) -> bytes:
    """The review document, keys in a fixed order, indented, with a newline at its end."""
    compact = msgspec.json.encode(review, order="deterministic")
    return msgspec.json.format(compact, indent=1) + b"\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the review document."""
    return msgspec.json.schema(Review)
