from __future__ import annotations

import hashlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.content.binary_values import NEAR, spell_binary
from sekisho.analyzers.capture.content.known import KnownValues
from sekisho.model.flow import DataCategory, KnownValue

IMEI, SERIAL, PLACE = "490154203237518", "KZX1-000123", "35.6812345, 139.7671001"


def known(value: str) -> KnownValues:
    category = DataCategory.DEVICE_IDENTIFIER
    return KnownValues((KnownValue(category=category, name="value", value=value),))


LATITUDE, LONGITUDE = 356812345, 1397671001


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (IMEI, struct.pack("<Q", int(IMEI))),
        (IMEI, struct.pack(">Q", int(IMEI))),
        (IMEI, bytes.fromhex(IMEI + "f")),
        (IMEI, bytes.fromhex("94104502237315f8")),
        (SERIAL, hashlib.md5(SERIAL.encode(), usedforsecurity=False).digest()),
        (SERIAL, hashlib.sha256(SERIAL.encode()).hexdigest().upper().encode()),
        (PLACE, struct.pack("<ii", LATITUDE, LONGITUDE)),
        (PLACE, struct.pack(">ii", LONGITUDE, LATITUDE)),
        (PLACE, struct.pack("<iIi", LATITUDE, 99, LONGITUDE)),
        (PLACE, struct.pack("<ff", 35.6812345, 139.7671001)),
        (PLACE, struct.pack(">dd", 35.6812345, 139.7671001)),
    ],
)
def test_binary_forms_are_found_where_they_stand(value: str, data: bytes) -> None:
    found = list(known(value).find(b"\1\2\3" + data + b"\4\5"))
    assert found
    assert all(3 <= match.start < 3 + len(data) for match in found)


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (PLACE, struct.pack("<i", LATITUDE)),
        (PLACE, struct.pack("<i", LATITUDE) + b"\0" * (NEAR + 1) + struct.pack("<i", LONGITUDE)),
        (PLACE, struct.pack("<ii", LATITUDE + 1, LONGITUDE)),
        ("123456789", struct.pack("<Q", 123456789)),
        (IMEI, struct.pack("<Q", int(IMEI) + 1)),
        ("short", hashlib.sha256(b"short").digest()),
    ],
)
def test_what_could_be_chance_is_not(value: str, data: bytes) -> None:
    assert list(known(value).find(b"\1\2\3" + data + b"\4\5")) == []


@given(st.text(max_size=40))
def test_any_value_can_be_spelled(value: str) -> None:
    assert all(len(pattern.needle) >= 4 for pattern in spell_binary(value))
