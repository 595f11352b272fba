"""Dossiers: folders, archives and files are taken in, with custody, and nothing is lost silently."""

from __future__ import annotations

import os
import socket
import zipfile
from datetime import date
from pathlib import Path
from typing import BinaryIO, NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.errors import EvidenceError, StoreError
from sekisho.intake.dossier import open_dossier, open_files
from sekisho.model.evidence import EvidenceKind as Kind
from sekisho.model.evidence import Limits, Phase
from sekisho.model.units import Bytes
from sekisho.record.evidence_store import EvidenceStore, Kept
from tests.intake.build import by_path, codes, folder, take, tarred, zipped

MANIFEST = b"""\
sekisho: 1
article: {maker: Mizu}
statements:
  - {by: Mizu, voice: maker, claims: {article.made_in: JP}}
  - {by: Mizu, voice: maker, document: statements/a.txt, claims: {data.leaks: "false"}}
evidence:
  - {file: app/x.bin, from: the maker, received_by: Sato, received_on: 2026-10-02}
  - {file: evidence/logs.zip, from: the operator, conditions: {phase: idle}}
"""
FILES = {
    "dossier.yaml": MANIFEST,
    "evidence/app/x.bin": b"\x7fELF" + bytes(60),
    "evidence/logs.zip": zipped({"in/a.pcap": b"\xd4\xc3\xb2\xa1" + bytes(20)}),
    "evidence/statements/a.txt": b"We declare.",
}
PATHS = [
    "dossier.yaml",
    "evidence/app/x.bin",
    "evidence/logs.zip",
    "evidence/logs.zip!/in/a.pcap",
    "evidence/statements/a.txt",
]


def test_a_folder_is_taken_with_custody(tmp_path: Path) -> None:
    source = folder(tmp_path / "d", FILES)
    store = EvidenceStore(tmp_path / "s")
    intake = open_dossier(source, keep=store.keep, limits=Limits(), opened_on=date(2026, 11, 1))
    evidence = by_path(intake)
    assert list(evidence) == PATHS
    assert intake.problems == ()
    assert intake.dossier.opened_on == date(2026, 11, 1)
    assert intake.dossier.manifest == evidence["dossier.yaml"].id
    assert evidence["dossier.yaml"].kind is Kind.DOSSIER
    assert evidence["evidence/app/x.bin"].custody.received_by == "Sato"
    assert evidence["evidence/statements/a.txt"].custody.obtained_from == "Mizu"
    assert [intake.contents[item.id].stat().st_size for item in evidence.values()] == [
        item.size for item in evidence.values()
    ]


def test_what_is_in_an_archive_has_its_parent_custody_and_conditions(tmp_path: Path) -> None:
    evidence = by_path(take(folder(tmp_path / "d", FILES), tmp_path / "s"))
    inner = evidence["evidence/logs.zip!/in/a.pcap"]
    assert inner.parent == evidence["evidence/logs.zip"].id
    assert inner.custody.obtained_from == "the operator"
    assert inner.conditions.phase is Phase.IDLE


