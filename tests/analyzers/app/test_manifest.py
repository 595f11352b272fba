"""What is asked of the manifest, piece by piece."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import apk_info
import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.model.evidence import EvidenceKind
from sekisho.model.observation import Property
from sekisho.model.review import Findings
from tests.analyzers.app.build import KAZE
from tests.analyzers.reading import codes, read, seen


class Answers:
    """The library, with some of its answers exchanged."""

    def __init__(self, file: str, **answers: Any) -> None:
        self._app = apk_info.APK(file)
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        if name not in self._answers:
            return getattr(self._app, name)
        return lambda *_: self._answer(name)

    def _answer(self, name: str) -> Any:
        answer = self._answers[name]
        if isinstance(answer, BaseException):
            raise answer
        return answer


def kaze_answering(monkeypatch: pytest.MonkeyPatch, **answers: Any) -> Findings:
    real = apk_info.APK

    def opened(file: str) -> Answers:
        with monkeypatch.context() as patched:
            patched.setattr("apk_info.APK", real)
            return Answers(file, **answers)

    monkeypatch.setattr("apk_info.APK", opened)
    return read(AppAnalyzer(), KAZE.read_bytes(), EvidenceKind.APK, "app.apk")


def values(findings: Findings, name: str) -> list[str]:
    return [one.value for one in seen(findings, Property) if one.name == name]


def component(name: str, exported: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(name=name, exported=exported)


def test_permissions_for_later_android_are_permissions(monkeypatch: pytest.MonkeyPatch) -> None:
    found = kaze_answering(
        monkeypatch,
        get_permissions={"android.permission.INTERNET"},
        get_permissions_sdk23=["android.permission.CAMERA", "android.permission.INTERNET"],
    )
    assert values(found, "permission") == [
        "android.permission.CAMERA",
        "android.permission.INTERNET",
    ]


def test_class_names_are_completed_with_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    found = kaze_answering(
        monkeypatch,
        get_activities=[component(".MainActivity"), component("Bare")],
        get_services=[],
    )
    package = "jp.example.kaze.pilot"
    assert values(found, "component") == [f"{package}.MainActivity", f"{package}.Bare"]
    assert codes(found) == ["SEK-P219"]


def test_an_alias_needs_no_class_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = kaze_answering(monkeypatch, get_activity_aliases=[component("a.Alias", "true")])
    assert "a.Alias" in values(found, "component")
    assert codes(found) == []


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("get_permissions", "SEK-P205"),
        ("get_attribute_value", "SEK-P205"),
        ("get_signatures", "SEK-P217"),
    ],
)
def test_an_answer_that_fails_costs_that_answer_only(
    monkeypatch: pytest.MonkeyPatch, question: str, code: str
) -> None:
    found = kaze_answering(monkeypatch, **{question: PanicException("index out of range")})
    assert codes(found) == [code]
    assert found.problems[0].details == {"why": "index out of range"}
    assert values(found, "package") == ["jp.example.kaze.pilot"]


def test_an_interrupt_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        kaze_answering(monkeypatch, get_permissions=KeyboardInterrupt())


class PanicException(BaseException):
    """What the library raises when it breaks."""
