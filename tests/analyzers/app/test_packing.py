"""Signs that the code that runs is not the code that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.analyzers.app.code import Code
from sekisho.analyzers.app.manifest import Manifest
from sekisho.analyzers.app.packing import observe_packing
from sekisho.analyzers.notes import Notes
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Behaviour
from sekisho.model.units import AnalyzerId
from tests.analyzers.app.build import dex_of
from tests.analyzers.reading import source_of


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    source = source_of(b"app", EvidenceKind.APK, tmp_path, "app.apk")
    return Notes(source, AnalyzerId("app.apk/2"))


def code_of(notes: Notes, *classes: str) -> Code:
    code = Code()
    code.take("classes.dex", dex_of(list(classes)), notes)
    return code


def packing(
    notes: Notes,
    manifest: Manifest,
    *classes: str,
    entries: tuple[str, ...] = (),
    whole: bool = True,
) -> list[str]:
    code = code_of(notes, *classes)
    found = observe_packing(list(entries), code, manifest, notes, is_whole=whole)
    assert found == any(isinstance(one, Behaviour) for one in notes.observations)
    return [problem.code for problem in notes.problems]


def test_all_classes_there_is_no_sign(notes: Notes) -> None:
    manifest = Manifest(application="a.App", component_classes=("a.Main",))
    assert packing(notes, manifest, "a.App", "a.Main") == []


def test_an_absent_application_class_is_enough(notes: Notes) -> None:
    manifest = Manifest(application="a.App", component_classes=("a.One", "a.Two", "a.Three"))
    assert packing(notes, manifest, "a.One", "a.Two", "a.Three") == ["SEK-P218"]
    assert notes.problems[0].blocks_clean


def test_classes_of_android_itself_need_not_be_there(notes: Notes) -> None:
    manifest = Manifest(application="android.app.Application", component_classes=("a.Main",))
    assert packing(notes, manifest, "a.Main") == []


def test_a_few_absent_components_are_said_and_no_more(notes: Notes) -> None:
    manifest = Manifest(component_classes=("a.One", "a.Two", "a.Three"))
    assert packing(notes, manifest, "a.One", "a.Two") == ["SEK-P219"]
    assert notes.problems[0].details == {"count": "1", "of": "3", "classes": "a.Three"}
    assert not notes.problems[0].blocks_clean


def test_many_absent_classes_are_cut_visibly(notes: Notes) -> None:
    manifest = Manifest(component_classes=tuple(f"a.C{i}" for i in range(9)))
    packing(notes, manifest, "a.Stub")
    assert notes.problems[0].details["classes"] == "a.C0, a.C1, a.C2, a.C3, a.C4, …"


def test_absence_proves_nothing_while_code_is_unread(notes: Notes) -> None:
    manifest = Manifest(application="a.App", component_classes=("a.Main",))
    assert packing(notes, manifest, "a.Stub", whole=False) == []


def test_a_packer_is_known_by_its_library(notes: Notes) -> None:
    manifest = Manifest(component_classes=("a.Main",))
    library = "lib/arm64-v8a/libjiagu.so"
    assert packing(notes, manifest, "a.Main", entries=("x", library)) == ["SEK-P208"]
    (behaviour,) = notes.observations
    assert isinstance(behaviour, Behaviour)
    assert behaviour.details == {"packer": "Qihoo 360 Jiagu"}
    assert behaviour.loci == (ZipEntry(notes.evidence.id, library),)


def test_broken_code_is_no_whole_code(notes: Notes) -> None:
    code = Code()
    assert code.take("classes.dex", b"dex\n035\0", notes) is None
    assert not code.is_whole


def test_native_libraries_are_known_by_name_and_by_content(notes: Notes) -> None:
    code = Code()
    code.take("lib/x86/libnamed.so", b"", notes)
    code.take("assets/hidden.bin", b"\x7fELF", notes)
    code.take("assets/text", b"ELF", notes)
    assert code.libraries == ["lib/x86/libnamed.so", "assets/hidden.bin"]
