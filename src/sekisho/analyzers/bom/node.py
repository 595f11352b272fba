"""A document of parts seen as a tree, the same way whether it is JSON or XML.

CycloneDX writes the same model in both: what is a member in JSON is a child element or an
attribute in XML, a list of components is an element `components` with children `component`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec

from sekisho.intake.plain_text import plain_text
from sekisho.model.locus import JsonPointer, Locus, XmlElement
from sekisho.model.units import EvidenceId


class Misfit(msgspec.Struct, frozen=True):
    """That a place of the document holds something else than the format has there."""

    locus: Locus
    expected: str


class Node(Protocol):
    """One object or element. What is absent is `None` or empty; what does not fit is a misfit."""

    @property
    def locus(self) -> Locus:
        """Where it stands."""
        ...

    def text(self, name: str) -> str | None:
        """The plain text of a member: a JSON string, an attribute, or a child without children."""
        ...

    def value(self, name: str) -> str | None:
        """A text that is a member in JSON, and the element's own content in XML."""
        ...

    def child(self, name: str) -> Node | None:
        """The object or element of a name."""
        ...

    def items(self, name: str, item: str) -> Iterator[Node]:
        """The objects of a list; `item` is the name that each has in XML."""
        ...

    def words(self, name: str, item: str) -> list[str]:
        """The texts of a list: strings in JSON; in XML the attribute `ref`, or the content."""
        ...


class JsonNode:
    """An object of a JSON document with its pointer (RFC 6901)."""

    def __init__(
        self, value: dict[str, Any], evidence: EvidenceId, misfits: list[Misfit], pointer: str = ""
    ) -> None:
        """See a decoded object; misfits found on the way are put into the list."""
        self._value = value
        self._evidence = evidence
        self._misfits = misfits
        self._pointer = pointer

    @property
    def locus(self) -> Locus:
        """The pointer of the value."""
        return JsonPointer(self._evidence, self._pointer)

    def text(self, name: str) -> str | None:
        """The string of a member."""
        value = self._value.get(name)
        if value is None or isinstance(value, str):
            return None if value is None else plain_text(value)
        self._note("text", name)
        return None

    def value(self, name: str) -> str | None:
        """As `text`."""
        return self.text(name)

    def child(self, name: str) -> JsonNode | None:
        """The object of a member."""
        value = self._value.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._note("object", name)
            return None
        return self._below(value, name)

    def items(self, name: str, item: str) -> Iterator[JsonNode]:
        """The objects of an array."""
        del item  # arrays in JSON do not name what they hold
        for index, one in enumerate(self._array(name)):
            if isinstance(one, dict):
                yield self._below(one, name, index)
            else:
                self._note("object", name, index)

    def words(self, name: str, item: str) -> list[str]:
        """The strings of an array."""
        del item  # as above
        array = self._array(name)
        for index, one in enumerate(array):
            if not isinstance(one, str):
                self._note("text", name, index)
        return [plain_text(one) for one in array if isinstance(one, str)]

    def _array(self, name: str) -> list[Any]:
        value = self._value.get(name)
        if value is not None and not isinstance(value, list):
            self._note("list", name)
            return []
        return value or []

    def _note(self, expected: str, *steps: str | int) -> None:
        self._misfits.append(Misfit(JsonPointer(self._evidence, self._path(*steps)), expected))

    def _below(self, value: Any, *steps: str | int) -> JsonNode:
        return JsonNode(value, self._evidence, self._misfits, self._path(*steps))

    def _path(self, *steps: str | int) -> str:
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        return "/".join((self._pointer, *escaped))


class XmlNode:
    """An element of an XML document with its path; namespaces are not told apart below the root."""

    def __init__(self, element: Any, evidence: EvidenceId, path: str) -> None:
        """See a parsed element."""
        self._element = element
        self._evidence = evidence
        self._path = path

    @property
    def locus(self) -> Locus:
        """The path of the element."""
        return XmlElement(self._evidence, self._path)

    def text(self, name: str) -> str | None:
        """The attribute, or the content of the first child of that name."""
        attribute = self._element.get(name)
        if attribute is not None:
            return plain_text(attribute)
        found = self._children(name)
        return plain_text(found[0].text or "") if found else None

    def value(self, name: str) -> str:
        """The element's own content."""
        del name  # it has no name in XML
        return plain_text(self._element.text or "")

    def child(self, name: str) -> XmlNode | None:
        """The first child of a name."""
        found = self._children(name)
        return XmlNode(found[0], self._evidence, f"{self._path}/{name}") if found else None

    def items(self, name: str, item: str) -> Iterator[XmlNode]:
        """The children called `item` of every child of a name."""
        for number, group in enumerate(self._children(name), 1):
            at = f"[{number}]" if number > 1 else ""
            inside = (one for one in group if local_name(one) == item)
            for place, one in enumerate(inside, 1):
                path = f"{self._path}/{name}{at}/{item}[{place}]"
                yield XmlNode(one, self._evidence, path)

    def words(self, name: str, item: str) -> list[str]:
        """The attribute `ref` of each, or its content where it has none."""
        return [one.text("ref") or one.value("") for one in self.items(name, item)]

    def _children(self, name: str) -> Sequence[Any]:
        return [one for one in self._element if local_name(one) == name]


def walk(top: Iterator[Node], group: str, item: str, deepest: int) -> Iterator[tuple[Node, int]]:
    """Nodes and those nested in them, each before what it holds, with their depth (0 is the top).

    Lazy, and without recursion: how much there is, and how deep, is the submitter's choice. What
    lies in nodes below `deepest` is not entered; such nodes themselves are still handed out.
    """
    levels = [top]
    while levels:
        node = next(levels[-1], None)
        if node is None:
            levels.pop()
            continue
        depth = len(levels) - 1
        yield node, depth
        if depth <= deepest:
            levels.append(node.items(group, item))


def local_name(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
