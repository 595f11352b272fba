"""The way to the packs shipped with Sekisho, by their path below `data/`."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

from sekisho.model.units import Sha256


def pack_path(name: str) -> Path:
    """The file of a pack, e.g. `regimes/vocabulary.yaml`."""
    return Path(str(resources.files(__package__))) / name


def pack_text(name: str) -> str:
    """The text of a pack (UTF-8)."""
    return pack_path(name).read_text(encoding="utf-8")


def pack_digest(name: str) -> Sha256:
    """The SHA-256 of a pack's bytes."""
    return Sha256(hashlib.sha256(pack_path(name).read_bytes()).hexdigest())


def pack_names(folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
    """The packs in a folder below `data/`, sorted by name."""
    found = sorted(pack_path(folder).glob(f"*{suffix}"))
    return tuple(f"{folder}/{path.name}" for path in found)
