from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.content.categories import Form, load_data_categories
from sekisho.analyzers.capture.content.keyed import NamedValueFinder, has_form
from sekisho.analyzers.capture.content.known import MAX_MATCHES, KnownValues
from sekisho.model.flow import DataCategory, KnownValue
from tests.analyzers.capture.build import IMEI, SERIAL

NAME = KnownValue(category=DataCategory.PERSON_IDENTIFIER, name="pilot", value="山田 太郎/A")


def found(data: bytes, *values: KnownValue) -> list[str | None]:
    return [match.name for match in KnownValues(values).find(data)]


@pytest.mark.parametrize(
    "data",
    [
        b'{"sn":"KZX1-000123"}',
        b"KZX1-000123",
        b"\x0bKZX1-000123tail",
        b"/KZX1%2D000123/".replace(b"%2D", b"-"),
        b"model1KZX1-000123",
        b"KZX1-000123.".hex().encode(),
        b"xKZX1-000123y".hex().upper().encode(),
        base64.b64encode(b"KZX1-000123"),
        base64.b64encode(b".KZX1-000123"),
        base64.b64encode(b"..KZX1-000123.."),
        base64.urlsafe_b64encode(b"sn=KZX1-000123"),
    ],
)
def test_a_known_value_is_found_in_each_encoding(data: bytes) -> None:
    assert found(data, SERIAL) == ["serial"]


@pytest.mark.parametrize(
    "data",
    [
        quote(NAME.value, safe="").encode(),
        quote(NAME.value, safe="").lower().replace("%2fa", "%2fA").encode(),
        quote(NAME.value, safe="").replace("%20", "+").encode(),
        NAME.value.encode(),
        rb'"\u5c71\u7530 \u592a\u90ce/A"',
    ],
)
def test_escapes_of_text_are_seen_through(data: bytes) -> None:
    assert "pilot" in found(data, NAME)


@pytest.mark.parametrize(
    "data",
    [
        b"KZX1-0001234",
        b"KZX1-000124",
        b"XKZX1-000123",
        b"kzx1-000123",
        b"KZX1-00012",
        b"4901542032375181",
        b"9490154203237518",
        b"490154203237519",
    ],
)
def test_a_lookalike_is_another_value(data: bytes) -> None:
    assert found(data, SERIAL, IMEI) == []


def test_short_values_need_clear_boundaries_or_are_not_searched() -> None:
    short = KnownValue(category=DataCategory.DEVICE_IDENTIFIER, name="ssid", value="AB12")
    tiny = KnownValue(category=DataCategory.DEVICE_IDENTIFIER, name="pin", value="123")
    assert found(b"xAB12 AB12x AB123", short) == []
    assert found(b"[AB12]", short) == ["ssid"]
    assert (found(b"123", tiny), KnownValues([tiny]).too_short) == ([], ("pin",))
    assert KnownValues([]).longest == 0


def test_matches_of_one_spelling_are_capped() -> None:
    assert len(found(b"KZX1-000123 " * 1000, SERIAL)) == MAX_MATCHES


def named(data: bytes) -> list[tuple[str, bytes]]:
    finder = NamedValueFinder(load_data_categories())
    return sorted(
        (match.category.value, data[match.start : match.start + match.length])
        for match in finder.find(data)
    )


@pytest.mark.parametrize(
    ("data", "category", "value"),
    [
        (b"imei=490154203237518&x=1", "device_identifier", b"490154203237518"),
        (b'{"Device_IMEI" : "490154203237518"}', "device_identifier", b"490154203237518"),
        (rb"{\"imei\":\"490154203237518\"}", "device_identifier", b"490154203237518"),
        (b"<imei>490154203237518</imei>", "device_identifier", b"490154203237518"),
        (b"Referer: http://x/?imei=490154203237518", "device_identifier", b"490154203237518"),
        (b"imsi=440101234567890", "device_identifier", b"440101234567890"),
        (b"iccid=8981100022152967705", "device_identifier", b"8981100022152967705"),
        (b"mac=02%3A4b%3a5a:00:00:17", "device_identifier", b"02%3A4b%3a5a:00:00:17"),
        (b"mac=024b5a000017", "device_identifier", b"024b5a000017"),
        (b"sn=KZX1-000999", "device_identifier", b"KZX1-000999"),
        (b"email=a.b%40mail.example", "person_identifier", b"a.b%40mail.example"),
        (b"phone=%2B819012345678", "person_identifier", b"%2B819012345678"),
        (b"Authorization: Bearer abc", "credential", b"Bearer"),
        ("pilotName=山田".encode(), "person_identifier", "山田".encode()),
        (b"waypoints=12", "flight_record", b"12"),
    ],
)
def test_a_value_under_a_telling_name_counts(data: bytes, category: str, value: bytes) -> None:
    assert named(data) == [(category, value)]


def test_a_position_needs_both_coordinates() -> None:
    assert named(b'{"lat":35.6586,"lon":139.7454}') == [
        ("position", b"139.7454"),
        ("position", b"35.6586"),
    ]
    assert named(b'{"lat":35.6586}') == []


@pytest.mark.parametrize(
    "data",
    [
        b"imei=490154203237519",
        b"imei=000000000000000",
        b"imei=49015420323751",
        b"imsi=940101234567890",
        b"iccid=8981100022152967706",
        b"mac=00:00:00:00:00:00",
        b"mac=02:4b-5a:00:00:17",
        b"lat=95.5&lon=200.5",
        b"lat=35&lon=139",
        b"lat=0.0&lon=0.0",
        b"email=nobody",
        b"phone=12",
        b"sn=unknown",
        b"sn=1",
        b"token=abc",
        b"pilotname=x",
        b"imeix=490154203237518",
        b"ximei=490154203237518",
        b"Host: example",
        "imei=４９０１５４２０３２３７５１８".encode(),
    ],
)
def test_a_name_with_a_value_of_another_form_says_nothing(data: bytes) -> None:
    assert named(data) == []


@given(st.text(max_size=40), st.sampled_from(list(Form)))
def test_any_text_has_a_form_or_not(value: str, form: Form) -> None:
    assert has_form(value, form) in (True, False)


@given(st.binary(max_size=400))
def test_any_bytes_can_be_searched(data: bytes) -> None:
    named(data)
    found(data, SERIAL, IMEI, NAME)


def test_the_pack_says_media_types() -> None:
    pack = load_data_categories()
    assert pack.of_media_type("image/jpeg") is DataCategory.IMAGERY
    assert pack.of_media_type("application/json") is None


def test_every_name_of_the_pack_is_written_as_it_is_compared() -> None:
    names = [name for entry in load_data_categories().values for name in entry.names]
    assert len(names) == len(set(names))
    assert all(name.isalnum() and name == name.lower() for name in names)
