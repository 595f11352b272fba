"""The evidence store keeps whole files under their digest, once, read-only."""

from __future__ import annotations

import hashlib
import io
import stat
from pathlib import Path

import pytest

from sekisho.errors import StoreError
from sekisho.model.units import EvidenceId, Sha256
from sekisho.record.evidence_store import EvidenceStore, TooLargeError


class _BreaksOff(io.RawIOBase):
    """A stream that gives some bytes and then fails."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, _size: int = -1, /) -> bytes:
        self.reads += 1
        if self.reads == 1:
            return b"half"
        raise OSError(5, "Input/output error")


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_content_is_named_by_its_digest_and_read_only(tmp_path: Path) -> None:
    kept = EvidenceStore(tmp_path).keep(io.BytesIO(b"evidence"), limit=100)
    assert kept.id == hashlib.sha256(b"evidence").hexdigest()
    assert kept.path.read_bytes() == b"evidence"
    assert kept.size == 8
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o444


def test_equal_content_is_kept_once(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    first = store.keep(io.BytesIO(b"same"), limit=100)
    second = store.keep(io.BytesIO(b"same"), limit=100)
    assert first == second
    assert files_below(tmp_path) == [first.path]


def test_a_file_over_the_limit_leaves_nothing(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    with pytest.raises(TooLargeError):
        store.keep(io.BytesIO(b"x" * 11), limit=10)
    assert files_below(tmp_path) == []


def test_a_file_of_just_the_limit_is_kept(tmp_path: Path) -> None:
    assert EvidenceStore(tmp_path).keep(io.BytesIO(b"x" * 10), limit=10).size == 10


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Input/output error"):
        EvidenceStore(tmp_path).keep(_BreaksOff(), limit=100)  # type: ignore[arg-type] # raw
    assert files_below(tmp_path) == []


def test_changed_bytes_are_noticed_and_mended_when_the_file_comes_again(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    kept = store.keep(io.BytesIO(b"genuine"), limit=100)
    kept.path.chmod(0o644)
    kept.path.write_bytes(b"forged!")
    assert not store.is_intact(kept.id)
    store.keep(io.BytesIO(b"genuine"), limit=100)
    assert store.is_intact(kept.id)


def test_evidence_that_is_not_there_is_not_intact(tmp_path: Path) -> None:
    assert not EvidenceStore(tmp_path).is_intact(EvidenceId(Sha256("0" * 64)))


def test_a_store_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StoreError, match="SEKISHO_HOME"):
        EvidenceStore(blocked / "evidence")
