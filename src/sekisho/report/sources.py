"""Where the words of the clauses were read: the list of sources behind the citations."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec

from sekisho.data.files import pack_text
from sekisho.errors import PackError
from sekisho.model.determination import Citation
from sekisho.strict_yaml import decode

SOURCES = "regimes/sources.yaml"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document: its title, and where it was found."""

    title: str
    ref: str


@cache
def load_sources() -> dict[str, Source]:
    """The sources by the name that citations use.

    Raises:
        PackError: when the file is broken.
    """
    return decode(
        pack_text(SOURCES), dict[str, Source], file=SOURCES, error=PackError, code="SEK-E360"
    )


def cited_sources(citations: Iterable[Citation]) -> dict[str, Source]:
    """The known sources that citations name, sorted by name."""
    cited = {name for citation in citations for name in citation.sources}
    return {name: source for name, source in sorted(load_sources().items()) if name in cited}
