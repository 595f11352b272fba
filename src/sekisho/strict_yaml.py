"""YAML read strictly into typed values, with errors that name the line and the nearest word.

Only plain mappings, sequences and scalars are read: no anchors or aliases (no "billion laughs"),
no tags, no duplicate keys, no implicit typing (`no` stays a word); the type asked for decides.
Files are capped in size and depth.
"""

from __future__ import annotations

import difflib
import re
from typing import Any, TypeVar

import msgspec
import yaml

from sekisho.errors import SekishoError

T = TypeVar("T")

MAX_CHARACTERS = 4 << 20
MAX_DEPTH = 40

Path = tuple[str | int, ...]


class _BrokenDocumentError(Exception):
    """The document cannot be read; carries what, why, next step, and the place."""

    def __init__(self, what: str, why: str, next_step: str, mark: yaml.Mark | None) -> None:
        super().__init__(what)
        self.what, self.why, self.next_step, self.mark = what, why, next_step, mark


class Document:
    """A parsed YAML document: plain values, and the line and column each stands at."""

    def __init__(self, text: str) -> None:
        """Parse the text.

        Raises:
            _BrokenDocumentError: when it is not YAML of the permitted kind.
        """
        self.marks: dict[Path, yaml.Mark] = {}
        self.scalars: dict[Path, yaml.ScalarNode] = {}
        self.lines = text.splitlines()
        self.value = self._plain(_compose(text), ())

    def _plain(self, node: yaml.Node | None, path: Path) -> Any:
        if node is None:
            return None
        self.marks[path] = node.start_mark
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*path, i)) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            self.scalars[path] = node
        plain = isinstance(node, yaml.ScalarNode) and node.style in (None, "")
        null = plain and node.value in ("", "~", "null")
        return None if null else str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _BrokenDocumentError(
                    "a key is not a plain word",
                    "keys are words, not lists or mappings",
                    "write the key as a word",
                    key_node.start_mark,
                )
            key = key_node.value
            if key in plain:
                raise _BrokenDocumentError(
                    f"the key '{key}' stands here twice",
                    "only one of the two could count, and nothing says which",
                    "remove or rename one of them",
                    key_node.start_mark,
                )
            plain[key] = self._plain(value_node, (*path, key))
            self.marks[(*path, key)] = key_node.start_mark
        return plain


def _too_deep(mark: yaml.Mark | None) -> _BrokenDocumentError:
    return _BrokenDocumentError(
        "the document is nested too deeply",
        f"more than {MAX_DEPTH} levels are not read",
        "flatten it",
        mark,
    )


def _compose(text: str) -> yaml.Node | None:
    """The node graph of the text, with anchors, aliases, tags and further documents refused."""
    if len(text) > MAX_CHARACTERS:
        raise _BrokenDocumentError(
            "the document is too large",
            f"it has {len(text)} characters; {MAX_CHARACTERS} are read at most",
            "split it, or move the bulk into a CSV",
            None,
        )
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                # Found here and not in the finished graph: composing recurses in C, and a deep
                # document would overrun the stack before Python could object.
                raise _too_deep(getattr(event, "start_mark", None))
            if getattr(event, "anchor", None) or getattr(event, "tag", None):
                raise _BrokenDocumentError(
                    "anchors, aliases and tags are not read",
                    "they make a document mean more than it shows",
                    "write the value out where it is used",
                    getattr(event, "start_mark", None),
                )
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark: yaml.Mark | None = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise _BrokenDocumentError(
            "this is not YAML", problem, "mend the place named; tabs do not indent in YAML", mark
        ) from error
    except (RecursionError, ValueError) as error:
        raise _BrokenDocumentError(
            "this is not YAML", str(error), "mend the document", None
        ) from error


def decode(text: str, kind: type[T], *, file: str, error: type[SekishoError], code: str) -> T:
    """Read a YAML text as a value of a type (usually a `msgspec.Struct`).

    Args:
        text: the document.
        kind: the type to convert to; unknown fields must be forbidden by the type.
        file: the name to give in errors.
        error: the class of error to raise.
        code: the code of that error.

    Raises:
        SekishoError: of class `error`, naming file, line, column and the nearest known word.
    """
    return decode_placed(text, kind, file=file, error=error, code=code)[0]


def decode_placed(
    text: str, kind: type[T], *, file: str, error: type[SekishoError], code: str
) -> tuple[T, Places]:
    """As `decode`, together with the places its parts stand at.

    Raises:
        SekishoError: as `decode` does.
    """
    try:
        document = Document(text)
    except _BrokenDocumentError as broken:
        where = f"{file}:{_place(broken.mark)}" if broken.mark else file
        raise error(
            code, broken.what, why=broken.why, next_step=broken.next_step, where=where
        ) from broken
    try:
        value = msgspec.convert(document.value, kind, strict=False)
    except msgspec.ValidationError as invalid:
        raise _explain(str(invalid), document, kind, file=file, error=error, code=code) from invalid
    return value, Places(file, document)


