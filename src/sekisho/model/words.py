"""Words for people, in the languages Sekisho speaks."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Language(StrEnum):
    """A language of the reports (ISO 639-1)."""

    EN = "en"
    JA = "ja"


class Words(msgspec.Struct, frozen=True):
    """The same words in English and Japanese; both are always there."""

    en: str
    ja: str

    def in_language(self, language: Language) -> str:
        """The words in one language."""
        return self.ja if language is Language.JA else self.en
