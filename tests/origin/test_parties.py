from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.model.dossier import Article
from sekisho.model.observation import Voice, observation_id
from sekisho.model.units import AnalyzerId
from sekisho.origin.parties import find_makers, find_signers, voice_of
from tests.origin.build import FOEHN, KAZE, by_id, maker, signer


@pytest.mark.parametrize(
    ("subject", "organisation", "country"),
    [
        ("CN=Release,O=Foehn Dynamics B.V.,C=NL", FOEHN, "NL"),
        ("C=nl, O = Foehn Dynamics B.V. , CN=x", FOEHN, "NL"),
        (r"O=Kaze Aero\, Inc.,C=JP", "Kaze Aero, Inc.", "JP"),
        ('O="Kaze Aero, Inc.",C=JP', "Kaze Aero, Inc.", "JP"),
        ("O=A+C=JP", "A", "JP"),
        ("CN=Android Debug", None, None),
        ("O=,C=Japan", None, None),
        ("", None, None),
    ],
)
def test_a_certificate_names_organisation_and_country(
    subject: str, organisation: str | None, country: str | None
) -> None:
    (found,) = find_signers(by_id([signer(subject)]))
    assert (found.organisation, found.country) == (organisation, country)


@given(st.text(max_size=300))
def test_any_subject_is_read_without_failing(subject: str) -> None:
    (found,) = find_signers(by_id([signer(subject)]))
    assert found.country is None or len(found.country) == 2


def test_the_maker_is_named_once_however_it_is_spelt() -> None:
    seen = by_id([maker("KAZE AERO KK"), maker("Kaze Aero K.K. ", analyzer="bom.table/1")])
    (found,) = find_makers(Article(maker=KAZE), seen)
    assert found.name == KAZE
    assert len(found.rests_on) == 2


def test_other_names_are_other_makers_and_no_name_is_none() -> None:
    seen = by_id([maker(FOEHN), maker("...")])
    assert [one.name for one in find_makers(Article(maker=KAZE), seen)] == [KAZE, FOEHN]
    assert find_makers(Article(), {}) == ()
    assert find_makers(Article(maker="?"), {}) == ()


def test_what_is_read_from_documents_is_their_word() -> None:
    assert voice_of(AnalyzerId("bom.cyclonedx/1")) is Voice.RECORD
    assert voice_of(AnalyzerId("ownership.table/1")) is Voice.RECORD
    assert voice_of(AnalyzerId("declaration.dossier/1")) is Voice.MAKER
    assert voice_of(AnalyzerId("app.sdks/1")) is Voice.OBSERVED
    assert find_signers(by_id([maker()])) == ()
    assert observation_id(maker()) in by_id([maker()])
