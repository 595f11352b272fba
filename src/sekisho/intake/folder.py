"""A folder walked without leaving it: no links are followed, nothing is opened that could block."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from sekisho.intake.limit import NotReadError, describe

_UNOPENED = {errno.ELOOP: "SEK-P120", errno.ENXIO: "SEK-P121"}
"""What opening says of a link that is not followed, and of a socket."""

VERSION_CONTROL = frozenset({".bzr", ".git", ".hg", ".jj", ".svn", "_darcs"})


class FoundFile(msgspec.Struct, frozen=True):
    """A file in a folder: its name relative to the folder, with `/`, and where it is."""

    name: str
    path: Path


class PassedBy(msgspec.Struct, frozen=True):
    """Something in a folder that is not read, and why."""

    name: str
    reason: NotReadError


def walk_folder(root: Path) -> Iterator[FoundFile | PassedBy]:
    """The files below a folder, sorted by name within each folder, folders in their place.

    Links, special files and folders that cannot be listed are passed by with their reason, the
    folders of version control with a note.
    """
    waiting: list[tuple[str, Path, bool]] = [("", root, True)]
    while waiting:
        name, path, is_folder = waiting.pop()
        if not is_folder:
            yield FoundFile(name, path)
            continue
        if path.name in VERSION_CONTROL and name:
            yield PassedBy(name, NotReadError("SEK-P123"))
            continue
        try:
            inside = _listed(name, path)
        except OSError as error:
            yield PassedBy(name, NotReadError("SEK-P122", reason=describe(error)))
            continue
        waiting.extend(reversed(inside))


def _listed(name: str, folder: Path) -> list[tuple[str, Path, bool]]:
    """What is in a folder: name, path, and whether it is a folder itself (a link to one is not)."""
    with os.scandir(folder) as entries:
        return sorted(
            (
                f"{name}/{entry.name}" if name else entry.name,
                Path(entry.path),
                entry.is_dir(follow_symlinks=False),
            )
            for entry in entries
        )


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading, if it is a plain file.

    The kind is asked of the opened file, so that nobody can exchange it in between; opening
    neither follows a link nor waits for the other end of a pipe.

    Raises:
        NotReadError: when it is a link (`SEK-P120`), no plain file (`SEK-P121`), or cannot be
            opened (`SEK-P122`).
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        code = _UNOPENED.get(error.errno or 0, "SEK-P122")
        raise NotReadError(code, reason=describe(error)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotReadError("SEK-P121", reason="not a regular file")
    return cast(BinaryIO, os.fdopen(descriptor, "rb"))
