from __future__ import annotations

from datetime import date

import pytest

from sekisho.data.files import pack_text
from sekisho.model.observation import Voice, observation_id
from sekisho.origin.screening import LISTS
from tests.origin.build import KAZE, assess, codes, maker, owns, part, said, signer

DJI = "SZ DJI Technology Co., Ltd."
TRUE, FALSE = {("true", Voice.RECORD)}, {("false", Voice.RECORD)}


def test_the_lists_are_those_the_vocabulary_has_facts_for() -> None:
    vocabulary = pack_text("regimes/vocabulary.yaml")
    of_articles = vocabulary.count("- key: listed.us_blue_")
    assert vocabulary.count("- key: listed.") - of_articles == len(LISTS)
    assert all(f"- key: listed.{list_id}\n" in vocabulary for list_id in LISTS)


def test_a_listed_maker_is_listed() -> None:
    assessment, assertions = assess(article_maker=DJI)
    assert said(assertions, "listed.us_1260h") == TRUE
    assert said(assertions, "listed.us_889") == FALSE
    assert said(assertions, "listed.us_fasc_asda") == set()
    (match,) = assessment.matches
    assert (match.entry, match.edition) == (
        "Shenzhen DJI Technology Co., Ltd. (DJI)",
        date(2026, 6, 8),
    )
    assert match.source.startswith("https://media.defense.gov/2026/")
    assert assessment.lists_asked == ("us_1260h 2026-06-08", "us_889 2018-08-13")
    assert assessment.lists_without_edition == (
        "us_consolidated_screening",
        "us_entity_list",
        "us_fasc_asda",
    )
    (listed,) = [one for one in assertions if one.fact == "listed.us_1260h"]
    assert listed.by == "us_1260h 2026-06-08"


@pytest.mark.parametrize(
    ("on", "values"),
    [(date(2025, 1, 6), set()), (date(2025, 1, 7), TRUE), (date(2026, 6, 8), TRUE), (None, set())],
)
def test_before_the_first_edition_nothing_is_known(
    on: date | None, values: set[tuple[str, Voice]]
) -> None:
    assessment, assertions = assess(article_maker=DJI, on=on)
    assert said(assertions, "listed.us_1260h") == values
    assert ("us_1260h" in assessment.lists_without_edition) == (not values)


def test_a_maker_listed_later_is_not_listed_before() -> None:
    quectel = "Unitree"
    assert said(assess(article_maker=quectel, on=date(2026, 6, 7))[1], "listed.us_1260h") == FALSE
    assert said(assess(article_maker=quectel, on=date(2026, 6, 8))[1], "listed.us_1260h") == TRUE


def test_a_miss_is_said_with_its_limit() -> None:
    assessment, assertions = assess(maker())
    assert said(assertions, "listed.us_1260h") == FALSE
    assert codes(assessment.limits) == ["SEK-P730", "SEK-P730"]
    (listed,) = [one for one in assertions if one.fact == "listed.us_889"]
    assert listed.rests_on == (observation_id(maker()),)


def test_without_a_maker_nothing_is_said() -> None:
    assessment, assertions = assess(article_maker=None)
    assert said(assertions, "listed.us_889") == set()
    assert codes(assessment.limits) == ["SEK-P734", "SEK-P734"]


def test_an_owner_named_in_section_889_reaches_the_maker() -> None:
    record = owns("Zhejiang Dahua Technology Co., Ltd.", KAZE, 0.7)
    assessment, assertions = assess(record)
    assert said(assertions, "listed.us_889") == TRUE
    assert {match.role for match in assessment.matches} == {"owner"}
    assert codes(assessment.limits) == ["SEK-P732", "SEK-P731"]
    assert said(assertions, "listed.us_1260h") == set()


def test_an_owner_without_majority_does_not() -> None:
    assessment, assertions = assess(owns("Zhejiang Dahua Technology Co., Ltd.", KAZE, 0.5))
    assert said(assertions, "listed.us_889") == FALSE
    assert assessment.matches == ()


def test_makers_of_parts_and_signers_are_matched_but_do_not_make_the_maker_listed() -> None:
    assessment, assertions = assess(
        part("A1", maker="Hikvision"), part("A2", maker="Hikvision"), signer("O=DJI,C=CN")
    )
    assert {(match.role, match.list_id) for match in assessment.matches} == {
        ("component_maker", "us_1260h"),
        ("component_maker", "us_889"),
        ("signer", "us_1260h"),
    }
    assert max(len(match.rests_on) for match in assessment.matches) == 2
    assert said(assertions, "listed.us_1260h") == set()


def test_a_maker_in_doubt_is_never_said_not_to_be_listed() -> None:
    assessment, assertions = assess(maker(), signer("O=Foehn Dynamics B.V.,C=NL"))
    assert said(assertions, "listed.us_889") == set()
    assert codes(assessment.limits) == ["SEK-P733", "SEK-P733"]
    listed = assess(signer("O=Foehn Dynamics B.V."), article_maker=DJI)[1]
    assert said(listed, "listed.us_1260h") == TRUE
