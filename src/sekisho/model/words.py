"""Words for people, in the languages Sekisho speaks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec


class Language(StrEnum):
    """A language of the reports (ISO 639-1)."""

    EN = "en"
    JA = "ja"


Text = Annotated[str, msgspec.Meta(pattern=r"\S")]
"""A text that says something: where it is read from a file, it may not be blank."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same words in English and Japanese; both are always there."""

    en: Text
    ja: Text

    def in_language(self, language: Language) -> str:
        """The words in one language."""
        return self.ja if language is Language.JA else self.en
