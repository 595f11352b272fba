"""Means to bring in further code, and the native libraries an app carries.

References: Android Developers, `DexClassLoader`, `PackageInstaller`, "Permissions".
Cannot: tell whether a type that the code speaks of is used; read native code.
"""

from __future__ import annotations

from sekisho.analyzers.app.code import Code
from sekisho.analyzers.app.manifest import Manifest
from sekisho.analyzers.app.manifest import locus as manifest_locus
from sekisho.analyzers.notes import Notes
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Behaviour, Property

_LOADERS = (
    "dalvik.system.DexClassLoader",
    "dalvik.system.InMemoryDexClassLoader",
    "dalvik.system.DelegateLastClassLoader",
)
_INSTALLERS = ("android.content.pm.PackageInstaller", "android.content.pm.PackageInstaller$Session")
_INSTALL_PERMISSION = "android.permission.REQUEST_INSTALL_PACKAGES"


def observe_code_behaviours(code: Code, manifest: Manifest, notes: Notes) -> None:
    """Note the means to load further code, and to install packages."""
    _observe_types("code_loading", _LOADERS, code, notes)
    if _INSTALL_PERMISSION in manifest.permissions:
        notes.note(
            Behaviour(
                name="installs_packages",
                details={"permission": _INSTALL_PERMISSION},
                loci=(manifest_locus(notes),),
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


def observe_libraries(code: Code, notes: Notes) -> None:
    """Note each native library."""
    for entry in code.libraries:
        notes.note(
            Property(
                name="native_library",
                value=entry,
                loci=(ZipEntry(notes.evidence.id, entry),),
                analyzer=notes.analyzer,
            )
        )
