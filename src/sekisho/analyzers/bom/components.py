"""The components of a CycloneDX document, nested ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sekisho.analyzers.bom.node import Node, walk
from sekisho.analyzers.bom.parts import ListedPart, PartsWriter
from sekisho.model.observation import PartKind

NAMELESS = "SEK-P421"
TOO_DEEP = "SEK-P429"

MAX_DEPTH = 60
MAX_HASHES = 16

_OTHER_SOFTWARE = frozenset({"library", "framework", "file"})
_MADE_IN = frozenset({"madein", "countryoforigin", "countryofmanufacture"})
_DOMICILE = frozenset({"makerdomicile", "countryofmanufacturer", "manufacturercountry"})
_KIND = "sekisho:kind"
_SIGN = re.compile(r"[^a-z]")


def observe_components(root: Node, writer: PartsWriter, *, with_subject: bool) -> None:
    """Note every component, as far as the caps go.

    Args:
        root: the document.
        writer: takes the parts.
        with_subject: whether `metadata.component` is a part too (it is not, where it is the article
            itself).
    """
    top = _top(root, with_subject=with_subject)
    for node, depth in walk(top, "components", "component", MAX_DEPTH):
        if not writer.has_room(node.locus):
            break
        if depth > MAX_DEPTH:
            writer.skip(TOO_DEEP, {"limit": str(MAX_DEPTH)}, node.locus)
        else:
            _observe(node, writer)


def _top(root: Node, *, with_subject: bool) -> Iterator[Node]:
    metadata = root.child("metadata")
    subject = metadata.child("component") if metadata is not None else None
    if subject is not None and with_subject:
        yield subject
    elif subject is not None:
        yield from subject.items("components", "component")
    yield from root.items("components", "component")


def _observe(node: Node, writer: PartsWriter) -> None:
    name = node.text("name")
    if not name:
        writer.skip(NAMELESS, {"place": node.locus.address()}, node.locus)
        return
    group = node.text("group")
    stated = _properties(node)
    maker, role, domicile = _maker(node)
    kind = stated.get("kind", ("", ""))
    made_in = stated.get("made_in", ("", ""))
    own_domicile = stated.get("maker_domicile", ("manufacturer.address.country", domicile))
    writer.take(
        ListedPart(
            ref=node.text("bom-ref") or node.locus.address(),
            name=f"{group}/{name}" if group else name,
            kind=kind[1],
            version=node.text("version") or "",
            maker=maker,
            maker_role=role,
            origin={"made_in": made_in[1], "maker_domicile": own_domicile[1]},
            titles={"kind": kind[0], "made_in": made_in[0], "maker_domicile": own_domicile[0]},
            identifiers=_identifiers(node),
            plain_kind=PartKind.SOFTWARE if node.text("type") in _OTHER_SOFTWARE else None,
        ),
        node.locus,
    )


def _maker(node: Node) -> tuple[str, str, str]:
    """Who made it, in which role the document names them, and the country it gives for them."""
    manufacturer = node.child("manufacturer")
    if manufacturer is not None and (name := manufacturer.text("name")):
        address = manufacturer.child("address")
        country = address.text("country") if address is not None else None
        return name, "component_maker", country or ""
    supplier = node.child("supplier")
    if supplier is not None and (name := supplier.text("name")):
        return name, "supplier", ""
    return node.text("publisher") or "", "publisher", ""


def _properties(node: Node) -> dict[str, tuple[str, str]]:
    """The properties that say what the format has no field for: their own name, and the words."""
    found: dict[str, tuple[str, str]] = {}
    for one in node.items("properties", "property"):
        name = one.text("name") or ""
        column = _column(name)
        if column is not None:
            found.setdefault(column, (name, one.value("value") or ""))
    return found


def _column(name: str) -> str | None:
    if name == _KIND:
        return "kind"
    last = _SIGN.sub("", name.rpartition(":")[2].lower())
    if last in _MADE_IN:
        return "made_in"
    return "maker_domicile" if last in _DOMICILE else None


def _identifiers(node: Node) -> dict[str, str]:
    """Package URL, CPE, media type of the part, and hashes by algorithm."""
    found = {key: node.text(key) or "" for key in ("purl", "cpe", "type")}
    for _, one in zip(range(MAX_HASHES), node.items("hashes", "hash"), strict=False):
        algorithm = (one.text("alg") or "").lower()
        if algorithm:
            found[algorithm] = one.value("content") or ""
    return found
