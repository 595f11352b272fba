"""The worked example of the how-to is a regime that is sound and decides its cases."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from sekisho.cli.app import app

TEXT = Path(__file__).parents[2] / "docs/how-to/write-a-regime.md"


def written(folder: Path) -> Path:
    """The files of the example, as a reader would write them."""
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", TEXT.read_text(encoding="utf-8"), re.DOTALL)
    for name, text in blocks:
        (folder / name).write_text(text, encoding="utf-8")
    assert [name for name, _ in blocks] == ["hoshimura.yaml", "hoshimura.cases.yaml"]
    return folder / "hoshimura.yaml"


def test_the_example_is_sound(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["law", "check", str(written(tmp_path))])
    assert result.exit_code == 0, result.output
    assert "hoshimura: sound" in result.output


def test_the_example_decides_its_cases(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["law", "test", str(written(tmp_path))])
    assert result.exit_code == 0, result.output
    assert "10 cases, 0 fail" in result.output


def test_a_broken_example_is_not_sound(tmp_path: Path) -> None:
    file = written(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace(
            "when: waiver.hoshimura\n    burden", "when: not body = jp.local_government\n    burden"
        )
    )
    result = CliRunner().invoke(app, ["law", "check", str(file)])
    assert result.exit_code == 21
    assert "exception that lifts nothing" in result.output
