"""The command line run in this process, with a home of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sekisho.cli.main import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEKISHO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Ran:
    """What a command printed, and the code it ended with."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def documents(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def sekisho(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["sekisho", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Ran(int(stopped.value.code or 0), out.decode(), err.decode())

    return run
