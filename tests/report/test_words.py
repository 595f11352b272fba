"""Every word that the report asks for is there, and every word there is asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sekisho.law.regime import Burden
from sekisho.model.assessment import Judgement
from sekisho.model.determination import ClauseKind, Confidence, Effect, Outcome
from sekisho.model.evidence import EvidenceKind, Phase
from sekisho.model.flow import DataCategory, Modality, Protection
from sekisho.model.observation import Voice
from sekisho.model.problem import CoverageStatus
from sekisho.model.truth import Truth
from sekisho.model.words import Language
from sekisho.report import html as module
from sekisho.report.catalog import load_catalog
from sekisho.report.describe import describe
from sekisho.report.phrases import Phrases

ROOM = Path(module.__file__).parent
BLANK = re.compile(r"\{(\w+)\}")
FAMILIES = {
    "leak": [str(one) for one in Truth],
    "parts_complete": [str(one) for one in Truth],
    "confidence": [str(one) for one in Confidence],
    "law.burden": [str(one) for one in Burden],
    "relation": ["is", "is not", "in", "not in", "<", "<=", ">", ">="],
}
ENUMERATIONS = (
    Outcome, Effect, ClauseKind, Truth, Voice, Modality, Protection, DataCategory, Phase,
    CoverageStatus, Judgement, EvidenceKind,
)  # fmt: skip


def asked_for() -> set[str]:
    """The names in `text("...")`, in lists of table heads, and of families of names."""
    text = "".join(
        file.read_text(encoding="utf-8")
        for file in sorted(ROOM.rglob("*"))
        if file.suffix in {".py", ".j2"}
    )
    quoted = set(re.findall(r"[\"']([a-z_.0-9]+)[\"']", text))
    known = {name.removeprefix("report.") for name in load_catalog().labels}
    called = set(re.findall(r"\btext\(\"([^\"]+)\"[,)]", text))
    assert called <= known
    families = {f"{name}.{member}" for name, members in FAMILIES.items() for member in members}
    return (quoted & known) | families


def test_every_text_of_the_report_is_there_and_used() -> None:
    there = {
        name.removeprefix("report.") for name in load_catalog().labels if name.startswith("report.")
    }
    assert there == {name for name in asked_for() if f"report.{name}" in load_catalog().labels}
    for family, members in FAMILIES.items():
        assert {f"{family}.{member}" for member in members} <= there


def test_a_text_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        Phrases(load_catalog(), Language.EN).text("no_such_text")


@pytest.mark.parametrize("enumeration", ENUMERATIONS)
def test_every_word_of_the_model_has_words(enumeration: type[Outcome]) -> None:
    assert {str(one) for one in enumeration} <= set(load_catalog().labels)


def test_labels_are_filled_in_both_languages_with_the_same_blanks() -> None:
    for name, words in load_catalog().labels.items():
        assert words.en.strip(), name
        assert words.ja.strip(), name
        assert set(BLANK.findall(words.en)) == set(BLANK.findall(words.ja)), name


def test_a_kind_of_finding_without_words_is_a_fault_of_ours() -> None:
    strange: Any = object()
    with pytest.raises(AssertionError):
        describe(strange, Phrases(load_catalog(), Language.EN))