@pytest.mark.parametrize("top", ["", "kaze-x1/"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archived_dossier_is_as_its_folder(tmp_path: Path, top: str, pack: object) -> None:
    files = {f"{top}{name}": content for name, content in FILES.items()}
    source = tmp_path / "x.bin"
    source.write_bytes(zipped(files) if pack is zipped else tarred(files))
    intake = take(source, tmp_path / "s")
    assert intake.problems == ()
    evidence = by_path(intake)
    assert list(evidence) == ["x.bin", *PATHS]
    assert evidence["dossier.yaml"].parent == evidence["x.bin"].id
    assert intake.dossier.article.maker == "Mizu"


def test_what_systems_leave_in_archives_is_not_taken_for_the_dossier(tmp_path: Path) -> None:
    source = tmp_path / "x.zip"
    left = {"__MACOSX/d/._a": b"x"}
    source.write_bytes(zipped({**{f"d/{name}": data for name, data in FILES.items()}, **left}))
    intake = take(source, tmp_path / "s")
    assert intake.dossier.article.maker == "Mizu"
    assert codes(intake) == ["SEK-P131"]


def test_one_file_is_a_dossier_of_its_own(tmp_path: Path) -> None:
    source = tmp_path / "x.bin"
    source.write_bytes(b"\x7fELF")
    intake = take(source, tmp_path / "s")
    assert list(by_path(intake)) == ["x.bin"]
    assert codes(intake) == ["SEK-P134"]


def test_files_absent_unlisted_or_foreign_are_told(tmp_path: Path) -> None:
    manifest = MANIFEST + b"  - {file: gone.apk}\n"
    files = {"dossier.yaml": manifest, "more.txt": b"more", "sub/dossier.yaml": b"sekisho: 1\n"}
    problems = take(folder(tmp_path / "d", files), tmp_path / "s").problems
    told = {(one.code, one.path): one.blocks_clean for one in problems}
    assert told == {
        ("SEK-P130", "app/x.bin"): True,
        ("SEK-P130", "evidence/logs.zip"): True,
        ("SEK-P130", "gone.apk"): True,
        ("SEK-P133", "statements/a.txt"): False,
        ("SEK-P131", "more.txt"): False,
        ("SEK-P135", "sub/dossier.yaml"): False,
        ("SEK-P131", "sub/dossier.yaml"): False,
    }


def test_a_wrong_manifest_is_an_error_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"dossier\.yaml:1:1.*sekishou") as caught:
        take(folder(tmp_path / "d", {"dossier.yaml": b"sekishou: 1\n"}), tmp_path / "s")
    assert "did you mean 'sekisho'" in caught.value.next_step


def test_a_manifest_that_is_a_link_or_unreadable_is_an_error(tmp_path: Path) -> None:
    source = folder(tmp_path / "d", {"other": MANIFEST})
    (source / "dossier.yaml").symlink_to(source / "other")
    with pytest.raises(EvidenceError) as caught:
        take(source, tmp_path / "s")
    assert caught.value.code == "SEK-E104"
    data = bytearray(zipped({"d/dossier.yaml": MANIFEST, "d/x": b"x"}, zipfile.ZIP_STORED))
    data[data.index(b"Mizu")] = 0
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(EvidenceError) as caught:
        take(tmp_path / "x.zip", tmp_path / "s")
    assert caught.value.code == "SEK-E104"


@pytest.mark.parametrize("name", ["nothing", "x" * 300, "dossier.yaml", "pipe", "empty", "e.zip"])
def test_what_is_no_dossier_is_an_error(tmp_path: Path, name: str) -> None:
    folder(tmp_path, {"dossier.yaml": MANIFEST, "e.zip": zipped({})})
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvidenceError) as caught:
        take(tmp_path / name, tmp_path / "s")
    assert caught.value.code.startswith("SEK-E1")


def test_a_broken_archive_is_kept_and_told(tmp_path: Path) -> None:
    source = tmp_path / "x.zip"
    source.write_bytes(zipped(FILES)[:-40])
    intake = take(source, tmp_path / "s")
    assert codes(intake) == ["SEK-P111", "SEK-P134"]
    assert list(by_path(intake)) == ["x.zip"]


def test_the_listed_name_of_a_copy_counts(tmp_path: Path) -> None:
    files = FILES | {"aaa": FILES["evidence/app/x.bin"]}
    intake = take(folder(tmp_path / "d", files), tmp_path / "s")
    copy = next(one for one in intake.problems if one.code == "SEK-P125")
    assert copy.path == "aaa"
    assert copy.details["first"] == "evidence/app/x.bin"
    assert not copy.blocks_clean
    assert by_path(intake)["evidence/app/x.bin"].custody.received_by == "Sato"


def test_an_archive_that_comes_twice_is_opened_once(tmp_path: Path) -> None:
    inner = zipped({"x": b"1"})
    intake = take(folder(tmp_path / "d", {"a.zip": inner, "b.zip": inner}), tmp_path / "s")
    assert list(by_path(intake)) == ["a.zip", "a.zip!/x"]
    assert codes(intake).count("SEK-P125") == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.apk", b"", "SEK-P124"),
        ("a.apk", b"hello", "SEK-P127"),
        ("a.apk", zipped({"x": b""}), "SEK-P127"),
        ("a.pdf", b"\x7fELF", "SEK-P126"),
        ("a.PCAP", b"\x85\x20\x00", "SEK-P127"),
    ],
)
def test_files_that_are_not_what_their_name_promises_are_told(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    source = folder(tmp_path / "d", {name: content})
    keep = EvidenceStore(tmp_path / "s").keep
    for intake in (
        take(source, tmp_path / "s"),
        open_files([source / name], keep=keep, limits=Limits()),
    ):
        problem = next(one for one in intake.problems if one.code == code)
        # what was read as what it is leaves nothing unread
        assert problem.blocks_clean is (code != "SEK-P126")


def test_special_files_and_folders_of_version_control_are_passed_by(tmp_path: Path) -> None:
    source = folder(tmp_path / "d", {"x": b"x", ".git/config": b"c", "sub/.hg/x": b"h"})
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(source / "door"))
        intake = take(source, tmp_path / "s")
    told = [(one.code, one.path) for one in intake.problems]
    assert told == [
        ("SEK-P123", ".git"),
        ("SEK-P121", "door"),
        ("SEK-P123", "sub/.hg"),
        ("SEK-P134", "dossier.yaml"),
    ]
    assert list(by_path(intake)) == ["x"]


