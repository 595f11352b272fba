"""Which SDKs an app contains, known by package prefix (`data/signatures/sdks.csv`).

References: Exodus Privacy signatures as cited in the pack; findings APP-01 to APP-12 of the 2020
reports on drone apps.
Cannot: know an SDK whose packages were renamed; tell whether a class that is there is used.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from functools import cache

import msgspec

from sekisho.analyzers.app.code import Code
from sekisho.analyzers.notes import Notes
from sekisho.data.files import pack_text
from sekisho.model.locus import Locus
from sekisho.model.observation import Component, PartKind, Party
from sekisho.model.units import CountryCode

SDKS = "signatures/sdks.csv"


class Sdk(msgspec.Struct, frozen=True):
    """An SDK by one of its package prefixes, with whose it is and what it collects."""

    sdk: str
    kind: str
    package_prefix: str
    owner: str
    country: str
    owner_confidence: str
    collects: str
    source: str
    as_of: str


def observe_sdks(code: Code, notes: Notes) -> int:
    """Note each known SDK of which a class is there; return how many."""
    names = sorted(code.classes)
    found = 0
    for sdk in known_sdks():
        lead = f"{sdk.package_prefix}."
        first = bisect_left(names, lead)
        if first < len(names) and names[first].startswith(lead):
            _note_sdk(sdk, code.classes[names[first]], notes)
            found += 1
    return found


def _note_sdk(sdk: Sdk, locus: Locus, notes: Notes) -> None:
    """The owner's country is stated as such only where it was verified."""
    verified = sdk.owner_confidence != "unverified"
    country = CountryCode(sdk.country) if sdk.country and verified else None
    notes.note(
        Component(
            ref=f"package:{sdk.package_prefix}",
            name=sdk.sdk,
            kind=PartKind.SOFTWARE,
            maker=sdk.owner or None,
            maker_domicile=country,
            identifiers={
                "package_prefix": sdk.package_prefix,
                "kind": sdk.kind,
                "collects": sdk.collects,
                "owner_country": f"{sdk.country} ({sdk.owner_confidence})" if sdk.country else "",
                "source": f"{sdk.source}, {sdk.as_of}",
            },
            loci=(locus,),
            analyzer=notes.analyzer,
        )
    )
    if sdk.owner:
        notes.note(
            Party(
                name=sdk.owner,
                role="sdk_owner",
                country=country,
                loci=(locus,),
                analyzer=notes.analyzer,
            )
        )


@cache
def known_sdks() -> tuple[Sdk, ...]:
    """The SDKs of the list, by package prefix."""
    rows = csv.DictReader(pack_text(SDKS).splitlines())
    return tuple(msgspec.convert(row, Sdk) for row in rows)
