"""Where Sekisho keeps its store and cache."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home_folder(environment: Mapping[str, str]) -> Path:
    """`SEKISHO_HOME`, else the user's data folder (XDG Base Directory Specification 0.8)."""
    if stated := environment.get("SEKISHO_HOME"):
        return Path(stated).expanduser()
    data = environment.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "sekisho"
