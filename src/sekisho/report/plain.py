"""Strings from evidence made harmless: for a terminal, and for a page."""

from __future__ import annotations

import unicodedata

_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
MAX_SHOWN = 300
MAX_ON_PAGE = 2_000


def plain(text: str) -> str:
    """The text on one line, without control, format and direction characters, at most 300 long.

    Unicode categories Cc, Cf, Cs, Co, Cn, Zl and Zp become a visible replacement.
    """
    return _replaced(text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…")


def visible(text: str) -> str:
    """The text with the same characters replaced, but for line ends and tabs; 2000 long at most.

    What was cut off is counted: a page must not pass off the beginning as the whole. Escaping
    for HTML is not done here.
    """
    cut = len(text) - MAX_ON_PAGE
    shown = text if cut <= 0 else text[:MAX_ON_PAGE]
    return _replaced(shown, keep="\n\t") + (f"… (+{cut:,})" if cut > 0 else "")


def _replaced(text: str, keep: str = "") -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\ufffd" if unicodedata.category(one) in _HARMFUL and one not in keep else one
        for one in text
    )
