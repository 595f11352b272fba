"""What an app says of itself: package, versions, permissions, components.

Reads the binary manifest and the resources it refers to through apk-info. The library unpacks
without caps and ends the process on forged sizes, so it is asked only when our own reader has
unpacked both entries and found them as large as the archive says.

Reference: Android Developers, "App manifest overview".
Cannot: resolve what the manifest takes from resources beyond what apk-info does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import apk_info
import msgspec

from sekisho.analyzers.notes import Notes
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Property

UNREADABLE_MANIFEST = "SEK-P205"
MANIFEST = "AndroidManifest.xml"
RESOURCES = "resources.arsc"

_NAMING = (("instrumentation", "name"), ("meta-data", "name"), ("meta-data", "value"))
_KINDS = ("activities", "activity_aliases", "services", "receivers", "providers")
_ONE_OF_MANY = {
    "activities": "activity",
    "activity_aliases": "activity_alias",
    "services": "service",
    "receivers": "receiver",
    "providers": "provider",
}


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What later steps need: the classes that must exist, and the permissions asked for.

    `named` is whatever else could be a class that Android makes: the backup agent, the component
    factory, instrumentation, and what meta-data name.
    """

    application: str | None = None
    component_classes: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


def observe_manifest(file: Path, obstacle: str | None, notes: Notes) -> Manifest:
    """Note the app's own statements; what cannot be read becomes a problem.

    Args:
        file: the APK.
        obstacle: the entry that keeps the library from being asked, if there is one.
        notes: taken down here.
    """
    if obstacle is not None:
        note_unreadable(f"{obstacle} cannot be unpacked, or is not as large as is said", notes)
        return Manifest()
    try:
        app = apk_info.APK(str(file))
    except BaseException as error:  # the library's panics are no Exceptions
        _reraise_unless_panic(error)
        note_unreadable(str(error)[:200], notes)
        return Manifest()
    reader = _Reader(app, notes)
    package = reader.ask("package_name")
    for name in ("version_name", "version_code", "min_sdk_version", "target_sdk_version"):
        reader.note(name, reader.ask(name))
    for name in ("allow_backup", "debuggable"):
        reader.note(name, reader.ask(f"application_{name}"))
    reader.note("package", package)
    reader.note("uses_cleartext_traffic", reader.attribute("application", "usesCleartextTraffic"))
    asked = (reader.ask(f"permissions{since}") or () for since in ("", "_sdk23"))
    permissions = tuple(sorted({permission for some in asked for permission in some}))
    for permission in permissions:
        reader.note("permission", permission)
    classes = reader.note_components(str(package or ""))
    application = reader.ask("application_name")
    return Manifest(
        application=_qualified(str(application), str(package or "")) if application else None,
        component_classes=classes,
        named=reader.named(str(package or "")),
        permissions=permissions,
    )


def note_unreadable(why: str, notes: Notes) -> None:
    """Say that the manifest, or a part of it, cannot be read."""
    notes.note_problem(UNREADABLE_MANIFEST, {"why": why}, locus(notes), blocks_clean=True)


class _Reader:
    """Asks the library one thing at a time: a failure costs that thing only."""

    def __init__(self, app: apk_info.APK, notes: Notes) -> None:
        self.app = app
        self.notes = notes
        self._told: set[str] = set()

    def ask(self, what: str) -> Any:
        return self.guarded(getattr(self.app, f"get_{what}"))

    def attribute(self, tag: str, name: str) -> Any:
        return self.guarded(lambda: self.app.get_attribute_value(tag, name))

    def guarded(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except BaseException as error:  # the library's panics are no Exceptions
            _reraise_unless_panic(error)
            why = str(error)[:200]
            if why not in self._told:
                self._told.add(why)
                note_unreadable(why, self.notes)
            return None

    def note(self, name: str, value: object, details: dict[str, str] | None = None) -> None:
        if value is not None and value != "":
            self.notes.note(
                Property(
                    name=name,
                    value=str(value),
                    details=details or {},
                    loci=(locus(self.notes),),
                    analyzer=self.notes.analyzer,
                )
            )

    def named(self, package: str) -> tuple[str, ...]:
        """Names that could be those of further classes."""
        found = [
            self.ask("application_backup_agent"),
            self.attribute("application", "appComponentFactory"),
            self.attribute("application", "zygotePreloadName"),
        ]
        for tag, name in _NAMING:
            found += self.guarded(partial(self.app.get_all_attribute_values, tag, name)) or ()
        return tuple(dict.fromkeys(_qualified(str(name), package) for name in found if name))

    def note_components(self, package: str) -> tuple[str, ...]:
        """Note every component; return the classes of those that have one of their own."""
        classes: list[str] = []
        for kind in _KINDS:
            for component in self.ask(kind) or ():
                name = _qualified(str(component.name or ""), package)
                details = {
                    "kind": _ONE_OF_MANY[kind],
                    "exported": str(component.exported or ""),
                    "permission": str(getattr(component, "permission", None) or ""),
                }
                self.note("component", name, {key: text for key, text in details.items() if text})
                if kind != "activity_aliases":
                    classes.append(name)
        return tuple(dict.fromkeys(classes))


def _qualified(name: str, package: str) -> str:
    """A class name in full: `.Main` and `Main` stand in the package (manifest overview)."""
    if name.startswith("."):
        return package + name
    return name if "." in name else f"{package}.{name}"


def locus(notes: Notes) -> ZipEntry:
    """The manifest as a whole."""
    return ZipEntry(notes.evidence.id, MANIFEST)


def _reraise_unless_panic(error: BaseException) -> None:
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error
