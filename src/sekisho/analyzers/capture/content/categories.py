"""The pack that says which data category a named value or a media type stands for."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sekisho.data.files import pack_text
from sekisho.errors import PackError
from sekisho.model.flow import DataCategory
from sekisho.strict_yaml import decode

PACK = "signatures/data_categories.yaml"


class Form(StrEnum):
    """The form a named value must have to count; the pack's head says what each asks."""

    IMEI = "imei"
    IMSI = "imsi"
    ICCID = "iccid"
    MAC = "mac"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    EMAIL = "email"
    PHONE = "phone"
    IDENTIFIER = "identifier"
    SECRET = "secret"  # noqa: S105 - the name of a form, not a password
    WORDS = "words"


class NamedValues(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names under which values of one form and category stand."""

    category: DataCategory
    form: Form
    names: tuple[str, ...]


class DataCategories(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole pack."""

    edition: str
    values: tuple[NamedValues, ...]
    media_types: dict[str, DataCategory]

    def by_name(self) -> dict[str, tuple[DataCategory, Form]]:
        """Category and form for each name."""
        return {name: (entry.category, entry.form) for entry in self.values for name in entry.names}

    def of_media_type(self, media_type: str) -> DataCategory | None:
        """The category a media type says, if any."""
        for beginning, category in self.media_types.items():
            if media_type.startswith(beginning):
                return category
        return None


def load_data_categories() -> DataCategories:
    """Read the pack.

    Raises:
        PackError: when it is broken.
    """
    return decode(pack_text(PACK), DataCategories, file=PACK, error=PackError, code="SEK-E351")
