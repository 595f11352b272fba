from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.analyzers.declaration import vocabulary
from sekisho.analyzers.declaration.analyzer import DeclarationAnalyzer
from sekisho.analyzers.declaration.vocabulary import (
    KnownFact,
    canonical_value,
    load_claimable_facts,
)
from sekisho.errors import EvidenceError, PackError
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import JsonPointer
from sekisho.model.observation import Claim, Party, Voice
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from tests.analyzers.reading import codes, problem_of, read, seen

MANIFEST = """\
sekisho: 1
article: {kind: uas, maker: Kaze Aero K.K.}
statements:
  - by: Kaze Aero K.K.
    voice: maker
    on: 2026-10-01
    document: statements/attestation.txt
    claims:
      article.made_in: JP
      data.leaks: "false"
evidence:
  - file: evidence/statements/attestation.txt
"""


def of(text: str | bytes) -> Findings:
    return read(DeclarationAnalyzer(), text, EvidenceKind.DOSSIER, "dossier.yaml")


def claiming(fact: str, value: str, voice: str = "maker") -> Findings:
    return of(
        f"sekisho: 1\nstatements:\n  - by: X\n    voice: {voice}\n    document: a.txt\n"
        f"    claims: {{{fact}: {value}}}\nevidence:\n  - file: a.txt\n"
    )


def test_claims_are_passed_on_with_their_voice_day_and_line() -> None:
    findings = of(MANIFEST)
    kind, made_in, leaks = seen(findings, Claim)
    assert (kind.fact, kind.value, kind.by, kind.voice) == (
        "article.kind",
        "uas",
        "dossier",
        Voice.BODY,
    )
    assert (made_in.fact, made_in.value, made_in.by) == ("article.made_in", "JP", "Kaze Aero K.K.")
    assert (made_in.voice, made_in.made_on) == (Voice.MAKER, date(2026, 10, 1))
    evidence = made_in.loci[0].evidence
    assert made_in.loci == (JsonPointer(evidence, "/statements/0/claims/article.made_in", 9),)
    assert kind.loci == (JsonPointer(evidence, "/article/kind", 2),)
    assert (leaks.fact, leaks.value) == ("data.leaks", "false")
    (party,) = seen(findings, Party)
    assert (party.name, party.role) == ("Kaze Aero K.K.", "maker")
    assert codes(findings) == []
    assert findings.coverage[0].status is CoverageStatus.LOOKED
    assert findings.coverage[0].measures == {"statements": 1.0, "claims": 3.0}


def test_a_manifest_without_statements_claims_nothing() -> None:
    findings = of("sekisho: 1\n")
    assert findings.observations == ()
    assert findings.coverage[0].status is CoverageStatus.LOOKED


@pytest.mark.parametrize(
    ("fact", "value", "canonical"),
    [
        ("component.complete", '"true"', "true"),
        ("component.complete", "FALSE", "false"),
        ('"component[cam-1].made_in"', "日本", "JP"),
        ("maker.domicile", "Netherlands", "NL"),
        ('"component[fc].kind"', "flight_controller", "flight_controller"),
    ],
)
def test_values_are_brought_to_the_spelling_of_their_type(
    fact: str, value: str, canonical: str
) -> None:
    findings = claiming(fact, value)
    (claim,) = seen(findings, Claim)
    assert (claim.fact, claim.value) == (fact.strip('"'), canonical)


def test_a_misspelt_fact_is_told_with_the_nearest() -> None:
    findings = claiming("data.leak", '"false"')
    assert seen(findings, Claim) == []
    details = problem_of(findings, "SEK-P502").details
    assert (details["fact"], details["near"]) == ("data.leak", "data.leaks")


def test_a_misspelt_attribute_is_told_with_its_member() -> None:
    findings = claiming('"component[cam-1].madein"', "JP")
    assert problem_of(findings, "SEK-P502").details["near"] == "component[cam-1].made_in"


def test_a_fact_without_a_member_is_told() -> None:
    findings = claiming("component.made_in", "JP")
    assert problem_of(findings, "SEK-P502").details["near"] == "component[…].made_in"


def test_a_fact_like_no_other_is_told() -> None:
    assert codes(claiming("colour", "red")) == ["SEK-P501"]


def test_a_fact_of_the_case_is_not_claimed() -> None:
    assert codes(claiming("act", "buy")) == ["SEK-P507"]


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("data.leaks", '"no"', "SEK-P503"),
        ("data.leaks", '""', "SEK-P503"),
        ("article.made_in", "Shenzhen", "SEK-P503"),
        ("article.made_in", "JP/CN", "SEK-P503"),
        ("article.kind", "drone", "SEK-P504"),
    ],
)
def test_a_value_that_does_not_fit_is_told_and_not_claimed(
    fact: str, value: str, code: str
) -> None:
    findings = claiming(fact, value)
    assert seen(findings, Claim) == []
    assert codes(findings) == [code]
    assert findings.coverage[0].status is CoverageStatus.PARTLY


