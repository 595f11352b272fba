"""The habits of the house, held by machine."""

from __future__ import annotations

import ast
import inspect
import re
from enum import Enum
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "sekisho"
FILES = sorted(SOURCE.rglob("*.py"))
ROOMS = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists())


def name_of(file: Path) -> str:
    return str(file.relative_to(SOURCE))


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_file_outgrows_its_one_idea(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_function_outgrows_a_screen(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno
            assert length <= 60, f"{node.name} has {length} lines"


def test_every_room_is_tested() -> None:
    tested = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert set(ROOMS) - {"data"} <= tested


def test_every_noun_of_the_model_stands_in_the_glossary() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    for file in sorted((SOURCE / "model").glob("[a-z]*.py")):
        module = import_module(f"sekisho.model.{file.stem}")
        for name, value in vars(module).items():
            own = inspect.isclass(value) and value.__module__ == module.__name__
            if own and not name.startswith("_") and issubclass(value, msgspec.Struct | Enum):
                assert f"**{name}**" in glossary, f"{name} is not in docs/glossary.md"


def test_every_mark_that_silences_a_check_gives_its_reason() -> None:
    for file in FILES:
        for line in file.read_text(encoding="utf-8").splitlines():
            if found := re.search(r"# (noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\])(.*)", line):
                assert len(found[2].strip(" -#")) > 5, f"{name_of(file)}: {line.strip()}"


def test_the_readme_shows_what_the_samples_really_give() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for words in ("PROHIBITED", "make demo", "make test", "sekisho review"):
        assert words in readme


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert numbers == [f"{i:04}" for i in range(1, len(numbers) + 1)]
