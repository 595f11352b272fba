"""What the classes of an app show: SDKs, packing, and means to bring in further code.

SDKs are known by package prefix (`data/signatures/sdks.csv`), packers by their native library
(`data/signatures/packers.csv`) and by classes that the manifest names and no DEX defines.

References: Exodus Privacy signatures and APKiD rules as cited in the packs; findings APP-01 to
APP-12 of the 2020 reports on drone apps.
Cannot: know an SDK whose packages were renamed; tell whether a class that is there is used.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from functools import cache

import msgspec

from sekisho.analyzers.app.manifest import Manifest
from sekisho.analyzers.notes import Notes
from sekisho.data.files import pack_text
from sekisho.model.locus import DexMethod, Locus, ZipEntry
from sekisho.model.observation import Behaviour, Component, PartKind, Party, Property
from sekisho.model.units import CountryCode

SDKS = "signatures/sdks.csv"
PACKERS = "signatures/packers.csv"
PACKED = "SEK-P208"

MAX_NAMED = 5

_LOADERS = (
    "dalvik.system.DexClassLoader",
    "dalvik.system.InMemoryDexClassLoader",
    "dalvik.system.DelegateLastClassLoader",
)
_INSTALLERS = ("android.content.pm.PackageInstaller", "android.content.pm.PackageInstaller$Session")
_INSTALL_PERMISSION = "android.permission.REQUEST_INSTALL_PACKAGES"


class Code(msgspec.Struct):
    """The classes and types of all DEX files, each with where it stands first."""

    classes: dict[str, Locus] = {}
    types: dict[str, Locus] = {}


class _Sdk(msgspec.Struct, frozen=True):
    sdk: str
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
    for sdk in _sdks():
        lead = f"{sdk.package_prefix}."
        first = bisect_left(names, lead)
        if first < len(names) and names[first].startswith(lead):
            _note_sdk(sdk, code.classes[names[first]], notes)
            found += 1
    return found


def _note_sdk(sdk: _Sdk, locus: Locus, notes: Notes) -> None:
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


def observe_packing(entries: list[str], code: Code, manifest: Manifest, notes: Notes) -> bool:
    """Note whether the code that runs is likely not the code that can be read."""
    packers = _packers()
    libraries = [entry for entry in entries if entry.rpartition("/")[2] in packers]
    named = (manifest.application, *manifest.component_classes)
    absent = [name for name in named if name and name not in code.classes]
    mostly_absent = 2 * len(absent) > len([name for name in named if name])
    if not libraries and not mostly_absent:
        return False
    loci: tuple[Locus, ...] = tuple(
        ZipEntry(notes.evidence.id, entry) for entry in libraries[:MAX_NAMED]
    )
    signs = {
        "packer": ", ".join(sorted({packers[entry.rpartition("/")[2]] for entry in libraries})),
        "absent_classes": ", ".join(absent[:MAX_NAMED]) if mostly_absent else "",
    }
    manifest_locus = ZipEntry(notes.evidence.id, "AndroidManifest.xml")
    notes.note(
        Behaviour(
            name="packed_code",
            details={key: value for key, value in signs.items() if value},
            loci=loci or (manifest_locus,),
            analyzer=notes.analyzer,
        )
    )
    said = "; ".join(value for value in signs.values() if value)
    notes.note_problem(PACKED, {"signs": said}, (loci or (manifest_locus,))[0], blocks_clean=True)
    return True


def observe_code_behaviours(code: Code, manifest: Manifest, notes: Notes) -> None:
    """Note the means to load further code, and to install packages."""
    _observe_types("code_loading", _LOADERS, code, notes)
    if _INSTALL_PERMISSION in manifest.permissions:
        locus = ZipEntry(notes.evidence.id, "AndroidManifest.xml")
        notes.note(
            Behaviour(
                name="installs_packages",
                details={"permission": _INSTALL_PERMISSION},
                loci=(locus,),
                analyzer=notes.analyzer,
            )
        )
        _observe_types("self_update", _INSTALLERS, code, notes)


def _observe_types(behaviour: str, types: tuple[str, ...], code: Code, notes: Notes) -> None:
    loci = tuple(code.types[name] for name in types if name in code.types)
    if loci:
        named = ", ".join(name for name in types if name in code.types)
        notes.note(
            Behaviour(name=behaviour, details={"types": named}, loci=loci, analyzer=notes.analyzer)
        )


def observe_libraries(entries: list[str], notes: Notes) -> int:
    """Note each native library; return how many."""
    libraries = [entry for entry in entries if entry.startswith("lib/") and entry.endswith(".so")]
    for entry in libraries:
        notes.note(
            Property(
                name="native_library",
                value=entry,
                loci=(ZipEntry(notes.evidence.id, entry),),
                analyzer=notes.analyzer,
            )
        )
    return len(libraries)


def class_locus(notes: Notes, entry: str, name: str) -> Locus:
    """The place of a class."""
    return DexMethod(notes.evidence.id, entry, name)


@cache
def _sdks() -> tuple[_Sdk, ...]:
    rows = csv.DictReader(pack_text(SDKS).splitlines())
    return tuple(msgspec.convert(row, _Sdk) for row in rows)


@cache
def _packers() -> dict[str, str]:
    rows = csv.DictReader(pack_text(PACKERS).splitlines())
    return {row["library"]: row["packer"] for row in rows}
