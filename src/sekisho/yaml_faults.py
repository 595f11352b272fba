"""Why a YAML document does not have the form asked for, in words for the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from sekisho.errors import did_you_mean

Path = tuple[str | int, ...]

_FEW = 12
"""As many permitted words are named; where there are more, a list would hide the message."""


class Fault(NamedTuple):
    """What is wrong with a document, and the keys and indexes that lead there."""

    path: Path
    what: str
    why: str
    next_step: str


def explain(message: str, document: Any, kind: Any) -> Fault:
    """Turn the message of msgspec about a document into one for a person.

    Args:
        message: of the `ValidationError`.
        document: the plain values that could not be converted.
        kind: the type they were to be converted to.
    """
    problem, _, json_path = message.partition(" - at ")
    path = _close_path(document, _path_of(json_path.strip("`")), message, kind)
    if unknown := re.search(r"unknown field `([^`]*)`", problem):
        return _unknown_key((*path, unknown[1]), kind)
    if missing := re.search(r"missing required field `([^`]*)`", problem):
        what, why = f"the key '{missing[1]}' is missing here", "without it nothing can be read"
        return Fault(path, what, why, f"add '{missing[1]}:'")
    value = _value_at(document, path)
    if not path:
        return _without_keys(value, kind)
    why, next_step = _explain_value(problem, value, _type_at(path, kind))
    return Fault(path, f"the value of '{_spell(path)}' cannot be used", why, next_step)


_ERAS = re.compile(r"(明治|大正|昭和|平成|令和|[MTSHR])\s*(元|\d+)[年.\-/]")
_DIGITS = str.maketrans("0123456789", "0123456789")


def is_of_an_era(value: str) -> bool:
    """Whether a text begins like a date of the Japanese calendar."""
    return _ERAS.match(value.translate(_DIGITS)) is not None


def explain_date(value: object) -> tuple[str, str]:
    """Why something is not a date of the kind we read, and what to write instead."""
    if isinstance(value, str) and is_of_an_era(value):
        return (
            f"'{value}' is a date of the Japanese calendar",
            "write it in the Gregorian calendar as YYYY-MM-DD (令和3年4月1日 is 2021-04-01)",
        )
    said = f"'{value}'" if value and isinstance(value, str) else _called(value)
    return f"{said} is not a calendar date", "write dates as YYYY-MM-DD, e.g. 2021-04-01"


def _unknown_key(path: Path, kind: Any) -> Fault:
    word, known = str(path[-1]), _known_fields(path[:-1], kind)
    choices = f"known keys: {', '.join(known)}" if known else "remove it"
    return Fault(
        path,
        f"the key '{word}' is not known here",
        "keys that nobody reads would be silently lost",
        did_you_mean(word, known, choices),
    )


def _without_keys(value: Any, kind: Any) -> Fault:
    known = ", ".join(_known_fields((), kind, required=True))
    why = "it is empty" if value is None else f"it is {_called(value)}, not keys with values"
    next_step = f"begin with its keys: {known}" if known else "write keys with values"
    return Fault((), "'the document' cannot be used", why, next_step)


_KINDS = {
    "array": ("a list", "write a list, as in [a, b]"),
    "object": ("keys with values", "write keys with values, as in {a: b}"),
    "int": ("a whole number", "write it in digits, as in 5"),
    "float": ("a number", "write it in digits, as in 0.5"),
    "bool": ("true or false", "write true or false"),
    "str": ("a word or text", "write a word or text"),
}


def _explain_value(problem: str, value: Any, info: Any) -> tuple[str, str]:
    """Why a value does not fit, and what to write instead."""
    choices = _choices(info)
    if choices:
        return _explain_choice(value, choices)
    if "timezone" in problem or "encoded datetime" in problem:
        how = "write the time with its offset, e.g. 2026-04-01T10:05:00+09:00"
        return f"'{value}' is not a time with its offset from UTC", how
    if "ISO8601" in problem or "date" in problem:
        return explain_date(value)
    if "matching regex" in problem:
        return _explain_text(value, info)
    return _explain_size(problem) or _explain_kind(problem, value)


def _explain_size(problem: str) -> tuple[str, str] | None:
    if at_most := re.search(r"of length <= (\d+)", problem):
        return f"it holds more than {at_most[1]}", "shorten or split it"
    if limit := re.search(r"` ([<>]=? \S+)", problem):
        return f"it is not {limit[1]}", f"write a number {limit[1]}"
    return ("it is empty", "name at least one") if "of length >= 1" in problem else None


def _explain_kind(problem: str, value: Any) -> tuple[str, str]:
    wanted = re.search(r"Expected `(\w+)", problem)
    if wanted and wanted[1] in _KINDS:
        name, next_step = _KINDS[wanted[1]]
        return f"{name} is expected here, not {_called(value)}", next_step
    return problem, "write a value of that kind"


def _explain_choice(value: Any, choices: list[str]) -> tuple[str, str]:
    said = f"'{value}'" if value and isinstance(value, str) else _called(value)
    named = f"write one of: {', '.join(choices)}"
    hint = named if len(choices) <= _FEW else "see the reference for them"
    next_step = did_you_mean(str(value), choices, hint)
    return f"{said} is not one of the permitted words", next_step


def _explain_text(value: Any, info: Any) -> tuple[str, str]:
    if not str(value).strip():
        return "nothing is written here", "write it, or remove the key"
    form = next((text for text in map(_description, _alternatives(info)) if text), "")
    return f"'{value}' does not have the form asked for", f"write {form}" if form else "mend it"


def _called(value: Any) -> str:
    """What kind of value it is, for a sentence."""
    match value:
        case None | "":
            return "an empty value"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "a word"


def _choices(info: Any) -> list[str]:
    """The words that a value of the type can be; none when they are not listed."""
    for candidate in _alternatives(info):
        if isinstance(candidate, msgspec.inspect.EnumType):
            return [str(member.value) for member in candidate.cls]
        if isinstance(candidate, msgspec.inspect.LiteralType):
            return [str(value) for value in candidate.values]
    return []


def _known_fields(path: Path, kind: Any, *, required: bool = False) -> list[str]:
    """The field names of the struct that a path of the document leads to."""
    fields = [
        field
        for candidate in _alternatives(_type_at(path, kind))
        for field in getattr(_bare(candidate), "fields", ())
    ]
    return sorted({field.encode_name for field in fields if field.required or not required})


def _type_at(path: Path, kind: Any) -> Any:
    """The type that a path of the document is to have."""
    info: Any = msgspec.inspect.type_info(kind)
    for step in path:
        info = _step_into(info, step)
    return info


def _alternatives(info: Any) -> Iterator[Any]:
    """The types that a value may have, with what is said of each."""
    if isinstance(info, msgspec.inspect.UnionType):
        for candidate in info.types:
            yield from _alternatives(candidate)
    else:
        yield info


def _bare(info: Any) -> Any:
    return _bare(info.type) if isinstance(info, msgspec.inspect.Metadata) else info


def _description(info: Any) -> str:
    said = info.extra_json_schema if isinstance(info, msgspec.inspect.Metadata) else None
    return str((said or {}).get("description", ""))


def _step_into(info: Any, step: str | int) -> Any:
    """The type reached from a type by a key or an index; the type itself when there is none."""
    for candidate in map(_bare, _alternatives(info)):
        if isinstance(step, int) and hasattr(candidate, "item_type"):
            return candidate.item_type
        if isinstance(candidate, msgspec.inspect.DictType):
            return candidate.value_type
        for field in getattr(candidate, "fields", ()):
            if field.encode_name == step:
                return field.type
    return info


_SOME = -1
"""The step of a path by a key that msgspec does not name."""


def _path_of(json_path: str) -> Path:
    """The steps of a path as msgspec writes it: `$.article.parts[3]`, or `[...]` for some key."""
    steps: list[str | int] = []
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", json_path):
        steps.append(name or (_SOME if index == "..." else int(index)))
    return tuple(steps)


def _close_path(document: Any, path: Path, message: str, kind: Any) -> Path:
    """The path with the keys that msgspec leaves open.

    msgspec stops at the first key it objects to: the one that, with those before it, suffices for
    the same message.
    """
    while _SOME in path:
        before, after = path[: path.index(_SOME)], path[path.index(_SOME) + 1 :]
        inside = _value_at(document, before)
        entries = list(inside.items()) if isinstance(inside, dict) else []
        low, high = 0, len(entries)
        while low < high:
            middle = (low + high) // 2
            told = _message_of(_with(document, before, dict(entries[: middle + 1])), kind)
            low, high = (low, middle) if told == message else (middle + 1, high)
        if low == len(entries):
            return before
        document = _with(document, before, dict(entries[low : low + 1]))
        path = (*before, entries[low][0], *after)
    return path


def _message_of(document: Any, kind: Any) -> str:
    try:
        msgspec.convert(document, kind, strict=False)
    except msgspec.ValidationError as invalid:
        return str(invalid)
    return ""


def _with(value: Any, path: Path, part: Any) -> Any:
    """The value with another part at a path; the rest is shared."""
    if not path:
        return part
    copy: Any = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = _with(copy[path[0]], path[1:], part)
    return copy


def _value_at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _spell(path: Path) -> str:
    return ".".join(str(step) for step in path)
