import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.errors import PackError
from sekisho.intake import countries
from sekisho.intake.countries import identify_country, load_countries


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("JP", "JP"),
        ("jp", "JP"),
        ("JPN", "JP"),
        ("ＪＰ", "JP"),
        ("Japan", "JP"),
        ("日本", "JP"),
        ("日本製", "JP"),
        ("Made in Japan", "JP"),
        ("Japan (JP)", "JP"),
        ("台湾（TW）", "TW"),
        ("Taiwan, Province of China", "TW"),
        ("中華人民共和国", "CN"),
        ("P.R. China", "CN"),
        ("PRC", "CN"),
        ("Republic of China", "TW"),
        ("韓国", "KR"),
        ("Republic of Korea", "KR"),
        ("オランダ", "NL"),
        ("The Netherlands", "NL"),
        ("U.S.A.", "US"),
        ("米国", "US"),
        ("UK", "GB"),
        ("Côte d’Ivoire", "CI"),
        ("St Kitts & Nevis", "KN"),
        ("NO", "NO"),
        ("タイ", "TH"),
        ("US / United States", "US"),
    ],
)
def test_codes_and_names_in_english_and_japanese_are_known(word: str, code: str) -> None:
    assert identify_country(word) == code


@pytest.mark.parametrize(
    "word",
    [
        "Korea",
        "Congo",
        "JP/CN",
        "日本・中国",
        "Tokyo, Japan",
        "Shenzhen",
        "国産",
        "No",
        "no",
        "EU",
        "XX",
        "",
        "製",
        "a/b/c/d/e/f",
        "J" * 2_000,
    ],
)
def test_a_word_that_is_not_one_country_is_not_guessed(word: str) -> None:
    assert identify_country(word) is None


def test_all_codes_of_the_standard_are_there() -> None:
    known = load_countries()
    assert len(set(known.values())) == 249
    assert all(identify_country(code) == code for code in set(known.values()))


@given(st.text(max_size=40))
def test_any_text_gives_a_country_or_nothing(word: str) -> None:
    found = identify_country(word)
    assert found is None or found in set(load_countries().values())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a,b\n", ":1"),
        ("alpha_2,alpha_3,english,japanese,variants\nJP,JPN\n", ":2"),
        ("alpha_2,alpha_3,english,japanese,variants\njp,JPN,Japan,日本,\n", ":2"),
        (
            (
                "alpha_2,alpha_3,english,japanese,variants\n"
                "JP,JPN,Japan,日本,\nCN,CHN,China,中国,Japan\n"
            ),
            ":3",
        ),
    ],
)
def test_a_broken_table_is_a_pack_error_at_its_line(
    text: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "pack_text", lambda _: text)
    load_countries.cache_clear()
    with pytest.raises(PackError, match="SEK-E358") as raised:
        load_countries()
    load_countries.cache_clear()
    assert raised.value.where.endswith(place)