def test_what_cannot_be_opened_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder(tmp_path / "d", {"locked": b"x", "open": b"y", "shut/z": b"z"})
    real_open, real_scan = os.open, os.scandir

    def locked(path: Path, *rest: int) -> int:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return real_open(path, *rest)

    def shut(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return real_scan(path)

    monkeypatch.setattr("sekisho.intake.folder.os.open", locked)
    monkeypatch.setattr("sekisho.intake.folder.os.scandir", shut)
    intake = take(source, tmp_path / "s")
    told = {one.path: one for one in intake.problems if one.code == "SEK-P122"}
    assert list(told) == ["locked", "shut"]
    assert told["locked"].blocks_clean
    assert list(by_path(intake)) == ["open"]


def test_a_file_that_breaks_off_while_it_is_read_is_told(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path / "s")

    def interrupted(stream: BinaryIO, limit: int, /) -> Kept:
        # what the stream reads from fails under it, as a failing disk does
        stream._source.close()  # type: ignore[attr-defined] # a stream of intake
        return store.keep(stream, limit)

    source = folder(tmp_path / "d", {"a": b"x"})
    intake = open_dossier(source, keep=interrupted, limits=Limits())
    assert codes(intake) == ["SEK-P110", "SEK-P134"]


def test_names_that_are_not_text_are_shown_escaped(tmp_path: Path) -> None:
    source = folder(tmp_path / "d", {"x": b"x"})
    Path(os.fsdecode(os.fsencode(source) + b"/a\xff\x1b")).write_bytes(b"y")
    assert list(by_path(take(source, tmp_path / "s"))) == ["a\\xff\\u{1b}", "x"]


def test_the_caps_on_a_whole_dossier_end_the_intake_of_archives_too(tmp_path: Path) -> None:
    data = zipped({f"f{i}": b"x" * (100 + i) for i in range(20)})
    source = folder(tmp_path / "d", {"a.zip": data, "b": b"after"})
    for limits, code in (
        (Limits(files=5), "SEK-P107"),
        (Limits(total_size=Bytes(len(data) + 300)), "SEK-P106"),
    ):
        intake = take(source, tmp_path / "s", limits)
        assert codes(intake).count(code) == 1
        assert "b" not in by_path(intake)
        single = take(source / "a.zip", tmp_path / "s", limits)
        assert code in codes(single)


def test_files_named_by_a_person_are_refused_over_the_caps(tmp_path: Path) -> None:
    source = folder(tmp_path / "d", {"a": b"x" * 50, "b": b"y"})
    keep = EvidenceStore(tmp_path / "s").keep
    with pytest.raises(EvidenceError) as caught:
        open_files([source / "a"], keep=keep, limits=Limits(file_size=Bytes(10)))
    assert caught.value.code == "SEK-E103"
    with pytest.raises(EvidenceError):
        open_files([source / "b", source / "a"], keep=keep, limits=Limits(files=1))


def test_a_link_that_a_person_names_is_followed(tmp_path: Path) -> None:
    source = folder(tmp_path / "d", {"a": b"x"})
    (tmp_path / "link").symlink_to(source / "a")
    keep = EvidenceStore(tmp_path / "s").keep
    intake = open_files([tmp_path / "link"], keep=keep, limits=Limits())
    assert intake.dossier.evidence[0].path == (tmp_path / "link").as_posix()
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    with pytest.raises(EvidenceError):
        open_files([tmp_path / "ring"], keep=keep, limits=Limits())


def test_trouble_of_the_store_is_no_trouble_of_the_evidence(tmp_path: Path) -> None:
    def broken(stream: object, limit: int, /) -> NoReturn:
        raise StoreError("SEK-E401", f"{stream}", why=str(limit), next_step="x")

    with pytest.raises(StoreError):
        open_dossier(folder(tmp_path / "d", {"a": b"x"}), keep=broken, limits=Limits())


def test_the_same_dossier_gives_the_same_answer(tmp_path: Path) -> None:
    first = take(folder(tmp_path / "d", FILES), tmp_path / "s")
    shuffled = folder(tmp_path / "e", dict(reversed(FILES.items())))
    second = take(shuffled, tmp_path / "t")
    assert first.dossier == second.dossier
    assert first.problems == second.problems


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.text(max_size=8), st.binary(max_size=30), max_size=6))
def test_any_archive_of_a_dossier_is_taken_or_told(tmp_path: Path, files: dict[str, bytes]) -> None:
    source = tmp_path / "x.tar"
    source.write_bytes(tarred({name.replace("\0", ""): data for name, data in files.items()}))
    try:
        intake = take(source, tmp_path / "s")
    except EvidenceError:
        return
    told = len(codes(intake)) + len(intake.dossier.evidence)
    assert told >= len({name.replace("\0", "") for name in files})
