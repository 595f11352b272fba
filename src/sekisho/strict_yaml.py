"""YAML read strictly into typed values, with errors that name the line and the nearest word.

Only plain mappings, sequences and scalars are read: no anchors or aliases (no "billion laughs"),
no tags, no duplicate keys, no implicit typing (`no` stays a word); the type asked for decides.
Files are capped in size and depth.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
import yaml

from sekisho.errors import SekishoError
from sekisho.yaml_faults import Path, explain, explain_date

__all__ = [
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "Document",
    "Places",
    "decode",
    "decode_placed",
    "explain_date",
]

T = TypeVar("T")

MAX_CHARACTERS = 4 << 20
MAX_DEPTH = 40

_NO_TEXT = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that YAML does not have: a control character, or half of a surrogate pair."""


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
        self.left_empty: list[Path] = []
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
        if null:
            self.left_empty.append(path)
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


def _no_text(text: str, at: int) -> _BrokenDocumentError:
    # Told by us and not by the parser: it names no place for a character it cannot read.
    line = text.count("\n", 0, at)
    column = at - (text.rfind("\n", 0, at) + 1)
    return _BrokenDocumentError(
        "this is not YAML",
        f"the character U+{ord(text[at]):04X} stands here, which is no sign of a text",
        "mend the place named: remove the character",
        yaml.Mark("", at, line, column, None, 0),
    )


def _no_yaml(error: yaml.YAMLError) -> _BrokenDocumentError:
    mark: yaml.Mark | None = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    next_step = "mend the place named; tabs do not indent in YAML"
    if problem == "but found another document":
        problem = "a second document begins here, and only one of the two could count"
        next_step = "mend it: keep one document in a file, without '---' in between"
    return _BrokenDocumentError("this is not YAML", problem, next_step, mark)


def _compose(text: str) -> yaml.Node | None:
    """The node graph of the text, with anchors, aliases, tags and further documents refused."""
    if len(text) > MAX_CHARACTERS:
        raise _BrokenDocumentError(
            "the document is too large",
            f"it has {len(text)} characters; {MAX_CHARACTERS} are read at most",
            "split it, or move the bulk into a CSV",
            None,
        )
    if found := _NO_TEXT.search(text):
        raise _no_text(text, found.start())
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
        raise _no_yaml(error) from error
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
        fault = explain(str(invalid), document.value, kind)
        mark = _nearest_mark(document, fault.path) if document.value is not None else None
        where = f"{file}:{_place(mark)}" if mark else file
        raise error(
            code, fault.what, why=fault.why, next_step=fault.next_step, where=where
        ) from invalid
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

    @property
    def left_empty(self) -> tuple[Path, ...]:
        """The parts for which nothing is written, in the order of the document."""
        return tuple(self._document.left_empty)

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


def _nearest_mark(document: Document, path: Path) -> yaml.Mark | None:
    """The mark of the path, or of the innermost part of it that has one."""
    for end in range(len(path), -1, -1):
        if path[:end] in document.marks:
            return document.marks[path[:end]]
    return None


def _place(mark: yaml.Mark) -> str:
    return f"{mark.line + 1}:{mark.column + 1}"