def test_the_words_of_a_fact_are_named() -> None:
    choices = problem_of(claiming("article.kind", "drone"), "SEK-P504").details["choices"]
    assert choices == (
        "uas, counter_uas, camera, telecom_equipment, it_system, uas_component, other"
    )


def test_a_kind_of_article_that_is_not_known_is_told() -> None:
    findings = of("sekisho: 1\narticle: {kind: drone}\n")
    assert problem_of(findings, "SEK-P504").locus == JsonPointer(
        findings.coverage[0].evidence, "/article/kind", 2
    )


@pytest.mark.parametrize("voice", ["authority", "laboratory", "record"])
def test_a_word_at_second_hand_without_a_document_is_told_and_kept(voice: str) -> None:
    findings = of(
        f"sekisho: 1\nstatements:\n  - {{by: X, voice: {voice}, claims: {{data.leaks: 'true'}}}}\n"
    )
    assert len(seen(findings, Claim)) == 1
    problem = problem_of(findings, "SEK-P505")
    assert problem.details == {"by": "X", "voice": voice}
    assert not problem.blocks_clean


def test_a_maker_may_state_without_a_document() -> None:
    text = "sekisho: 1\nstatements:\n  - {by: X, voice: maker, claims: {data.leaks: 'true'}}\n"
    assert codes(of(text)) == []


@pytest.mark.parametrize("voice", ["maker", "laboratory"])
def test_a_document_that_is_not_among_the_evidence_is_told(voice: str) -> None:
    findings = of(
        MANIFEST.replace("attestation.txt\n    claims", "other.txt\n    claims").replace(
            "voice: maker", f"voice: {voice}"
        )
    )
    problem = problem_of(findings, "SEK-P506")
    assert problem.details["document"] == "statements/other.txt"
    assert not problem.blocks_clean
    assert len(seen(findings, Claim)) == 3


def test_a_leading_evidence_folder_does_not_matter() -> None:
    assert codes(of(MANIFEST)) == []
    assert codes(of(MANIFEST.replace("file: evidence/", "file: "))) == []


def test_nobody_can_declare_what_was_observed() -> None:
    findings = claiming("data.leaks", '"false"', voice="observed")
    assert seen(findings, Claim) == []
    assert seen(findings, Party) == []
    assert codes(findings) == ["SEK-P509"]


def test_a_statement_by_nobody_is_told() -> None:
    text = "sekisho: 1\nstatements:\n  - {by: ' ', voice: maker, claims: {data.leaks: 'true'}}\n"
    assert codes(of(text)) == ["SEK-P510"]


def test_a_statement_of_nothing_is_told() -> None:
    text = "sekisho: 1\nstatements:\n  - {by: X, voice: maker, claims: {}}\n"
    assert codes(of(text)) == ["SEK-P508"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sekisho: 2\n",
        "sekisho: 1\nstatments: []\n",
        "sekisho: 1\nstatements:\n  - {by: X, voice: painter, claims: {}}\n",
        "sekisho: 1\nstatements:\n  - {by: X, voice: maker, on: 令和6年1月1日, claims: {}}\n",
        "a: &x [*x]\n",
        "[" * 1_000,
    ],
)
def test_a_manifest_that_is_not_of_its_form_is_an_error(text: str) -> None:
    with pytest.raises(EvidenceError):
        of(text)


def test_a_manifest_in_another_encoding_is_an_error() -> None:
    with pytest.raises(EvidenceError, match="UTF-8"):
        of("sekisho: 1\narticle: {maker: 風エアロ}\n".encode("cp932"))


def test_values_of_dates_and_texts_are_checked() -> None:
    day = KnownFact("date")
    assert canonical_value("2024-03-01", day) == "2024-03-01"
    assert canonical_value("2024-02-30", day) is None
    assert canonical_value("令和6年3月1日", day) is None
    assert canonical_value(" words ", KnownFact("text")) == "words"
    assert canonical_value("", KnownFact("text")) is None


def test_a_broken_vocabulary_is_a_pack_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "pack_text", lambda _: "facts: [{key: a, type: colour}]")
    load_claimable_facts.cache_clear()
    with pytest.raises(PackError, match="SEK-E360"):
        load_claimable_facts()
    load_claimable_facts.cache_clear()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(MANIFEST)), st.text(min_size=1, max_size=4))
def test_a_mutated_manifest_ends_in_findings_or_an_error(at: int, patch: str) -> None:
    text = MANIFEST[:at] + patch + MANIFEST[at + len(patch) :]
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    try:
        findings = of(data)
    except EvidenceError:
        return
    assert all(one.voice is not Voice.OBSERVED for one in seen(findings, Claim))
