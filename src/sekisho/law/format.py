"""The canonical form of a regime file: one order of keys, one way to break lines.

Comments that stand on lines of their own are kept where they stand before: at the head of the
file, before a key of the top level, and before an item of a list there. A file with a comment
elsewhere is refused, so that none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from sekisho.errors import PackError
from sekisho.law.packfile import RegimeFile
from sekisho.strict_yaml import decode

WIDTH = 98
_FLOW = 92
_ORDERS: dict[str, tuple[str, ...]] = {
    "": (
        "regime", "title", "jurisdiction", "force", "advisory", "cite", "gaps", "readings", "facts",
        "parameters", "definitions", "clauses", "theorems",
    ),
    "clauses": (
        "id", "reading", "scope", "prohibit", "require", "except_to", "oblige", "when", "due",
        "burden", "condition", "since", "until", "words", "cite",
    ),
    "facts": (
        "key", "type", "question", "shown_by", "settled_by", "decided_by", "change", "given", "values",
    ),
    "theorems": ("says", "when", "outcome", "since", "until", "reading"),
    "words": ("en", "ja"),
    "cite": ("text", "confidence", "sources", "note"),
    "versions": ("values", "since", "until", "cite"),
}  # fmt: skip
_END = "the end"
_KEY = re.compile(r"([A-Za-z_]+):")
_SPELLED_OUT = frozenset({"clauses", "facts", "theorems", "parameters", "definitions", "readings"})


def format_regime(text: str, file: str) -> str:
    """The text of a regime file in its canonical form; what it means stays the same.

    Raises:
        PackError: SEK-E303 when the file cannot be read, SEK-E306 when a comment in it stands
            where none can be kept.
    """
    decode(text, RegimeFile, file=file, error=PackError, code="SEK-E303")
    value = decode(text, dict[str, Any], file=file, error=PackError, code="SEK-E303")
    comments = _Comments(text, file)
    lines: list[str] = []
    for key in _ordered(value, ""):
        lines += comments.before(key)
        lines += _top(key, value[key], comments)
    lines += comments.before(_END)
    return "\n".join(lines) + "\n"


def _top(key: str, value: Any, comments: _Comments) -> Iterator[str]:
    if value and isinstance(value, list) and all(isinstance(item, dict) for item in value):
        yield f"{key}:"
        for i, item in enumerate(value):
            yield from comments.before(f"{key}[{i}]")
            yield from _item(item, key, 2)
    else:
        yield from _entry(key, value, 0)


def _item(item: dict[str, Any], kind: str, indent: int) -> Iterator[str]:
    """A mapping as an item of a list; in one line, when that is short and no clause or fact."""
    flow = _flow(item)
    if kind not in _SPELLED_OUT and indent + 2 + len(flow) <= _FLOW:
        yield f"{' ' * indent}- {flow}"
        return
    lead = "- "
    for key in _ordered(item, kind):
        for line in _entry(key, item[key], indent + 2):
            yield f"{' ' * indent}{lead}{line[indent + 2 :]}" if lead else line
            lead = ""


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """A key with its value, in as few lines as fit."""
    head = f"{' ' * indent}{_scalar(key)}:"
    if isinstance(value, dict) and value:
        flow = _flow(value)
        if key not in _SPELLED_OUT and len(head) + 1 + len(flow) <= _FLOW:
            yield f"{head} {flow}"
            return
        yield head
        for name in _ordered(value, _kind_of(key, value)):
            yield from _entry(name, value[name], indent + 2)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield head
        for item in value:
            yield from _item(item, "versions", indent + 2)
    elif isinstance(value, dict | list):
        yield f"{head} {_flow(value)}"
    else:
        line = f"{head} {_scalar(value, inside=False)}"
        if len(line) > WIDTH and _FOLDS.fullmatch(str(value)):
            yield f"{head} >-"
            yield from _folded(str(value), indent + 2)
        else:
            yield line


def _folded(text: str, indent: int) -> Iterator[str]:
    """A long text over several lines, broken between words."""
    line = ""
    for word in text.split(" "):
        if line and indent + len(line) + 1 + len(word) > WIDTH:
            yield f"{' ' * indent}{line}"
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield f"{' ' * indent}{line}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        kind = _kind_of("", value)
        parts = (f"{_scalar(key)}: {_flow(value[key])}" for key in _ordered(value, kind))
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    return _scalar(value)


def _scalar(value: str, *, inside: bool = True) -> str:
    """A word as YAML writes it, inside braces or not; quoted only where it could be misread."""
    if _PLAIN.fullmatch(value):
        # dates and numbers are read as words here, and need no quotes
        return value
    dumped: str = yaml.safe_dump(
        [value], default_flow_style=inside, width=1_000_000, allow_unicode=True
    )
    return dumped.strip()[1:-1] if inside else dumped.strip()[2:]


_PLAIN = re.compile(r"[0-9][0-9A-Za-z.\-]*")
_FOLDS = re.compile(r"[^\s#&*!|>'\"%@`{}\[\]]\S*( \S+)+")


def _kind_of(key: str, value: dict[str, Any]) -> str:
    if set(value) == {"en", "ja"}:
        return "words"
    return "cite" if key == "cite" or {"text", "confidence"} <= set(value) else ""


def _ordered(value: dict[str, Any], kind: str) -> list[str]:
    """The keys in their canonical order; unknown to it, as they stand."""
    order = _ORDERS.get(kind, ())
    return sorted(value, key=lambda key: order.index(key) if key in order else len(order))


class _Comments:
    """The comments of a file, by what they stand before."""

    def __init__(self, text: str, file: str) -> None:
        self._before: dict[str, list[str]] = {}
        waiting: list[str] = []
        top, item = "", -1
        for number, line in enumerate(text.splitlines(), start=1):
            if line.lstrip().startswith("#"):
                waiting.append(line.strip())
                continue
            place: str | None = None
            if found := _KEY.match(line):
                top, item = found[1], -1
                place = top
            elif line.startswith("  - "):
                item += 1
                place = f"{top}[{item}]"
            if waiting and line.strip():
                if place is None:
                    raise _misplaced(f"{file}:{number - 1}:1")
                self._before[place] = waiting
                waiting = []
        self._before[_END] = waiting

    def before(self, what: str) -> list[str]:
        """The comments before a key of the top level or an item of its list."""
        indent = "  " if "[" in what else ""
        return [f"{indent}{line}" for line in self._before.get(what, [])]


def _misplaced(where: str) -> PackError:
    return PackError(
        "SEK-E306",
        "a comment stands where it cannot be kept",
        why="the canonical form has comments before keys of the top level and items of lists",
        next_step="move it there, or into 'note:' of the citation",
        where=where,
    )