class Places:
    """Where the parts of a document stand, for errors found after it was read."""

    def __init__(self, file: str, document: Document) -> None:
        """Keep the document."""
        self._file = file
        self._document = document

    def where(self, *path: str | int) -> str:
        """`file:line:column` of the part at a path of keys and indexes, or the nearest above."""
        mark = _nearest_mark(self._document, path)
        return f"{self._file}:{_place(mark)}" if mark else self._file

    def within(self, path: Path, offset: int) -> str:
        """`file:line:column` of a character of the text at a path, wherever its line is broken.

        Line breaks of the document are read as one space each, as plain and folded texts have it.
        """
        node = self._document.scalars.get(path)
        if node is None:
            return self.where(*path)
        line, column = node.start_mark.line, node.start_mark.column
        if node.style in ("|", ">"):
            line, column = line + 1, 0
        column += node.style in ("'", '"')
        while line < len(self._document.lines):
            raw = self._document.lines[line][column:]
            indent = len(raw) - len(raw.lstrip())
            length = len(raw.strip())
            if length and offset <= length:
                return f"{self._file}:{line + 1}:{column + indent + offset + 1}"
            offset -= length + 1 if length else 0
            line, column = line + 1, 0
        return self.where(*path)


def _explain(
    message: str, document: Document, kind: Any, *, file: str, error: type[SekishoError], code: str
) -> SekishoError:
    """Turn msgspec's message into one for a person, at the line it concerns."""
    problem, _, json_path = message.partition(" - at ")
    unknown = re.search(r"unknown field `([^`]*)`", problem)
    path = _find_path(document.value, _path_of(json_path.strip("`")), unknown and unknown[1])
    why, next_step = problem, "write a value of that kind"
    if unknown:
        word = unknown[1]
        path = (*path, word)
        known = _known_fields(path[:-1], kind)
        nearest = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
        what = f"the key '{word}' is not known here"
        why = "keys that nobody reads would be silently lost"
        choices = f"known keys: {', '.join(known)}" if known else "remove it"
        next_step = f"did you mean '{nearest[0]}'?" if nearest else choices
    elif missing := re.search(r"missing required field `([^`]*)`", problem):
        what = f"the key '{missing[1]}' is missing here"
        why, next_step = "without it the document cannot be used", f"add '{missing[1]}:'"
    else:
        what = f"the value of '{_spell(path)}' cannot be used"
        why, next_step = _explain_value(problem, _value_at(document.value, path))
    mark = _nearest_mark(document, path)
    where = f"{file}:{_place(mark)}" if mark else file
    return error(code, what, why=why, next_step=next_step, where=where)


_ERAS = re.compile(r"(明治|大正|昭和|平成|令和|[MTSHR])\s*(元|\d+)[年.\-/]")
_DIGITS = str.maketrans("0123456789", "0123456789")


def explain_date(value: object) -> tuple[str, str]:
    """Why something is not a date of the kind we read, and what to write instead."""
    if isinstance(value, str) and _ERAS.match(value.translate(_DIGITS)):
        return (
            f"'{value}' is a date of the Japanese calendar",
            "write it in the Gregorian calendar as YYYY-MM-DD (令和3年4月1日 is 2021-04-01)",
        )
    return f"'{value}' is not a calendar date", "write dates as YYYY-MM-DD, e.g. 2021-04-01"


def _explain_value(problem: str, value: Any) -> tuple[str, str]:
    """Why a value does not fit, and what to write instead."""
    if "ISO8601" in problem or "date" in problem:
        return explain_date(value)
    if invalid := re.search(r"Invalid enum value '?([^']*)'?", problem):
        return f"'{invalid[1]}' is not one of the permitted words", "see the reference for them"
    return problem, "write a value of that kind"


def _known_fields(path: Path, kind: Any) -> list[str]:
    """The field names of the struct that a path of the document leads to."""
    where = msgspec.inspect.type_info(kind)
    for step in path:
        where = _step_into(where, step)
    fields = [
        field.encode_name
        for candidate in _alternatives(where)
        for field in getattr(candidate, "fields", ())
    ]
    return sorted(set(fields))


def _alternatives(info: Any) -> tuple[Any, ...]:
    return info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)


def _step_into(info: Any, step: str | int) -> Any:
    """The type reached from a type by a key or an index; the type itself when there is none."""
    for candidate in _alternatives(info):
        if isinstance(step, int) and hasattr(candidate, "item_type"):
            return candidate.item_type
        if isinstance(candidate, msgspec.inspect.DictType):
            return candidate.value_type
        for field in getattr(candidate, "fields", ()):
            if field.encode_name == step:
                return field.type
    return info


_ANY = "[...]"


def _path_of(json_path: str) -> Path:
    """The steps of a path as msgspec writes it: `$.article.parts[3]`, or `[...]` for some key."""
    steps: list[str | int] = []
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", json_path):
        steps.append(name or (_ANY if index == "..." else int(index)))
    return tuple(steps)


def _find_path(value: Any, path: Path, word: str | None) -> Path:
    """The path with the keys that msgspec leaves open: those below which the word stands."""
    if _ANY not in path:
        return path
    before = path[: path.index(_ANY)]
    after = path[path.index(_ANY) + 1 :]
    inside = _value_at(value, before)
    for key in inside if isinstance(inside, dict) else ():
        found = _find_path(value, (*before, key, *after), word)
        held = _value_at(value, found)
        if isinstance(held, dict) and word in held:
            return found
    return before


def _value_at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _nearest_mark(document: Document, path: Path) -> yaml.Mark | None:
    """The mark of the path, or of the innermost part of it that has one."""
    for end in range(len(path), -1, -1):
        if path[:end] in document.marks:
            return document.marks[path[:end]]
    return None


def _place(mark: yaml.Mark) -> str:
    return f"{mark.line + 1}:{mark.column + 1}"


def _spell(path: Path) -> str:
    return ".".join(str(step) for step in path) or "the document"
