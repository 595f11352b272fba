"""Words written by others in tables and documents, brought to one line that is safe to show."""

from __future__ import annotations

import unicodedata

from sekisho.intake.names import shown_name

MAX_TEXT = 1000
"""Characters that are kept of one cell or value; a longer one is no name of anything."""

_UNSTATED = frozenset(
    {
        "",
        "-",
        "--",
        "?",
        "n/a",
        "n.a.",
        "na",
        "nil",
        "none",
        "not known",
        "not stated",
        "null",
        "tba",
        "tbc",
        "tbd",
        "unknown",
        "unspecified",
        "noassertion",
        "―",
        "‐",
        "–",
        "—",
        "ー",
        "なし",
        "不明",
        "不詳",
        "未詳",
        "未定",
        "未確認",
        "未記入",
        "未回答",
        "未調査",
        "確認中",
        "調査中",
        "該当なし",
    }
)


def plain_text(text: str) -> str:
    """The text on one line, without what does not show, and cut at `MAX_TEXT` characters."""
    return shown_name(" ".join(text.split()))[:MAX_TEXT]


def folded_word(text: str) -> str:
    """The text as words are compared: NFKC (Unicode TR 15), one space, lower case."""
    return " ".join(unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold().split())


def is_unstated(text: str) -> bool:
    """Whether the text says that nothing is stated: empty, a dash, "unknown", 不明 and the like."""
    return folded_word(text) in _UNSTATED
