"""The network services that a CycloneDX document lists."""

from __future__ import annotations

from sekisho.analyzers.bom.node import Node, walk
from sekisho.analyzers.bom.parts import PartsWriter
from sekisho.analyzers.notes import Notes
from sekisho.model.observation import Property

NAMELESS = "SEK-P424"
NOT_ALL = "SEK-P428"

MAX_DEPTH = 60
MAX_SERVICES = 10_000
_MAX_ENDPOINTS = 20


def observe_services(root: Node, writer: PartsWriter, notes: Notes) -> int:
    """Note every service as a property with its provider and endpoints; give their number.

    A service is no part of the article, and that it is listed is no movement of data.
    """
    count = 0
    top = root.items("services", "service")
    for taken, (node, depth) in enumerate(walk(top, "services", "service", MAX_DEPTH)):
        if taken >= MAX_SERVICES or depth > MAX_DEPTH:
            limits = {"limit": str(MAX_SERVICES), "depth": str(MAX_DEPTH)}
            notes.note_problem(NOT_ALL, limits, node.locus, blocks_clean=True)
            break
        count += _observe(node, writer, notes)
    return count


def _observe(node: Node, writer: PartsWriter, notes: Notes) -> int:
    name = node.text("name")
    if not name:
        details = {"place": node.locus.address()}
        notes.note_problem(NAMELESS, details, node.locus, blocks_clean=True)
        return 0
    provider = node.child("provider")
    party = provider.text("name") if provider is not None else None
    if party:
        writer.take_party(party, "service_provider", node.locus)
    endpoints = node.words("endpoints", "endpoint")
    details = {"provider": party or "", "endpoints": " ".join(endpoints[:_MAX_ENDPOINTS])}
    notes.note(
        Property(
            name="service",
            value=name,
            details={key: text for key, text in details.items() if text},
            loci=(node.locus,),
            analyzer=notes.analyzer,
        )
    )
    return 1
