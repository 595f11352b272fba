"""The network services that a CycloneDX document lists."""

from __future__ import annotations

from collections import deque

from sekisho.analyzers.bom.node import Node
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
    waiting = deque((node, 0) for node in root.items("services", "service"))
    count = 0
    while waiting:
        node, depth = waiting.popleft()
        if count >= MAX_SERVICES or depth > MAX_DEPTH:
            limits = {"limit": str(MAX_SERVICES), "depth": str(MAX_DEPTH)}
            notes.note_problem(NOT_ALL, limits, node.locus, blocks_clean=True)
            break
        count += _observe(node, writer, notes)
        waiting.extend((one, depth + 1) for one in node.items("services", "service"))
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
