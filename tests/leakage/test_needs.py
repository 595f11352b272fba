from __future__ import annotations

import hashlib

import pytest

from sekisho.data.files import pack_names, pack_text
from sekisho.errors import PackError
from sekisho.leakage.needs import RecipientKind, load_need_profile, profile_for
from sekisho.model.evidence import Phase
from sekisho.model.flow import Protection
from sekisho.strict_yaml import decode
from tests.leakage.build import PROFILES, profile

SENSITIVE = (
    "criminal_investigation",
    "security",
    "infrastructure_inspection",
    "confidential_survey",
    "rescue",
)
MINIMAL = """\
id: p
title: {en: "t", ja: "題"}
tasks: [training]
basis:
  - {text: {en: "b", ja: "根拠"}, confidence: unverified, derived: true}
allow:
  - {id: own, words: {en: "w", ja: "語"}, recipients: [named_by_body]}
unsettled:
  - {id: local, words: {en: "w", ja: "語"}, recipients: [local_network]}
test_plan:
  - {id: idle, what: {en: "w", ja: "語"}, kind: capture_phase, phase: idle, wanted: 5, unit: minutes}
  - {id: app, what: {en: "w", ja: "語"}, kind: app_analysis, wanted: 1, unit: files}
"""


def test_a_profile_is_read_with_its_digest() -> None:
    loaded = load_need_profile(MINIMAL, "p.yaml")
    assert loaded.digest == hashlib.sha256(MINIMAL.encode()).hexdigest()
    assert [rule.id for rule in loaded.profile.rules()] == ["own", "local"]
    assert loaded.profile.basis[0].derived


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("wanted: 5", "wanteed: 5", "SEK-E356", 11),
        ("[named_by_body]", "[named]", "SEK-E356", 7),
        ("phase: idle", "phase: asleep", "SEK-E356", 11),
        ("id: local", "id: own", "SEK-E357", 9),
        ("id: app", "id: idle", "SEK-E357", 12),
        ("[named_by_body]", "[]", "SEK-E357", 7),
        ("[local_network]", "[]", "SEK-E357", 9),
        ("[training]", "[]", "SEK-E357", 3),
        ("wanted: 5", "wanted: 0", "SEK-E357", 11),
        ("wanted: 5", "wanted: -1", "SEK-E357", 11),
        ("phase: idle, ", "", "SEK-E357", 11),
        ("kind: app_analysis, wanted", "kind: app_analysis, phase: idle, wanted", "SEK-E357", 12),
        ("unit: files", "unit: minutes", "SEK-E357", 12),
    ],
)
def test_a_broken_profile_names_the_line(old: str, new: str, code: str, line: int) -> None:
    assert old in MINIMAL
    with pytest.raises(PackError) as caught:
        load_need_profile(MINIMAL.replace(old, new), "p.yaml")
    assert caught.value.code == code
    assert caught.value.where.startswith(f"p.yaml:{line}:")


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_what_is_no_number_is_refused_as_a_quantity(number: str) -> None:
    with pytest.raises(PackError):
        load_need_profile(MINIMAL.replace("wanted: 5", f"wanted: {number}"), "p.yaml")


def test_every_task_of_the_vocabulary_has_exactly_one_profile() -> None:
    vocabulary = decode(
        pack_text("regimes/vocabulary.yaml"), dict, file="v", error=PackError, code="SEK-E301"
    )
    task = next(fact for fact in vocabulary["facts"] if fact["key"] == "task")
    served = sorted(name for loaded in PROFILES for name in loaded.profile.tasks)
    assert served == sorted(task["values"])
    assert len(pack_names("needs")) == len(PROFILES)


def test_a_task_without_profile_has_none() -> None:
    assert profile_for("unheard_of", PROFILES) is None
    assert profile_for(None, PROFILES) is None


@pytest.mark.parametrize("task", SENSITIVE)
def test_sensitive_tasks_let_nothing_out_to_anybody_else(task: str) -> None:
    own = profile(task).profile
    for rule in own.allow:
        assert RecipientKind.ANY not in rule.recipients
        if RecipientKind.NAMED_BY_BODY in rule.recipients and not rule.categories:
            assert Protection.CLEAR not in rule.protection
            assert rule.protection
    assert {test.phase for test in own.test_plan} == {*Phase, None}
    assert "packed_code" in own.blocking_behaviours


def test_what_is_our_own_choice_is_marked_so() -> None:
    for loaded in PROFILES:
        own = [basis for basis in loaded.profile.basis if basis.derived]
        assert any(basis.confidence == "unverified" for basis in own)
        assert any(basis.sources for basis in loaded.profile.basis)
