"""A dossier is opened: a folder, an archive of one, or single files.

What can be read is taken in, kept and identified; what cannot is told in problems. An error is
raised only when there is nothing to work with.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from sekisho.errors import EvidenceError
from sekisho.intake.collect import UNPACKED, Collector, Keep, Occurrence, intake_problem
from sekisho.intake.custody import Custodian, Found
from sekisho.intake.limit import NotReadError
from sekisho.intake.manifest import FILE_NAME, Manifest, load_manifest
from sekisho.intake.names import shown_name
from sekisho.model.dossier import Article, Dossier
from sekisho.model.evidence import Evidence, Limits
from sekisho.model.problem import Problem
from sekisho.model.units import EvidenceId

_LEFT_BY_SYSTEMS = "__MACOSX/"


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier taken in: what it is, where the bytes of each evidence are, and what went wrong."""

    dossier: Dossier
    contents: dict[EvidenceId, Path]
    problems: tuple[Problem, ...]


def open_dossier(
    source: Path, *, keep: Keep, limits: Limits, opened_on: date | None = None
) -> Intake:
    """Take in a dossier.

    Args:
        source: a folder with or without `dossier.yaml`, an archive of such a folder, or one file,
            which then is a dossier of that file alone.
        keep: how the evidence store takes a file in.
        limits: the caps on size, number, depth and expansion.
        opened_on: the day it is opened.

    Raises:
        EvidenceError: when there is no such source, nothing in it, or its manifest is wrong.
        StoreError: when the store cannot be written.
    """
    _refuse_absent(source)
    collector = Collector(keep, limits)
    container: EvidenceId | None = None
    if source.is_dir():
        collector.take_folder(source)
    else:
        _refuse_bare_manifest(source)
        taken = _take_file(collector, source.name, source, names_inside="")
        container = taken if collector.taken[taken].kind in UNPACKED else None
    found = _found(collector, container)
    passed_by = {_below(name, _root_of(collector, container)) for name in collector.passed_by}
    if FILE_NAME in passed_by and FILE_NAME not in found.by_name:
        raise _unread_manifest(source, collector)
    if not found.by_name and not collector.problems:
        raise _nothing_there(source)
    return _joined(collector, found, opened_on)


def open_files(
    paths: Iterable[Path], *, keep: Keep, limits: Limits, opened_on: date | None = None
) -> Intake:
    """Take in single files, and what is in those that are archives.

    Raises:
        EvidenceError: when one of them does not exist, is no plain file, or cannot be taken.
        StoreError: when the store cannot be written.
    """
    collector = Collector(keep, limits)
    for path in paths:
        _refuse_absent(path)
        _take_file(collector, path.as_posix(), path)
    custodian = Custodian(_found(collector, None), None)
    return Intake(
        dossier=_dossier(None, None, custodian.evidence(), opened_on),
        contents=_contents(collector),
        problems=(*collector.problems, *custodian.problems(None)),
    )


def _refuse_absent(source: Path) -> None:
    try:
        exists = source.exists()
    except OSError:
        # a name that is too long, or a folder on the way that may not be entered
        exists = False
    if not exists:
        raise EvidenceError(
            "SEK-E101",
            f"there is no '{shown_name(source.name)}'",
            why="no file or folder has this path",
            next_step="check the path, and that you may read it",
            where=shown_name(str(source)),
        )


def _refuse_bare_manifest(source: Path) -> None:
    """A manifest alone is a slip: the dossier is the folder around it."""
    if source.name == FILE_NAME:
        raise EvidenceError(
            "SEK-E102",
            f"'{FILE_NAME}' is the manifest of a dossier, not the dossier",
            why="the files that it lists stand beside it",
            next_step="name the folder it is in",
            where=shown_name(str(source)),
        )


def _take_file(
    collector: Collector, name: str, path: Path, *, names_inside: str | None = None
) -> EvidenceId:
    try:
        # a link that a person names is meant; links inside a dossier are not followed
        return collector.take_file(name, path.resolve(), names_inside=names_inside)
    except NotReadError as reason:
        raise EvidenceError(
            "SEK-E103",
            f"'{shown_name(name)}' cannot be taken in",
            why=reason.details.get("reason") or f"it is over a limit ({reason.code})",
            next_step="name a plain file that can be read, within the limits",
            where=shown_name(str(path)),
        ) from reason


def _root_of(collector: Collector, container: EvidenceId | None) -> str:
    """The folder inside an archive that holds the whole dossier, with its slash; often none.

    Packing the folder rather than what is in it puts one folder around everything.
    """
    if container is None:
        return ""
    names = [
        one.name
        for taken in collector.taken.values()
        if taken.id != container
        for one in taken.occurrences
        if not one.name.startswith(_LEFT_BY_SYSTEMS)
    ]
    roots = {name.partition("/")[0] if "/" in name else "" for name in names}
    return f"{roots.pop()}/" if len(roots) == 1 and "" not in roots else ""


def _below(name: str, root: str) -> str:
    return name.removeprefix(root)


def _found(collector: Collector, container: EvidenceId | None) -> Found:
    """The files with their names relative to the root of the dossier."""
    root = _root_of(collector, container)
    occurrences = {
        taken.id: tuple(Occurrence(_below(one.name, root), one.parent) for one in taken.occurrences)
        for taken in collector.taken.values()
    }
    return Found(collector.taken, occurrences, container=container)


def _contents(collector: Collector) -> dict[EvidenceId, Path]:
    return {taken.id: taken.path for taken in collector.taken.values()}


def _joined(collector: Collector, found: Found, opened_on: date | None) -> Intake:
    """The files with what the manifest says of them."""
    manifest_id = found.by_name.get(FILE_NAME)
    manifest = load_manifest(collector.taken[manifest_id].path) if manifest_id else None
    custodian = Custodian(found, manifest)
    evidence = custodian.evidence()
    unstated = [] if manifest else [intake_problem("SEK-P134", FILE_NAME)]
    return Intake(
        dossier=_dossier(manifest, manifest_id, evidence, opened_on),
        contents=_contents(collector),
        problems=(*collector.problems, *unstated, *custodian.problems(manifest_id)),
    )


def _dossier(
    manifest: Manifest | None,
    manifest_id: EvidenceId | None,
    evidence: tuple[Evidence, ...],
    opened_on: date | None,
) -> Dossier:
    if manifest is None:
        return Dossier(article=Article(), evidence=evidence, opened_on=opened_on)
    return Dossier(
        article=manifest.stated_article(),
        evidence=evidence,
        manifest=manifest_id,
        case=manifest.stated_case(),
        recipients=manifest.named_recipients(),
        known_values=manifest.stated_values(),
        opened_on=opened_on,
    )


def _unread_manifest(source: Path, collector: Collector) -> EvidenceError:
    """The manifest is there and was passed by: without it the dossier would say other things."""
    codes = ", ".join(problem.code for problem in collector.problems)
    return EvidenceError(
        "SEK-E104",
        f"'{FILE_NAME}' is there and cannot be read",
        why=f"it is a link, no plain file, damaged, or over a limit ({codes})",
        next_step="put a plain file in its place",
        where=shown_name(str(source)),
    )


def _nothing_there(source: Path) -> EvidenceError:
    return EvidenceError(
        "SEK-E105",
        f"'{shown_name(source.name)}' holds no evidence",
        why="it is empty",
        next_step="put the evidence into it",
        where=shown_name(str(source)),
    )
