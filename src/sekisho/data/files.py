"""The way to the packs shipped with Sekisho, by their path below `data/`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from sekisho.model.units import Sha256

VOCABULARY = "regimes/vocabulary.yaml"
_FACTS = re.compile(r"^facts:\n(?:[ #].*\n|\n)+", re.MULTILINE)


def pack_path(name: str) -> Path:
    """The file of a pack, e.g. `regimes/vocabulary.yaml`."""
    return Path(str(resources.files(__package__))) / name


def pack_text(name: str) -> str:
    """The text of a pack (UTF-8)."""
    return pack_path(name).read_text(encoding="utf-8")


def pack_digest(name: str) -> Sha256:
    """The SHA-256 of a pack's bytes."""
    return Sha256(hashlib.sha256(pack_path(name).read_bytes()).hexdigest())


def facts_sections() -> Iterator[tuple[str, str]]:
    """The `facts` that regimes define for themselves, as YAML, by the pack they stand in.

    The rest of those files is for the law alone and is not read.
    """
    for name in pack_names("regimes"):
        if name != VOCABULARY and (found := _FACTS.search(pack_text(name))):
            yield name, found[0]


def pack_names(folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
    """The packs in a folder below `data/`, sorted by name."""
    found = sorted(pack_path(folder).glob(f"*{suffix}"))
    return tuple(f"{folder}/{path.name}" for path in found)
