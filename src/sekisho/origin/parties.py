"""Who is named as the maker, and whose word each observation is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from sekisho.model.dossier import Article
from sekisho.model.observation import Observation, Party, Property, Voice
from sekisho.model.units import AnalyzerId, CountryCode, ObservationId
from sekisho.origin.names import name_key

MAKER = "maker"
"""The role of the party that a document names as the maker of the whole article."""

_VOICES = {
    "bom": Voice.RECORD,
    "ownership": Voice.RECORD,
    "declaration": Voice.MAKER,
}


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A party by one of its names, with the observations that name it so."""

    name: str
    role: str
    rests_on: tuple[ObservationId, ...] = ()


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an app's certificate names as its signer."""

    organisation: str | None
    country: CountryCode | None
    seen: ObservationId


def voice_of(analyzer: AnalyzerId) -> Voice:
    """Whose word an analyzer's finding is: what it reads from documents is theirs, not its own."""
    return _VOICES.get(analyzer.partition(".")[0], Voice.OBSERVED)


def find_makers(
    article: Article, observations: Mapping[ObservationId, Observation]
) -> tuple[Named, ...]:
    """The names given to the article's maker, the dossier's first; equal names once."""
    names: dict[str, Named] = {}
    if article.maker and name_key(article.maker):
        names[name_key(article.maker)] = Named(name=article.maker, role="maker")
    for seen_id, seen in sorted(observations.items()):
        if isinstance(seen, Party) and seen.role == MAKER and name_key(seen.name):
            found = names.setdefault(name_key(seen.name), Named(name=seen.name, role="maker"))
            names[name_key(seen.name)] = msgspec.structs.replace(
                found, rests_on=(*found.rests_on, seen_id)
            )
    return tuple(names.values())


def find_signers(observations: Mapping[ObservationId, Observation]) -> tuple[Signer, ...]:
    """The signers of apps, from properties named `signer_subject` (RFC 4514 text)."""
    return tuple(
        Signer(
            organisation=_attribute(seen.value, "O"),
            country=_country(_attribute(seen.value, "C")),
            seen=seen_id,
        )
        for seen_id, seen in sorted(observations.items())
        if isinstance(seen, Property) and seen.name == "signer_subject"
    )


def _attribute(subject: str, wanted: str) -> str | None:
    """The first value of an attribute type in a distinguished name; `None` when it has none."""
    for part in _relative_names(subject):
        kind, separator, value = part.partition("=")
        if separator and kind.strip().upper() == wanted and value.strip():
            return value.strip()
    return None


def _relative_names(subject: str) -> Iterable[str]:
    """The parts of a distinguished name at unescaped commas and pluses (RFC 4514 section 2)."""
    part: list[str] = []
    quoted = escaped = False
    for character in subject[:4096]:
        if escaped:
            part.append(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character in ",+;" and not quoted:
            yield "".join(part)
            part = []
        else:
            part.append(character)
    yield "".join(part)


def _country(text: str | None) -> CountryCode | None:
    code = (text or "").upper()
    return CountryCode(code) if len(code) == 2 and code.isascii() and code.isalpha() else None
