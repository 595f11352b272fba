"""Names given by others: which ones an archive may use, and how they are shown.

A name is never opened or written to; it is only compared and shown.
"""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 1024

_DRIVE = re.compile(r"[A-Za-z]:")
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe_name(name: str) -> str | None:
    """The name of an archive entry as a relative path, or `None` when it must be refused.

    Refused are names that lead out of the archive or mean different things to different systems:
    absolute paths, drive letters, `..`, backslashes, NUL, the empty name, and overlong names.
    """
    if len(name) > MAX_NAME or "\0" in name or "\\" in name:
        return None
    if name.startswith("/") or _DRIVE.match(name):
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        return None
    return "/".join(parts)


def shown_name(name: str) -> str:
    r"""The name as it is shown and stored: what does not show is escaped.

    Control characters could drive a terminal, direction marks could disguise a name, and lone
    surrogates (a file name that is not UTF-8) cannot be written as JSON.
    """
    return "".join(map(_shown, name[: MAX_NAME * 4]))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _UNSHOWN:
        return character
    code = ord(character)
    # surrogateescape keeps a byte 0xNN that was not UTF-8 as U+DCNN
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{{{code:x}}}"


def compared_name(name: str) -> str:
    """The name as it is compared: file systems disagree on composed and decomposed letters."""
    return unicodedata.normalize("NFC", name)
