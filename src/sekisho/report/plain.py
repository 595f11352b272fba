"""Strings from evidence made harmless for a terminal."""

from __future__ import annotations

import unicodedata

_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
MAX_SHOWN = 300


def plain(text: str) -> str:
    """The text on one line, without control, format and direction characters, at most 300 long.

    Unicode categories Cc, Cf, Cs, Co, Cn, Zl and Zp become a visible replacement.
    """
    shown = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return "".join("\ufffd" if unicodedata.category(c) in _HARMFUL else c for c in shown)
