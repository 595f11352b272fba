from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.dns import is_plain_query, read_message
from tests.analyzers.capture.build import answer, dns_name, query


def header(questions: int, answers: int = 0, flags: int = 0x0100, more: int = 0) -> bytes:
    return struct.pack(">HHHHHH", 7, flags, questions, answers, 0, more)


def test_a_question_gives_name_and_type() -> None:
    message = read_message(query("GCS.Police.example", 28))
    assert message is not None
    assert (message.is_answer, message.questions) == (False, (("gcs.police.example", "AAAA"),))


def test_an_unknown_type_is_told_by_its_number() -> None:
    message = read_message(query("a.example", 999))
    assert message is not None
    assert message.questions == (("a.example", "TYPE999"),)


def test_an_answer_gives_addresses_for_the_name_asked() -> None:
    message = read_message(answer("gcs.police.example", "10.20.0.5", "fe80::5"))
    assert message is not None
    assert message.is_answer
    assert [name for _, name in message.addresses] == ["gcs.police.example"] * 2
    assert message.addresses[0][0] == b"\x0a\x14\0\5"


def test_an_alias_is_followed_to_the_name_that_was_asked() -> None:
    alias = b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 60, 9) + dns_name("cdn.net")
    address = dns_name("cdn.net") + struct.pack(">HHIH", 1, 1, 60, 4) + b"\1\2\3\4"
    question = dns_name("a.example") + b"\0\1\0\1"
    message = read_message(header(1, 2, 0x8180) + question + alias + address)
    assert message is not None
    assert message.addresses == ((b"\1\2\3\4", "a.example"),)


def test_multicast_answers_without_a_question_name_their_record() -> None:
    address = dns_name("drone.local") + struct.pack(">HHIH", 1, 0x8001, 60, 4) + b"\1\2\3\4"
    message = read_message(header(0, 1, 0x8400) + address)
    assert message is not None
    assert message.addresses == ((b"\1\2\3\4", "drone.local"),)


def test_a_loop_of_pointers_ends() -> None:
    assert read_message(header(1) + b"\xc0\x0c\0\1\0\1") is None
    assert read_message(header(1) + b"\xc0\x0e\xc0\x0c\0\1\0\1") is None


def test_a_pointer_must_lead_backwards() -> None:
    assert read_message(header(1) + b"\xc0\x20" + b"\0" * 40) is None


def test_odd_bytes_of_a_label_are_escaped_and_text_is_kept() -> None:
    raw = header(1) + b"\4a.\\\xff" + "\N{HIRAGANA LETTER A}".encode().join((b"\3", b"\0\0\1\0\1"))
    message = read_message(raw)
    assert message is not None
    assert message.questions[0][0] == "a\\046\\092\\255.\N{HIRAGANA LETTER A}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        header(0),
        header(40) + b"\0" * 400,
        header(1, flags=0x2800) + dns_name("a.example") + b"\0\1\0\1",
        header(1),
        header(1) + b"\5ab",
        header(1) + b"\xc0",
        header(1) + b"\x50" + b"a" * 100,
        header(1) + (b"\x3f" + b"a" * 63) * 5 + b"\0\0\1\0\1",
        header(1) + dns_name("a.example") + b"\0\1",
    ],
)
def test_what_is_no_message_is_none(data: bytes) -> None:
    assert read_message(data) is None


@pytest.mark.parametrize("cut", [1, 10, 15, 16])
def test_answers_after_damage_are_not_read(cut: int) -> None:
    message = read_message(answer("a.example", "10.0.0.1")[:-cut])
    assert message is not None
    assert message.addresses == ()


@given(st.binary(max_size=600))
def test_any_bytes_end_in_a_message_or_none(data: bytes) -> None:
    read_message(data)
    read_message(header(1, 3, 0x8180) + data)
    is_plain_query(header(1) + data)


def test_a_plain_query_is_sure_on_any_port() -> None:
    assert is_plain_query(query("telemetry.example"))
    edns = b"\0\0\x29\x10\0\0\0\0\0\0\0"
    assert is_plain_query(header(1, more=1) + dns_name("a.example") + b"\0\1\0\1" + edns)


@pytest.mark.parametrize(
    "data",
    [
        b"short",
        answer("a.example", "10.0.0.1"),
        query("local"),
        query("a.example") + b"more",
        header(1, more=2) + dns_name("a.example") + b"\0\1\0\1",
        header(1) + b"\xff" * 9,
        header(1) + dns_name("a.b!c") + b"\0\1\0\1",
        header(1) + dns_name("a.example") + b"\0\1\0\7",
    ],
)
def test_other_bytes_are_no_plain_query(data: bytes) -> None:
    assert not is_plain_query(data)
