"""FTP, SMTP, POP3 and IMAP: told by first bytes of either end; names read, secrets left out."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.analyzers.capture.protocols.mail import (
    protocol_of_command,
    protocol_of_greeting,
    read_commands,
)
from sekisho.model.flow import DataCategory

PERSON, SECRET = DataCategory.PERSON_IDENTIFIER, DataCategory.CREDENTIAL
PROTOCOLS = ("ftp", "smtp", "pop3", "imap")

FTP = (
    b"USER pilot7\r\nPASS hunter2\r\nSYST\r\nTYPE I\r\nPASV\r\nSTOR logs/flight 12.bin\r\n"
    b"RETR update.img\r\nQUIT\r\n"
)
SMTP = (
    b"EHLO tablet-7.local\r\nAUTH PLAIN " + b64encode(b"\0pilot7\0hunter2") + b"\r\n"
    b"MAIL FROM:<pilot@police.example> SIZE=99\r\nRCPT TO:<chief@police.example>\r\n"
    b"DATA\r\nSubject: x\r\n\r\nMAIL FROM:<inside@mail.example>\r\n..\r\n.\r\nQUIT\r\n"
)
POP3 = b"CAPA\r\nUSER pilot7\r\nPASS hunter2 \r\nSTAT\r\nRETR 1\r\nQUIT\r\n"
IMAP = (
    b'a1 CAPABILITY\r\na2 LOGIN "pil\\"ot" "hunter2"\r\na3 SELECT INBOX\r\n'
    b"a4 APPEND Sent {29}\r\na5 LOGIN inside hunter2 abcd\r\n\r\na6 LOGOUT\r\n"
)
TALKS = {"ftp": FTP, "smtp": SMTP, "pop3": POP3, "imap": IMAP}


def told(data: bytes, protocol: str) -> list[tuple[str, str]]:
    return [(thing.name, thing.value) for thing in read_commands(data, protocol)]


@pytest.mark.parametrize(
    ("greeting", "port", "protocol"),
    [
        (b"220 (vsFTPd 3.0.5)\r\n", 21, "ftp"),
        (b"220 ready\r\n", 21, "ftp"),
        (b"220-Welcome\r\n220 x\r\n", 2121, "ftp"),
        (b"220 drone FTP server\r\n", 8021, "ftp"),
        (b"220 mail.example ESMTP Postfix\r\n", 25, "smtp"),
        (b"220 mail.example\r\n", 587, "smtp"),
        (b"220 ftp.example ESMTP\r\n", 9025, "smtp"),
        (b"220 hello\r\n", 9025, None),
        (b"2200 x", 25, None),
        (b"+OK ready\r\n", 110, "pop3"),
        (b"+OK POP3 server\r\n", 9110, "pop3"),
        (b"+OK <1896.697170952@dbc.example>\r\n", 9110, "pop3"),
        (b"+OK\r\n", 6379, None),
        (b"+OKAY\r\n", 110, None),
        (b"* OK ready\r\n", 143, "imap"),
        (b"* OK [CAPABILITY IMAP4rev1]\r\n", 9143, "imap"),
        (b"* PREAUTH IMAP4\r\n", 9143, "imap"),
        (b"* OK ready\r\n", 9143, None),
        (b"HTTP/1.1 200 OK\r\n", 25, None),
        (b"", 21, None),
    ],
)
def test_a_greeting_tells_the_protocol(greeting: bytes, port: int, protocol: str | None) -> None:
    assert protocol_of_greeting(greeting, port) == protocol
    assert protocol_of_greeting(bytearray(greeting), port) == protocol


@pytest.mark.parametrize(
    ("command", "port", "protocol"),
    [
        (b"EHLO a.example\r\n", 9025, "smtp"),
        (b"helo a\r\n", 25, "smtp"),
        (b"EHLO \r\n", 25, None),
        (b"USER a\r\n", 21, "ftp"),
        (b"USER a\r\n", 110, "pop3"),
        (b"USER a\r\n", 6667, None),
        (b"AUTH TLS\r\n", 990, "ftp"),
        (b"AUTH\r\n", 110, "pop3"),
        (b"FEAT\r\n", 21, "ftp"),
        (b"FEAT\r\n", 9021, None),
        (b"CAPA\r\n", 9110, "pop3"),
        (b"APOP a c4c9334bac560ecc979e58001b3e22fb\r\n", 9110, "pop3"),
        (b"a001 CAPABILITY\r\n", 9143, "imap"),
        (b"1 LOGIN x y\r\n", 143, "imap"),
        (b"GET / HTTP/1.1\r\n", 143, None),
        (b"\x16\x03\x01\0\0", 25, None),
        (b"", 25, None),
    ],
)
def test_a_command_tells_the_protocol(command: bytes, port: int, protocol: str | None) -> None:
    assert protocol_of_command(command, port) == protocol


def test_who_loads_which_files() -> None:
    assert [(said.name, said.value, said.category) for said in read_commands(FTP, "ftp")] == [
        ("user_name", "pilot7", PERSON),
        ("password", "", SECRET),
        ("stored_file", "logs/flight 12.bin", None),
        ("retrieved_file", "update.img", None),
    ]


def test_nobody_is_no_person() -> None:
    said = read_commands(b"USER anonymous\r\nPASS x@\r\n", "ftp")
    assert [(thing.name, thing.category) for thing in said] == [
        ("user_name", None), ("password", None)
    ]  # fmt: skip
    said = read_commands(b"USER anonymous\r\nUSER a\r\nPASS x\r\n", "ftp")
    assert [thing.category for thing in said] == [None, PERSON, SECRET]


def test_who_writes_to_whom() -> None:
    assert [(said.name, said.value, said.category) for said in read_commands(SMTP, "smtp")] == [
        ("client_name", "tablet-7.local", None),
        ("mechanism", "PLAIN", None),
        ("user_name", "pilot7", PERSON),
        ("password", "", SECRET),
        ("mail_sender", "pilot@police.example", PERSON),
        ("mail_recipient", "chief@police.example", PERSON),
    ]


def test_who_reads_mail() -> None:
    assert told(POP3, "pop3") == [("user_name", "pilot7"), ("password", "")]
    assert told(b"APOP pilot7 c4c9334bac\r\n", "pop3") == [("user_name", "pilot7")]
    assert told(IMAP, "imap") == [("user_name", 'pil\\"ot'), ("password", "")]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_places_are_those_of_the_bytes_and_passwords_are_not_kept(protocol: str) -> None:
    data = TALKS[protocol]
    for thing in read_commands(data, protocol):
        raw = data[thing.start : thing.start + thing.length]
        assert "hunter2" not in thing.value
        if protocol != "smtp" or thing.name.startswith("mail"):
            assert raw.decode() == (
                thing.value or ("hunter2 " if protocol == "pop3" else "hunter2")
            )


@pytest.mark.parametrize(
    ("line", "protocol", "value"),
    [
        (b"AUTH TLS\r\n", "ftp", "TLS"),
        (b"STARTTLS\r\n", "smtp", ""),
        (b"STLS\r\n", "pop3", ""),
        (b"a1 STARTTLS\r\n", "imap", ""),
    ],
)
def test_that_tls_is_asked_for_is_told_and_ends_the_reading(
    line: bytes, protocol: str, value: str
) -> None:
    hello = b"\x16\x03\x01\0\1\n" + TALKS[protocol]
    assert told(line + hello, protocol) == [("tls_asked", value)]
    (said,) = read_commands(line, protocol)
    assert said.start + said.length == len(line) - 2


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [b"AUTH PLAIN", b64encode(b"for\0pilot\0pw")],
            [("mechanism", "PLAIN"), ("user_name", "pilot"), ("password", "")],
        ),
        (
            [b"auth login", b64encode(b"pilot"), b64encode(b"pw"), b"RCPT TO:<a@b>"],
            [
                ("mechanism", "LOGIN"),
                ("user_name", "pilot"),
                ("password", ""),
                ("mail_recipient", "a@b"),
            ],
        ),
        (
            [b"AUTH LOGIN " + b64encode(b"pilot"), b64encode(b"pw")],
            [("mechanism", "LOGIN"), ("user_name", "pilot"), ("password", "")],
        ),
        (
            [b"AUTH CRAM-MD5", b64encode(b"pilot 00ff")],
            [("mechanism", "CRAM-MD5"), ("user_name", "pilot")],
        ),
        (
            [b"AUTH XOAUTH2 " + b64encode(b"user=a@b\1auth=Bearer pw\1\1")],
            [("mechanism", "XOAUTH2"), ("user_name", "a@b"), ("token", "")],
        ),
        (
            [b"AUTH OAUTHBEARER", b64encode(b"n,a=a@b,\1auth=Bearer pw\1\1")],
            [("mechanism", "OAUTHBEARER"), ("user_name", "a@b"), ("token", "")],
        ),
        (
            [b"AUTH LOGIN", b"*", b"MAIL FROM:<a@b>"],
            [("mechanism", "LOGIN"), ("mail_sender", "a@b")],
        ),
        ([b"AUTH PLAIN", b"?"], [("mechanism", "PLAIN")]),
        ([b"AUTH PLAIN", b64encode(b"pw")], [("mechanism", "PLAIN")]),
        ([b"AUTH NTLM x", b"MAIL FROM:<a@b>"], [("mechanism", "NTLM"), ("mail_sender", "a@b")]),
        ([b"AUTH"], []),
    ],
)
def test_names_are_read_of_what_is_answered(
    lines: list[bytes], expected: list[tuple[str, str]]
) -> None:
    data = b"\r\n".join((*lines, b""))
    assert told(data, "smtp") == expected
    tagged = data.replace(b"AUTH", b"a AUTHENTICATE", 1).replace(b"auth ", b"a authenticate ", 1)
    kept = [thing for thing in expected if not thing[0].startswith("mail_")]
    assert told(tagged, "imap") == kept


def test_mail_in_pieces_is_passed_over() -> None:
    inside = b"MAIL FROM:<inside@x>\r\n"
    data = b"BDAT %d\r\n" % len(inside) + inside + b"BDAT 0 LAST\r\nRCPT TO:<a@b>\r\n"
    assert told(data, "smtp") == [("mail_recipient", "a@b")]
    assert told(b"DATA\r\n.\r\nRCPT TO:<a@b>\r\n", "smtp") == [("mail_recipient", "a@b")]
    assert told(b"DATA\r\n" + inside, "smtp") == []


def test_a_sender_may_be_nobody() -> None:
    assert told(b"MAIL FROM:<>\r\nRCPT TO: a@b NOTIFY=NEVER\r\n", "smtp") == [
        ("mail_recipient", "a@b")
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"a LOGIN pilot pw\r\n", ["pilot", ""]),
        (b"a login {5}\r\npilot {2}\r\npw\r\n", ["pilot", ""]),
        (b"a LOGIN {5+}\r\npilot pw\r\n", ["pilot", ""]),
        (b'a LOGIN "pilot" {2+}\r\npw\r\n', ["pilot", ""]),
        (b'a LOGIN "pilot pw\r\n', []),
        (b"a LOGIN\r\n", []),
        (b"a LOGIN pilot\r\n", ["pilot"]),
        (b"a LOGIN {99}\r\npilot pw\r\n", []),
        (b"a LOGIN {x}\r\n", ["{x}"]),
    ],
)
def test_a_login_may_be_quoted_or_counted(line: bytes, expected: list[str]) -> None:
    assert [value for _, value in told(line, "imap")] == expected


def test_lines_must_be_whole_and_of_bearable_length() -> None:
    assert told(b"USER pilot", "ftp") == []
    assert told(b"USER " + b"x" * 9000 + b"\r\nUSER a\r\n", "ftp") == []
    assert told(b"USER a\nPASS b\n", "ftp") == [("user_name", "a"), ("password", "")]
    assert told(FTP, "http") == []
    assert told(b"STOR\r\nUSER \r\n", "ftp") == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_cut_or_changed_it_does_no_harm(protocol: str) -> None:
    data = TALKS[protocol]
    whole = read_commands(data, protocol)
    for cut in range(len(data)):
        said = read_commands(data[:cut], protocol)
        assert said == whole[: len(said)]
    for at in range(len(data)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(data)
            changed[at] ^= mask
            read_commands(bytes(changed), protocol)


@given(st.binary(max_size=200), st.sampled_from(PROTOCOLS), st.sampled_from((21, 25, 110, 143)))
def test_no_bytes_do_harm(noise: bytes, protocol: str, port: int) -> None:
    protocol_of_greeting(noise, port)
    protocol_of_command(noise, port)
    beginnings = (b"", b"USER ", b"AUTH PLAIN\r\n", b"BDAT ", b"a LOGIN {", b'a LOGIN "', b"MAIL ")
    for beginning in beginnings:
        data = beginning + noise + b"\r\n"
        for thing in read_commands(data, protocol):
            assert 0 <= thing.start <= thing.start + thing.length <= len(data)
            assert thing.value.isprintable()
