"""JSON Schemas of regime files and their cases, for editors that complete and check as one types."""

from __future__ import annotations

from typing import Any

import msgspec

from sekisho.law.casefile import ExpectedCases
from sekisho.law.packfile import RegimeFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def regime_schema() -> dict[str, Any]:
    """The JSON Schema of a regime file."""
    return _schema(RegimeFile)


def cases_schema() -> dict[str, Any]:
    """The JSON Schema of the case file of a regime."""
    return _schema(ExpectedCases)


def _schema(kind: type) -> dict[str, Any]:
    found = msgspec.json.schema(kind)
    for shape in found["$defs"].values():
        # docstrings are wrapped for readers of the code
        shape["description"] = " ".join(shape["description"].split())
    return {"$schema": _DIALECT, **found}
