"""Whether a CycloneDX document says that its list is complete."""

from __future__ import annotations

from sekisho.analyzers.bom.node import Node

_COMPLETE = "complete"
_INCOMPLETE = "incomplete"


def says_complete(root: Node) -> bool | None:
    """What `compositions` say: complete, incomplete (of anything), or nothing that settles it.

    Complete is a document that calls itself, or the assembly of its subject, `complete`, while no
    other composition leaves anything open. Dependencies are no parts: that they are all known does
    not make the list of parts complete, but that some are not does make it incomplete.
    """
    aggregates: list[str] = []
    whole = False
    subject = _subject(root)
    for one in root.items("compositions", "composition"):
        aggregate = one.text("aggregate") or "not_specified"
        aggregates.append(aggregate)
        assemblies = one.words("assemblies", "assembly")
        about_whole = (
            subject in assemblies if assemblies else not one.words("dependencies", "dependency")
        )
        whole = whole or (aggregate == _COMPLETE and about_whole)
    if any(aggregate.startswith(_INCOMPLETE) for aggregate in aggregates):
        return False
    settled = all(aggregate == _COMPLETE for aggregate in aggregates)
    return True if whole and settled else None


def _subject(root: Node) -> str:
    """The reference of what the document is about; a word that no reference is, when none."""
    metadata = root.child("metadata")
    component = metadata.child("component") if metadata is not None else None
    ref = component.text("bom-ref") if component is not None else None
    return ref or "\0"
