"""The main job, on the sample dossiers and on what people submit by mistake."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date
from pathlib import Path

import msgspec
import polars as pl
import pytest

from sekisho.errors import EvidenceError, UsageError
from sekisho.model.case import Case
from sekisho.model.determination import Effect, Outcome
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Review
from sekisho.model.truth import Truth
from sekisho.model.units import Sha256
from sekisho.record.store import Store
from sekisho.service.analyze import analyze_files
from sekisho.service.progress import NoProgress
from sekisho.service.review import ReviewDone, ReviewRequest, review_dossier
from tests.service.conftest import EXAMPLES, clock


def reviewed(source: Path, store: Store, case: Case | None = None, **more: bool) -> ReviewDone:
    request = ReviewRequest(source=source, case=case or Case(), **more)  # type: ignore[arg-type] # only use_cache
    return review_dossier(request, store=store, clock=clock, progress=NoProgress())


def outcome_of(review: Review, regime: str) -> Outcome:
    return next(one.outcome for one in review.determinations if one.regime == regime)


def changed_copy(name: str, target: Path, **files: bytes | None) -> Path:
    """A sample dossier with files put in (or taken out, `None`); `__` stands for a slash."""
    shutil.copytree(EXAMPLES / name, target)
    for path, content in files.items():
        file = target / path.replace("__", "/").replace("_dot_", ".").replace("_dash_", "-")
        if content is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    return target


def test_the_relabelled_sample_is_prohibited_for_its_leak(store: Store) -> None:
    review = reviewed(EXAMPLES / "kaze-x1", store).review
    assert review.outcome is Outcome.PROHIBITED
    assert review.leakage.leaks is Truth.TRUE
    japan, _ = [one for one in review.determinations if one.regime == "jp-2020"]
    assert japan.deciding == ("jp-2020.leak",)
    (leak,) = [fact for fact in japan.because if fact.key == "data.leaks"]
    for assertion in leak.assertions:
        for name in assertion.rests_on:
            assert review.observations[name].loci
    assert review.leakage.contradictions
    assert review.origin.contradictions


def test_the_clean_sample_is_permitted(store: Store) -> None:
    review = reviewed(EXAMPLES / "mizu-s2", store).review
    assert review.outcome is Outcome.PERMITTED
    assert review.leakage.leaks is Truth.FALSE
    assert not any(test.owed for test in review.leakage.test_plan)
    assert review.problems == ()


def test_the_packed_sample_is_undetermined_with_the_tests_owed(store: Store) -> None:
    review = reviewed(EXAMPLES / "hoshi-m3", store).review
    assert review.outcome is Outcome.UNDETERMINED
    assert review.leakage.leaks is Truth.UNKNOWN
    assert len([test for test in review.leakage.test_plan if test.owed]) == 7
    japan, _ = [one for one in review.determinations if one.regime == "jp-2020"]
    assert japan.effect_now is Effect.MAY_NOT_UNTIL_SHOWN


def test_a_second_run_uses_what_was_analyzed_and_says_the_same(store: Store) -> None:
    first = reviewed(EXAMPLES / "mizu-s2", store)
    second = reviewed(EXAMPLES / "mizu-s2", store)
    assert first.cached == 0
    assert second.cached == second.analyses > 0
    assert "all" in second.notes()[0]
    assert msgspec.json.encode(first.review) == msgspec.json.encode(second.review)
    assert reviewed(EXAMPLES / "mizu-s2", store, use_cache=False).cached == 0


def test_only_what_changed_is_analyzed_anew(store: Store, tmp_path: Path) -> None:
    reviewed(EXAMPLES / "mizu-s2", store)
    changed = changed_copy("mizu-s2", tmp_path / "d", evidence__extra_dot_csv=b"owner,owned\nA,B\n")
    done = reviewed(changed, store)
    assert 0 < done.cached < done.analyses
    assert " of " in done.notes()[0]


def test_taking_a_capture_away_leaves_the_answer_open(store: Store, tmp_path: Path) -> None:
    changed = changed_copy("mizu-s2", tmp_path / "d", evidence__captures__idle_dot_pcapng=None)
    review = reviewed(changed, store).review
    assert review.outcome is Outcome.UNDETERMINED
    assert "SEK-P130" in {problem.code for problem in review.problems}


def test_a_capture_cut_mid_packet_keeps_the_answer_from_clean(store: Store, tmp_path: Path) -> None:
    whole = (EXAMPLES / "mizu-s2/evidence/captures/flight.pcapng").read_bytes()
    changed = changed_copy(
        "mizu-s2", tmp_path / "d", evidence__captures__flight_dot_pcapng=whole[:-50]
    )
    review = reviewed(changed, store).review
    assert review.leakage.leaks is Truth.UNKNOWN
    assert any(problem.blocks_clean for problem in review.problems)


def test_an_archive_of_a_dossier_is_reviewed_like_the_folder(store: Store, tmp_path: Path) -> None:
    archive = tmp_path / "kaze.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for file in sorted((EXAMPLES / "kaze-x1").rglob("*")):
            if file.is_file():
                target.write(file, f"kaze/{file.relative_to(EXAMPLES / 'kaze-x1')}")
    assert reviewed(archive, store).review.outcome is Outcome.PROHIBITED


def test_a_bare_folder_is_reviewed_for_what_its_files_show(store: Store) -> None:
    review = reviewed(EXAMPLES / "kaze-x1" / "evidence", store).review
    assert review.outcome is Outcome.UNDETERMINED
    assert review.case.on == date(2026, 11, 2)
    assert "SEK-P134" in {problem.code for problem in review.problems}


def test_the_case_asked_overrides_the_one_in_the_dossier(store: Store) -> None:
    case = Case(body="us.dod", task="security", on=date(2026, 11, 1))
    review = reviewed(EXAMPLES / "kaze-x1", store, case).review
    assert review.case.act == "buy"
    assert outcome_of(review, "jp-2020") is Outcome.NOT_APPLICABLE
    (statute,) = [one for one in review.determinations if one.regime == "us-848"]
    assert statute.effect_now is Effect.MAY_NOT_UNTIL_SHOWN
    assert "us-848.a1B" in statute.deciding


def test_a_case_in_unknown_words_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="criminal_investigation"):
        reviewed(EXAMPLES / "kaze-x1", store, Case(task="criminal_investigtion"))


def test_a_dossier_in_unknown_words_is_refused_and_loses_nothing(
    store: Store, tmp_path: Path
) -> None:
    reviewed(EXAMPLES / "mizu-s2", store)
    text = (EXAMPLES / "mizu-s2/dossier.yaml").read_bytes().replace(b"body: jp.", b"body: zz.")
    with pytest.raises(UsageError, match=r"dossier\.yaml"):
        reviewed(changed_copy("mizu-s2", tmp_path / "d", dossier_dot_yaml=text), store)
    assert reviewed(EXAMPLES / "mizu-s2", store).review.outcome is Outcome.PERMITTED


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"artcle: {}\n", "did you mean 'article'"),
        (
            b"case: {on: \xe4\xbb\xa4\xe5\x92\x8c8\xe5\xb9\xb411\xe6\x9c\x881\xe6\x97\xa5}\n",
            "Japanese calendar",
        ),
        (b"case: &x {}\n", "anchors"),
    ],
)
def test_a_broken_manifest_is_an_error_at_its_line(
    store: Store, tmp_path: Path, line: bytes, found: str
) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "dossier.yaml").write_bytes(b"sekisho: 1\n" + line)
    with pytest.raises(EvidenceError) as caught:
        reviewed(folder, store)
    assert found in str(caught.value)
    assert "dossier.yaml:2:" in caught.value.where


def test_hostile_and_broken_files_become_problems_never_a_crash(
    store: Store, tmp_path: Path
) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(64 << 20))
        archive.writestr("../escape", b"x")
    changed = changed_copy(
        "hoshi-m3",
        tmp_path / "d",
        evidence__empty_dot_apk=b"",
        evidence__bomb_dot_zip=bomb.read_bytes(),
        evidence__wrong_dot_pcap=b"this is no capture",
        evidence__cut_dot_apk=(EXAMPLES / "kaze-x1/evidence/app/kaze-pilot.apk").read_bytes()[:900],
        evidence__odd_dot_json=b'{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": 5}',
    )
    review = reviewed(changed, store).review
    assert review.outcome is Outcome.UNDETERMINED
    codes = {problem.code for problem in review.problems}
    assert {"SEK-P109", "SEK-P124", "SEK-P127"} <= codes
    assert not list(tmp_path.rglob("escape"))
    assert CoverageStatus.NOT_LOOKED in {one.status for one in review.coverage}
    for item in review.dossier.evidence:
        assert store.evidence.is_intact(item.id)


def test_what_is_not_there_is_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no 'nothing'"):
        reviewed(tmp_path / "nothing", store)
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvidenceError, match="no evidence"):
        reviewed(tmp_path / "empty", store)
    with pytest.raises(EvidenceError, match="folder it is in"):
        reviewed(EXAMPLES / "kaze-x1" / "dossier.yaml", store)


def test_each_reading_of_a_regime_is_decided(store: Store) -> None:
    review = reviewed(EXAMPLES / "kaze-x1", store).review
    readings = [one.reading for one in review.determinations if one.regime == "jp-2020"]
    assert readings == ["mainichi", "yomiuri"]


def test_as_of_an_earlier_record_date_later_evidence_is_not_known(store: Store) -> None:
    whole = reviewed(EXAMPLES / "hoshi-m3", store).review
    before = reviewed(EXAMPLES / "hoshi-m3", store, Case(known_on=date(2026, 10, 8))).review
    told = [problem for problem in before.problems if problem.code == "SEK-P606"]
    late = [
        item
        for item in whole.dossier.evidence
        if item.custody.received_on and item.custody.received_on > date(2026, 10, 8)
    ]
    assert late
    assert [problem.evidence for problem in told] == [item.id for item in late]
    assert all(problem.blocks_clean for problem in told)
    assert before.key != whole.key
    assert {one.evidence for one in before.coverage}.isdisjoint(item.id for item in late)


def test_a_review_keeps_the_connections_of_each_capture(store: Store) -> None:
    source = EXAMPLES / "kaze-x1"
    reviewed(source, store)
    tables = sorted(store.flow_tables.path(Sha256("x")).parent.iterdir())
    assert len(tables) == sum(1 for _ in source.rglob("*.pcapng"))
    assert all(pl.read_parquet(table).height for table in tables)
    # a table that was lost is written again, its findings taken from nowhere else
    tables[0].unlink()
    again = reviewed(source, store)
    assert again.cached == again.analyses - 1
    assert sorted(tables[0].parent.iterdir()) == tables


def test_connections_of_several_captures_go_to_one_file(store: Store, tmp_path: Path) -> None:
    captures = sorted((EXAMPLES / "kaze-x1").rglob("*.pcapng"))
    for flows in (tmp_path / "one.parquet", tmp_path / "two.parquet"):
        analyze_files(captures, store=store, clock=clock, progress=NoProgress(), flows=flows)
    rows = pl.read_parquet(tmp_path / "one.parquet")
    assert {Path(path).name for path in rows["capture"]} == {path.name for path in captures}
    assert rows.equals(pl.read_parquet(tmp_path / "two.parquet"))


@pytest.mark.parametrize(
    ("name", "flows", "code"),
    [
        ("parts/parts.csv", "flows.parquet", "SEK-E013"),
        ("captures/flight.pcapng", "missing/flows.parquet", "SEK-E014"),
    ],
)
def test_connections_that_cannot_be_written_are_told(
    name: str, flows: str, code: str, store: Store, tmp_path: Path
) -> None:
    (file,) = (EXAMPLES / "kaze-x1").rglob(Path(name).name)
    with pytest.raises(UsageError, match=code):
        analyze_files(
            [file], store=store, clock=clock, progress=NoProgress(), flows=tmp_path / flows
        )
