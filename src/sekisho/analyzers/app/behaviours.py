"""Means to bring in further code, and the native libraries an app carries.

References: Android Developers, `DexClassLoader`, `PackageInstaller`, "Permissions".
Cannot: read native code; tell what is loaded, or from where.
"""

from __future__ import annotations

from sekisho.analyzers.app.code import Code
from sekisho.analyzers.app.manifest import Manifest
from sekisho.analyzers.app.manifest import locus as manifest_locus
from sekisho.analyzers.app.running import MAX_SITES, RunningCode, shown_way
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


def observe_code_behaviours(
    code: Code, manifest: Manifest, running: RunningCode, notes: Notes
) -> None:
    """Note the means to load further code, and to install packages."""
    _observe_types("code_loading", _LOADERS, (code, running), notes)
    if _INSTALL_PERMISSION in manifest.permissions:
        notes.note(
            Behaviour(
                name="installs_packages",
                details={"permission": _INSTALL_PERMISSION},
                loci=(manifest_locus(notes),),
                analyzer=notes.analyzer,
            )
        )
        _observe_types("self_update", _INSTALLERS, (code, running), notes)


def _observe_types(
    behaviour: str, types: tuple[str, ...], app: tuple[Code, RunningCode], notes: Notes
) -> None:
    """Note the types that the code speaks of, and the way to a call of theirs that can run."""
    code, running = app
    named = [name for name in types if name in code.types]
    uses = [use for name in named if (use := running.use_of(name)) is not None]
    uses.sort(key=lambda use: not use.is_reachable)
    ways = [use.way for use in uses if use.is_reachable]
    details = {"types": ", ".join(named), "way": shown_way(ways[0]) if ways else ""}
    sites = tuple(site for use in uses for site in use.sites)[:MAX_SITES]
    if named:
        notes.note(
            Behaviour(
                name=behaviour,
                details={key: text for key, text in details.items() if text},
                loci=sites or tuple(code.types[name] for name in named),
                analyzer=notes.analyzer,
            )
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
