"""What is asked of the manifest, piece by piece."""

from __future__ import annotations

import struct
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import apk_info
import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.model.evidence import EvidenceKind
from sekisho.model.observation import Flow, Property
from sekisho.model.review import Findings
from tests.analyzers.app.build import KAZE, kaze_with
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


@pytest.mark.parametrize("question", ["get_permissions", "get_attribute_value"])
def test_an_answer_that_fails_costs_that_answer_only(
    monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    found = kaze_answering(monkeypatch, **{question: PanicException("index out of range")})
    assert codes(found) == ["SEK-P205"]
    assert found.problems[0].details == {"why": "index out of range"}
    assert values(found, "package") == ["jp.example.kaze.pilot"]


def test_an_interrupt_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyboardInterrupt):
        kaze_answering(monkeypatch, get_permissions=KeyboardInterrupt())


@pytest.mark.parametrize("bytes_of_manifest", [b"", b"\3\0\x08\0\xff\xff\xff\xff", b"<manifest/>"])
def test_a_broken_manifest_costs_the_manifest_only(bytes_of_manifest: bytes) -> None:
    found = read_kaze(kaze_with(AndroidManifest_dot_xml=bytes_of_manifest))
    assert "SEK-P205" in codes(found)
    assert seen(found, Flow)


@pytest.mark.parametrize("field", [20, 24])
@pytest.mark.parametrize("name", ["AndroidManifest.xml", "resources.arsc"])
def test_the_library_is_not_asked_about_forged_sizes(
    monkeypatch: pytest.MonkeyPatch, name: str, field: int
) -> None:
    """It would set aside as much memory as the directory says, and end the process."""
    monkeypatch.setattr("apk_info.APK", raising(AssertionError("asked")))
    raw = bytearray(kaze_with(resources_dot_arsc=b"some" * 40))
    at = raw.index(name.encode(), raw.index(b"PK\x01\x02")) - 46
    struct.pack_into("<I", raw, at + field, 0xF0000000)
    found = read_kaze(bytes(raw))
    (problem,) = [one for one in found.problems if one.code == "SEK-P205"]
    assert problem.blocks_clean
    assert problem.details["why"].startswith(name)


def test_what_the_library_breaks_on_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apk_info.APK", raising(PanicException("broken")))
    found = read_kaze(KAZE.read_bytes())
    assert codes(found) == ["SEK-P205"]
    assert found.problems[0].blocks_clean


def test_an_interrupt_is_not_taken_for_a_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apk_info.APK", raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        read_kaze(KAZE.read_bytes())


def read_kaze(data: bytes) -> Findings:
    return read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk")


def raising(error: BaseException) -> Callable[[str], None]:
    def opened(_: str) -> None:
        raise error

    return opened


class PanicException(BaseException):
    """What the library raises when it breaks."""
