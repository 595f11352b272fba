"""FTP, SMTP, POP3 and IMAP: who logs in, what mail and which files go where, TLS asked for or not.

References: RFC 959 and 4217 (FTP), RFC 5321, 4954, 3207 and 3030 (SMTP), RFC 1939, 5034 and 2595
(POP3), RFC 9051 (IMAP), RFC 4616 (PLAIN). What mails and files hold is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sekisho.analyzers.capture.protocols.said import (
    Said,
    credentials,
    from_base64,
    gathered,
    worded,
)
from sekisho.model.flow import DataCategory

_LONGEST_LINE = 8192
_FTP_PORTS, _SMTP_PORTS = frozenset((21, 2121)), frozenset((25, 587, 2525))
_GREETING = re.compile(rb"(220[ -]|\+OK\b|\* (?:OK|PREAUTH|BYE)\b)([^\r\n]{0,512})", re.IGNORECASE)
_FTP_WORD = re.compile(rb"FTP", re.IGNORECASE)
_SMTP_WORD = re.compile(rb"SMTP", re.IGNORECASE)
_POP_STAMP = re.compile(rb"POP3?|<[^<>\s]{3,128}>", re.IGNORECASE)
_IMAP_WORD = re.compile(rb"IMAP|\[CAPABILITY ", re.IGNORECASE)

_HELLO = re.compile(rb"(?:EHLO|HELO|LHLO) [!-~]{1,255}\r\n", re.IGNORECASE)
_FTP_FIRST = re.compile(rb"(?:USER [ -~]{1,255}|AUTH (?:TLS|SSL)|FEAT|SYST)\r\n", re.IGNORECASE)
_POP_FIRST = re.compile(
    rb"(?:CAPA|STLS|APOP [!-~]{1,128} [0-9a-f]{32}|USER [ -~]{1,255}|AUTH)\r\n", re.IGNORECASE
)
_IMAP_FIRST = re.compile(
    rb"[A-Za-z0-9.]{1,16} (?:CAPABILITY\r\n|STARTTLS\r\n|NOOP\r\n|ID [(N]|LOGIN [!-~]"
    rb"|AUTHENTICATE [A-Z])",
    re.IGNORECASE,
)

_LITERAL = re.compile(rb"\{(\d{1,9})\+?\}\Z")
_ADDRESS = re.compile(rb"(?:FROM|TO): ?<?([^<>\s]{1,320})", re.IGNORECASE)
_OAUTH_USER = re.compile(rb"(?:user=|a=)([^\x01,]{1,256})")
_TLS_RECORD = b"\x16\x03"
_PERSON, _SECRET = DataCategory.PERSON_IDENTIFIER, DataCategory.CREDENTIAL
_NOBODY = frozenset((b"anonymous", b"ftp"))
_PROTOCOLS = frozenset(("ftp", "smtp", "pop3", "imap"))

# What the argument of a command is; of some only its first word.
_COMMANDS: dict[tuple[str, bytes], tuple[str, DataCategory | None]] = {
    ("ftp", b"USER"): ("user_name", _PERSON),
    ("ftp", b"PASS"): ("password", _SECRET),
    ("ftp", b"ACCT"): ("password", _SECRET),
    ("ftp", b"STOR"): ("stored_file", None),
    ("ftp", b"STOU"): ("stored_file", None),
    ("ftp", b"APPE"): ("stored_file", None),
    ("ftp", b"RETR"): ("retrieved_file", None),
    ("ftp", b"AUTH"): ("tls_asked", None),
    ("pop3", b"USER"): ("user_name", _PERSON),
    ("pop3", b"APOP"): ("user_name", _PERSON),
    ("pop3", b"PASS"): ("password", _SECRET),
    ("pop3", b"STLS"): ("tls_asked", None),
    ("smtp", b"EHLO"): ("client_name", None),
    ("smtp", b"HELO"): ("client_name", None),
    ("smtp", b"MAIL"): ("mail_sender", _PERSON),
    ("smtp", b"RCPT"): ("mail_recipient", _PERSON),
    ("smtp", b"STARTTLS"): ("tls_asked", None),
}
_FIRST_WORD_ONLY = frozenset((b"APOP", b"EHLO", b"HELO"))
# What a client answers, line by line, to the mechanisms that show a name or a password.
_ANSWERS = {
    b"PLAIN": ("plain",),
    b"LOGIN": ("user_name", "password"),
    b"CRAM-MD5": ("challenged",),
    b"XOAUTH2": ("token",),
    b"OAUTHBEARER": ("token",),
}


def protocol_of_greeting(data: bytes | bytearray, port: int) -> str | None:
    """`ftp`, `smtp`, `pop3` or `imap` by the first bytes of a server; None for others.

    FTP and SMTP greet alike: their port decides, on other ports a word of the greeting. The
    others must say a word of theirs, or be on their port.
    """
    greeting = _GREETING.match(data)
    if greeting is None:
        return None
    code, words = greeting[1][:1], greeting[2]
    if code == b"+":
        return "pop3" if port == 110 or _POP_STAMP.search(words) else None
    if code == b"*":
        return "imap" if port == 143 or _IMAP_WORD.search(words) else None
    if port in _FTP_PORTS or port in _SMTP_PORTS:
        return "ftp" if port in _FTP_PORTS else "smtp"
    if _SMTP_WORD.search(words):
        return "smtp"
    return "ftp" if _FTP_WORD.search(words) else None


def protocol_of_command(data: bytes | bytearray, port: int) -> str | None:
    """`ftp`, `smtp`, `pop3` or `imap` by the first bytes of a client; None for others.

    A command that several protocols have counts only on the protocol's own port.
    """
    if _HELLO.match(data) is not None:
        return "smtp"
    if _IMAP_FIRST.match(data) is not None:
        return "imap"
    pop, ftp = _POP_FIRST.match(data), _FTP_FIRST.match(data)
    if pop is not None and (port == 110 or data[:4].upper() in (b"CAPA", b"STLS", b"APOP")):
        return "pop3"
    if ftp is not None and (port in _FTP_PORTS or data[:5].upper() == b"AUTH "):
        return "ftp"
    return None


def read_commands(data: bytes, protocol: str) -> list[Said]:
    """What a client says from the beginning of `ftp`, `smtp`, `pop3` or `imap`; else nothing.

    It ends where TLS begins.
    """
    return gathered(_CommandReader(data, protocol).read()) if protocol in _PROTOCOLS else []


class _CommandReader:
    """Reads the lines of a client; `_at` is how far, `_awaited` what its next lines answer."""

    def __init__(self, data: bytes, protocol: str) -> None:
        """Begin at the first line."""
        self._data = data
        self._protocol = protocol
        self._at = 0
        self._awaited: list[str] = []
        self._is_nobody = False

    def read(self) -> Iterator[Said]:
        """What the lines say, up to TLS or to what is no line."""
        while (line := self._line()) is not None:
            start, stop = line
            if self._data.startswith(_TLS_RECORD, start):
                return
            if self._awaited:
                yield from self._answer(start, stop)
            elif self._protocol == "imap":
                yield from self._tagged(start, stop)
            else:
                yield from self._command(start, stop)

    def _line(self) -> tuple[int, int] | None:
        """Where the next whole line begins and ends."""
        start = self._at
        stop = self._data.find(b"\n", start, start + _LONGEST_LINE)
        if stop < 0:
            return None
        self._at = stop + 1
        return start, stop - (stop > start and self._data[stop - 1] == 0x0D)

    def _command(self, start: int, stop: int) -> Iterator[Said]:
        word = self._data[start:stop].partition(b" ")[0]
        at, word = start + len(word), word.upper()
        while at < stop and self._data[at] == 0x20:
            at += 1
        if word == b"DATA" and self._protocol == "smtp":
            end = self._data.find(b"\r\n.\r\n", stop)
            self._at = end + 5 if end >= 0 else len(self._data)
        elif word == b"BDAT" and self._protocol == "smtp":
            size = self._data[at:stop].partition(b" ")[0]
            self._at += int(size) if size.isdigit() and len(size) < 10 else 0
        elif word == b"AUTH" and self._protocol != "ftp":
            yield from self._authenticate(at, stop)
        elif (said := _COMMANDS.get((self._protocol, word))) is not None:
            yield from self._argument(word, said[0], at, stop)

    def _argument(self, word: bytes, name: str, at: int, stop: int) -> Iterator[Said]:
        category = _COMMANDS[self._protocol, word][1]
        raw = self._data[at:stop]
        address = _ADDRESS.match(raw) if word in (b"MAIL", b"RCPT") else None
        if word in _FIRST_WORD_ONLY:
            raw = raw.partition(b" ")[0]
        elif address is not None:
            at, raw = at + address.start(1), address[1]
        elif word in (b"MAIL", b"RCPT"):
            return
        if name == "user_name":
            self._is_nobody = raw.lower() in _NOBODY
        if self._is_nobody and name in ("user_name", "password"):
            category = None
        if raw or name == "tls_asked":
            yield Said(name, "" if name == "password" else worded(raw), at, len(raw), category)

    def _authenticate(self, at: int, stop: int) -> Iterator[Said]:
        """The mechanism chosen, and the first answer where it comes with it."""
        mechanism, _, initial = self._data[at:stop].partition(b" ")
        if not mechanism:
            return
        yield Said("mechanism", worded(mechanism).upper(), at, len(mechanism), None)
        self._awaited = list(_ANSWERS.get(mechanism.upper(), ()))
        if self._awaited and initial:
            yield from self._answer(at + len(mechanism) + 1, stop)

    def _answer(self, start: int, stop: int) -> Iterator[Said]:
        """An answer in base64; `*` gives up."""
        raw, awaited = self._data[start:stop].strip(), self._awaited.pop(0)
        length, text = stop - start, from_base64(raw)
        if raw == b"*":
            self._awaited = []
        elif awaited == "plain" and text.count(b"\0") == 2:
            yield from credentials(text.split(b"\0")[1], start, length)
        elif awaited == "password" and raw:
            yield Said("password", "", start, length, _SECRET)
        elif awaited == "user_name" and text:
            yield Said("user_name", worded(text), start, length, _PERSON)
        elif awaited == "challenged" and b" " in text:
            yield Said("user_name", worded(text.rpartition(b" ")[0]), start, length, _PERSON)
        elif awaited == "token" and text:
            yield from _token(text, start, length)

    def _tagged(self, start: int, stop: int) -> Iterator[Said]:
        """A command of IMAP; what stands in literals of others than LOGIN is passed over."""
        tag, _, rest = self._data[start:stop].partition(b" ")
        word = rest.partition(b" ")[0]
        at = start + len(tag) + 1 + len(word) + 1
        match word.upper():
            case b"LOGIN":
                yield from self._login(at, stop)
                return
            case b"AUTHENTICATE":
                yield from self._authenticate(at, stop)
            case b"STARTTLS":
                yield Said("tls_asked", "", start, stop - start, None)
        literal = _LITERAL.search(rest[-16:])
        if literal is not None:
            self._at += int(literal[1])

    def _login(self, at: int, stop: int) -> Iterator[Said]:
        user = self._string(at, stop)
        if user is None:
            return
        start, end, at, stop = user
        yield Said("user_name", worded(self._data[start:end]), start, end - start, _PERSON)
        password = self._string(at + 1, stop)
        if password is not None:
            start, end = password[:2]
            yield Said("password", "", start, end - start, _SECRET)

    def _string(self, at: int, stop: int) -> tuple[int, int, int, int] | None:
        """A string: where it begins and ends, and where the line goes on and ends after it."""
        data = self._data
        literal = _LITERAL.search(data[max(at, stop - 16) : stop])
        if data.startswith(b"{", at) and literal is not None:
            start, end = self._at, self._at + int(literal[1])
            self._at = end
            rest = self._line() if end <= len(data) else None
            return (start, end, *rest) if rest is not None else None
        if at >= stop:
            return None
        if data[at] != 0x22:
            end = data.find(b" ", at, stop)
            end = stop if end < 0 else end
            return at, end, end, stop
        end = at + 1
        while end < stop and data[end] != 0x22:
            end += 2 if data[end] == 0x5C else 1
        return (at + 1, end, end + 1, stop) if end < stop else None


def _token(text: bytes, start: int, length: int) -> Iterator[Said]:
    """The user and the token of OAuth (RFC 7628)."""
    user = _OAUTH_USER.search(text[:512])
    if user is not None:
        yield Said("user_name", worded(user[1]), start, length, _PERSON)
    yield Said("token", "", start, length, _SECRET)
