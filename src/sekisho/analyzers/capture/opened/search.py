"""What is sought in what the ends of an exchange said: known values, telling names, media."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.analyzers.capture.content.categories import DataCategories
from sekisho.analyzers.capture.content.keyed import NamedValueFinder
from sekisho.analyzers.capture.content.known import KnownValues, Match
from sekisho.analyzers.capture.opened.exchanges import Side, Text
from sekisho.model.flow import DataCategory

MAX_NAMED = 4 << 20
"""Bytes of one body that are searched for telling names; known values are sought in all of it."""


class Search:
    """Seeks in what was said."""

    def __init__(self, known: KnownValues, pack: DataCategories) -> None:
        self._known = known
        self._pack = pack
        self._named = NamedValueFinder(pack)

    def matches(self, side: Side, *, with_names: bool) -> Iterator[tuple[Text, Match]]:
        """What is found, with the text it is found in; telling names not in bodies of media."""
        is_media = bool(self.media(side))
        for text in (side.head, *side.bodies):
            for match in self._known.find(text.data):
                yield text, match
            if with_names and not (is_media and text is not side.head):
                for match in self._named.find(text.data[:MAX_NAMED]):
                    yield text, match

    def media(self, side: Side) -> frozenset[DataCategory]:
        """The category that the media type or the beginning of a body says, if one does."""
        if not side.bodies and not side.is_missing:
            return frozenset()
        category = self._pack.of_media_type(side.media_type)
        if category is None and any(text.is_image for text in side.bodies):
            category = DataCategory.IMAGERY
        return frozenset((category,)) if category is not None else frozenset()
