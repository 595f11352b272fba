from __future__ import annotations

from sekisho.model.observation import PartKind, Voice, observation_id
from sekisho.origin.assess import ID
from tests.origin.build import (
    FOEHN,
    KAZE,
    assess,
    claim,
    codes,
    listing,
    maker,
    owns,
    part,
    said,
    sdk,
    signer,
)

HOME = claim("maker.domicile", "JP")
MADE = claim("article.made_in", "JP")


def test_claims_keep_their_voice_and_their_author() -> None:
    lab = claim("takeover.protected", "true", Voice.LABORATORY, "Laboratory")
    service = claim("service[cloud].located_in", "JP")
    _, assertions = assess(HOME, lab, service, claim("component.complete", "true"))
    by_fact = {str(one.fact): one for one in assertions}
    assert by_fact["takeover.protected"].voice is Voice.LABORATORY
    assert by_fact["takeover.protected"].by == "Laboratory"
    assert by_fact["maker.domicile"].rests_on == (observation_id(HOME),)
    assert by_fact["maker.domicile"].made_on == HOME.made_on
    assert by_fact["service[cloud].located_in"].value == "JP"
    assert by_fact["component.complete"].voice is Voice.MAKER


def test_the_makers_country_is_taken_from_records_and_documents() -> None:
    records = (
        owns("A", KAZE, 0.2, owned_country="JP"),
        owns("B", KAZE, 0.2, owned_country="JP"),
        owns("X", "Stranger", 0.2, owned_country="US"),
    )
    _, assertions = assess(*records, maker(code="JP"), maker(code="CN", analyzer="bom.table/1"))
    assert said(assertions, "maker.domicile") == {
        ("JP", Voice.RECORD),
        ("JP", Voice.MAKER),
        ("CN", Voice.RECORD),
    }
    (record,) = [one for one in assertions if one.by == ID]
    assert len(record.rests_on) == 2


def test_an_article_of_which_nothing_is_known_gives_nothing() -> None:
    assessment, assertions = assess(article_maker=None)
    assert assertions == ()
    assert assessment.parts_known == 0
    assert assessment.contradictions == ()


def test_a_domestic_maker_controlled_from_abroad_is_a_contradiction() -> None:
    record = owns(FOEHN, KAZE, 0.8, owner_country="NL", owned_country="JP")
    assessment, _ = assess(HOME, record)
    (found,) = assessment.contradictions
    assert found.claim == observation_id(HOME)
    assert found.against == (observation_id(record),)
    assert found.what.details == {
        "declared": "JP",
        "owner": FOEHN,
        "country": "NL",
        "share": "80.0",
    }
    assert assessment.controllers[0].name == FOEHN
    assert (
        assess(HOME, owns("Kaze Holdings", KAZE, 0.8, owner_country="JP"))[0].contradictions == ()
    )
    assert assess(HOME, owns(FOEHN, KAZE, 0.8))[0].contradictions == ()


def test_records_of_another_domicile_are_a_contradiction() -> None:
    assessment, _ = assess(HOME, owns("A", KAZE, 0.1, owned_country="NL"))
    assert codes(found.what for found in assessment.contradictions) == ["SEK-P741"]
    assert assess(HOME, owns("A", KAZE, 0.1, owned_country="JP"))[0].contradictions == ()


def test_an_app_signed_by_somebody_else_is_a_contradiction() -> None:
    assessment, _ = assess(HOME, MADE, maker(), signer("CN=x,O=Foehn Dynamics B.V.,C=NL"))
    assert codes(found.what for found in assessment.contradictions) == [
        "SEK-P743",
        "SEK-P743",
        "SEK-P742",
    ]
    stranger = assessment.contradictions[-1]
    assert stranger.claim == observation_id(maker())
    same = assess(HOME, MADE, maker(), signer("O=Kaze Aero,C=JP"))[0]
    assert same.contradictions == ()
    assert assess(HOME, maker(), signer("CN=Android Debug"))[0].contradictions == ()


def test_a_stranger_is_told_against_the_makers_own_word_where_nobody_names_the_maker() -> None:
    assessment, _ = assess(HOME, signer("O=Foehn Dynamics B.V."))
    assert assessment.contradictions[-1].claim == observation_id(HOME)
    assessment, _ = assess(
        claim("maker.domicile", "JP", Voice.BODY), signer("O=Foehn Dynamics B.V.")
    )
    assert assessment.contradictions == ()
    assert "SEK-P742" in codes(assessment.limits)


def test_a_stranger_to_nobody_is_no_contradiction() -> None:
    assessment, _ = assess(signer("O=Foehn Dynamics B.V."), article_maker=None)
    assert assessment.contradictions == ()
    assert "SEK-P742" not in codes(assessment.limits)


def test_telling_parts_made_elsewhere_are_a_contradiction_and_others_are_not() -> None:
    board = part("FC-1", "board", PartKind.FLIGHT_CONTROLLER, made_in="CN")
    frame = part("AF-1", "frame", PartKind.AIRFRAME, made_in="CN")
    motor = part("M-1", "motor", PartKind.MOTOR, made_in="CN")
    own = part("AF-2", "frame", PartKind.AIRFRAME, made_in="JP")
    (found,) = assess(MADE, board, frame, motor, own)[0].contradictions
    assert found.what.code == "SEK-P744"
    assert found.what.details["parts"] == "board, frame"
    assert set(found.against) == {observation_id(board), observation_id(frame)}
    assert assess(MADE, motor, own)[0].contradictions == ()


def test_software_seen_but_not_on_a_complete_list_is_a_contradiction() -> None:
    whole = listing(complete=True)
    (found,) = assess(whole, part("A1"), sdk())[0].contradictions
    assert found.claim == observation_id(whole)
    assert found.against == (observation_id(sdk()),)
    for other in (
        (listing(complete=False), sdk()),
        (listing(complete=True, scope="camera"), sdk()),
        (whole, sdk(), part("S-1", "umeng analytics", PartKind.SOFTWARE)),
        (whole, sdk(), part("com.umeng", "Statistics", PartKind.SOFTWARE)),
        (whole, sdk(maker=None)),
        (whole, sdk(maker="Kaze Aero")),
        (whole,),
    ):
        assert assess(*other)[0].contradictions == ()


def test_the_answer_does_not_depend_on_the_order_of_observations() -> None:
    seen = (
        HOME,
        MADE,
        maker(),
        signer("O=Foehn Dynamics B.V.,C=NL"),
        sdk(),
        part("A1"),
        listing(complete=True),
        owns(FOEHN, KAZE, 0.8, owner_country="NL"),
    )
    assert assess(*seen) == assess(*reversed(seen))
