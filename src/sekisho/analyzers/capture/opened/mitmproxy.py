"""Dump files of mitmproxy: one typed netstring for each flow, with what each end said.

References: the flow formats 7 to 21 (mitmproxy 4 to 12), as `mitmproxy.io.compat` tells them apart.
What changed between them and matters here: `address` of the client and `ip_address` of the server
became `peername`, `tls_established` became `tls`, `via2` became `via`; up to format 11 the messages
of a WebSocket were a flow of their own. Names and hosts are text or bytes.

A TLS connection that the client broke off stands in a dump only where an add-on saved it, with an
`error` of the flow or of the client's connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from sekisho.analyzers.capture.opened import tnetstring
from sekisho.analyzers.capture.opened.exchanges import (
    ORIGIN,
    Body,
    Exchange,
    Handshake,
    Lookup,
    Place,
    SetAside,
    Side,
    Text,
    Writing,
    Written,
    address_of,
    host_of,
    is_refusal,
    recipient_of,
    request_of,
)
from sekisho.analyzers.capture.opened.tnetstring import Element, Netstrings
from sekisho.analyzers.capture.protocols import http
from sekisho.analyzers.capture.protocols.recognise import is_text
from sekisho.errors import EvidenceError
from sekisho.intake.plain_text import plain_text
from sekisho.model.flow import Protection, Recipient
from sekisho.model.units import UtcInstant, utc_instant

MAX_CODINGS = 4
MAX_UNPACKED = 512 << 20
"""Bytes that all compressed bodies of a file may come to; further ones are not unpacked."""

MAX_QUESTIONS = 64
_TLS_FLAGS = (b"tls", b"tls_established", b"ssl_established")
_TYPE_NAMES = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV",
    64: "SVCB", 65: "HTTPS",
}  # fmt: skip
_ADDRESS_BYTES = {1: 4, 28: 16}
_DNS_HEADER, _DNS_QUESTION, _DNS_ANSWER = 12, 6, 12
_STREAMS = frozenset((b"tcp", b"udp", b"websocket"))
_MAX_PORT = 65535


class DumpReader:
    """Reads the flows of one dump, in their order."""

    def __init__(self, data: bytes) -> None:
        """Look at the first flow.

        Raises:
            EvidenceError: SEK-E237 when none stands at the beginning.
        """
        self.aside = SetAside()
        self._data = data
        self._unpacker = _Unpacker()
        first = tnetstring.members(data, tnetstring.element_at(data, 0, len(data)))
        if first is None or b"version" not in first:
            raise EvidenceError(
                "SEK-E237",
                "This file cannot be read as a dump of mitmproxy.",
                why="no whole flow stands at its beginning",
                next_step="Ask for the dump again, as mitmproxy saved it.",
            )

    def exchanges(self) -> Iterator[Exchange]:
        """Each flow that could be read."""
        at = 0
        while at < len(self._data):
            element = tnetstring.element_at(self._data, at, len(self._data))
            if element is None:
                self.aside.broken = Place(at, 0)
                return
            place = Place(at, element.end + 1 - at)
            at = element.end + 1
            self.aside.entries += 1
            exchange = self._exchange(element, place)
            if exchange is not None:
                yield exchange

    def _exchange(self, element: Element, place: Place) -> Exchange | None:
        """The exchange of a flow; without one, `aside` says why."""
        read = _Flow(self._data, element, place, self._unpacker)
        refused_by = read.refused_by()
        if refused_by is not None:
            self.aside.refuse(refused_by, place)
        exchange = read.exchange()
        if (exchange is None and refused_by is None) or read.is_broken:
            self.aside.miss(place)
        if exchange is None or (refused_by is not None and not _moved(exchange)):
            return None
        return exchange


def _moved(exchange: Exchange) -> bool:
    """Whether anything was said in it besides the wish for a tunnel."""
    return not exchange.is_tunnel and bool(exchange.sent.size or exchange.received.size)


class _Unpacker:
    """Unpacks bodies, all of them together up to `MAX_UNPACKED` bytes."""

    def __init__(self) -> None:
        self._left = MAX_UNPACKED

    def unpacked(self, data: bytes, encoding: str) -> tuple[bytes, bool]:
        """The body without its codings, and whether that is all of it; else as far as they went."""
        codings = [word.strip().lower() for word in encoding.split(",", MAX_CODINGS)]
        plain, is_whole = data, True
        for coding in reversed([word for word in codings if word not in ("", "identity")]):
            unpacked = http.decoded_body(plain, coding) if self._left > 0 else None
            if unpacked is None:
                return plain, False
            self._left -= len(unpacked)
            plain, is_whole = unpacked, is_whole and len(unpacked) < http.MAX_DECODED
        return plain, is_whole


class _Flow:
    """One flow: its parts by name."""

    def __init__(self, data: bytes, element: Element, place: Place, unpacker: _Unpacker) -> None:
        self._unpacker = unpacker
        self._read = read = Netstrings(data)
        self._data = data
        self._place = place
        self._parts = read.members(element)
        self._client = read.members(self._parts.get(b"client_conn"))
        self._server = read.members(self._parts.get(b"server_conn"))
        self._request = read.members(self._parts.get(b"request"))
        self._response = read.members(self._parts.get(b"response"))
        self._times: list[UtcInstant] = []

    @property
    def is_broken(self) -> bool:
        """Whether some part could not be read."""
        return self._read.is_broken

    def refused_by(self) -> str | None:
        """The host towards which the client broke TLS off, if this flow says that."""
        error = self._read.members(self._parts.get(b"error")).get(b"msg")
        broken_off = self._read.plain(self._client.get(b"error"))
        if not broken_off and not is_refusal(self._read.plain(error)):
            return None
        asked = self._read.text(self._client.get(b"sni"))
        named = asked or self._read.text(self._request.get(b"host"))
        return named or self._end_point(self._server.get(b"address"))[0]

    def exchange(self) -> Exchange | None:
        """The exchange; `None` when its parts are not as they should be."""
        kind = self._read.plain(self._parts.get(b"type"))
        if kind in _STREAMS:
            return self._stream(kind)
        if kind == b"dns" and b"questions" in self._request:
            return self._lookup()
        return self._web() if kind == b"http" else None

    def _web(self) -> Exchange | None:
        """A request and its answer, with the messages of the WebSocket they opened."""
        read, request = self._read, self._request
        method, path = read.plain(request.get(b"method")), request.get(b"path")
        host, port = read.text(request.get(b"host")), read.integer(request.get(b"port"))
        if not method or not host or b"headers" not in request or not 0 < port <= _MAX_PORT:
            return None
        fields, answered = self._fields(request), self._fields(self._response)
        asked = (read.text(request.get(b"authority")), self._field(fields, b"host"))
        recipient, hosts = self._recipient((host, *asked), port)
        frames = self._messages(read.members(self._parts.get(b"websocket")))
        head = Text().add(method[:20] + b" ")
        if path is not None:
            self._put(head, path)
        head.add(b" HTTP/1.1\r\n")
        sent = self._side(head, request, fields, frames[0])
        received = self._side(Text(), self._response, answered, frames[1])
        is_tunnel = method.upper() == b"CONNECT"
        is_clear = read.plain(request.get(b"scheme")) != b"https"
        protection = Protection.CLEAR if is_clear else Protection.PROTECTED
        exchange = self._whole(recipient, hosts, "http" if is_clear else "https", protection)
        listed = None if is_tunnel else request_of(method, recipient.host, read.plain(path))
        return exchange._replace(sent=sent, received=received, request=listed, is_tunnel=is_tunnel)

    def _stream(self, kind: bytes) -> Exchange | None:
        """A connection of which only the messages are known: TCP, UDP, or a WebSocket's."""
        named, port = self._end_point(self._server.get(b"address"))
        recipient, hosts = self._recipient((named,), port)
        if not recipient.host and not recipient.address:
            return None
        said = self._messages(self._parts)
        if kind != b"websocket":
            said = (_joined(said[0]), _joined(said[1]))
        sides = [Body(Text()).side(Text(), texts, "", 0, 0) for texts in said]
        is_tls = any(tnetstring.is_true(self._data, self._server.get(flag)) for flag in _TLS_FLAGS)
        protection = Protection.PROTECTED if is_tls else _protection_in_clear(sides)
        protocol = self._protocol(kind, port or 0, is_tls=is_tls)
        exchange = self._whole(recipient, hosts, protocol, protection)
        return exchange._replace(sent=sides[0], received=sides[1])

    def _protocol(self, kind: bytes, port: int, *, is_tls: bool) -> str:
        if kind == b"websocket":
            return "https" if is_tls else "http"
        if not is_tls:
            return f"{kind.decode()}/{port}"
        is_quic = self._read.plain(self._server.get(b"tls_version")).startswith(b"QUIC")
        by_udp = "quic" if is_quic else "dtls"
        return "tls" if kind == b"tcp" else by_udp

    def _lookup(self) -> Exchange:
        """A question to a resolver, and its answer; sizes as in a message without compression."""
        read = self._read
        named, port = self._end_point(self._server.get(b"address"))
        recipient, hosts = self._recipient((named,), port)
        questions = read.items(self._request.get(b"questions"))[:MAX_QUESTIONS]
        answers = [read.members(one) for one in read.items(self._response.get(b"answers"))]
        lookups = tuple(self._asked(one, answers[:MAX_QUESTIONS]) for one in questions)
        asked = sum(_DNS_QUESTION + len(lookup.name) for lookup in lookups)
        told = sum(_DNS_ANSWER + len(read.plain(one.get(b"data"))) for one in answers)
        self._note_times(self._request.get(b"timestamp"), self._response.get(b"timestamp"))
        return self._whole(recipient, hosts, "dns", Protection.CLEAR)._replace(
            sent=Side(head=Text(), size=_DNS_HEADER + asked),
            received=Side(head=Text(), size=_DNS_HEADER + told if self._response else 0),
            lookups=lookups,
        )

    def _asked(self, question: Element, answers: list[dict[bytes, Element]]) -> Lookup:
        parts = self._read.members(question)
        name, kind = parts.get(b"name", question), self._read.integer(parts.get(b"type"))
        size = _ADDRESS_BYTES.get(kind, -1)
        alike = (one for one in answers if self._read.integer(one.get(b"type")) == kind)
        found = (self._read.plain(one.get(b"data")) for one in alike)
        return Lookup(
            name=plain_text(self._read.text(name)).rstrip(".").lower(),
            kind=_TYPE_NAMES.get(kind, f"TYPE{kind}"),
            addresses=tuple(str(ip_address(data)) for data in found if len(data) == size),
            place=Place(name.start, name.end - name.start),
        )

    def _end_point(self, element: Element | None) -> tuple[str, int | None]:
        """The host and the port of an address."""
        parts = self._read.items(element)[:2]
        port = self._read.integer(parts[1]) if len(parts) > 1 else 0
        host = self._read.text(parts[0]) if parts else ""
        return host, (port if 0 < port <= _MAX_PORT else None)

    def _fields(self, message: dict[bytes, Element]) -> list[tuple[Element, Element]]:
        """The header fields, and the trailers, of a request or an answer."""
        trailers = self._read.pairs(message.get(b"trailers"))
        return self._read.pairs(message.get(b"headers")) + trailers

    def _field(self, fields: list[tuple[Element, Element]], name: bytes) -> str:
        """The last field of a name."""
        read = self._read
        values = (said for named, said in reversed(fields) if read.plain(named).lower() == name)
        return read.text(next(values, None))

    def _recipient(
        self, named: tuple[str, ...], port: int | None
    ) -> tuple[Recipient, tuple[str, ...]]:
        """The far end and all its names; the one that TLS asked for comes first.

        Behind another proxy the address is that proxy's, and tells nothing of the recipient.
        """
        asked = host_of(self._read.text(self._client.get(b"sni")))
        hosts = tuple(dict.fromkeys(h for name in (asked, *named) if name and (h := host_of(name))))
        via = self._server.get(b"via2", self._server.get(b"via"))
        peer = self._server.get(b"peername", self._server.get(b"ip_address"))
        is_direct = tnetstring.is_nothing(via)
        address = address_of(self._end_point(peer)[0]) if is_direct else None
        stated = next(filter(None, map(address_of, named)), None)
        return recipient_of(hosts, address or stated, port, asked=asked), hosts

    def _messages(self, holder: dict[bytes, Element]) -> tuple[list[Text], list[Text]]:
        """The messages that the client sent, and received, as texts in their order.

        One is a list: perhaps a kind, whether it is from the client, its content, its time.
        """
        sides: tuple[list[Text], list[Text]] = ([], [])
        for message in self._read.items(holder.get(b"messages")):
            parts = self._read.items(message)
            flag = next((one for one in parts if one.kind == tnetstring.FLAG), None)
            contents = (one for one in parts if one.kind in (tnetstring.BYTES, tnetstring.TEXT))
            content = next(contents, None)
            if content is None:
                continue
            by_client = tnetstring.is_true(self._data, flag)
            sides[0 if by_client else 1].append(self._put(Text(), content))
            self._note_times(*parts[2:4])
        return sides

    def _side(
        self,
        head: Text,
        message: dict[bytes, Element],
        fields: list[tuple[Element, Element]],
        frames: list[Text],
    ) -> Side:
        """What an end said, its body unpacked."""
        for name, said in fields:
            self._put(self._put(head, name).add(b": "), said).add(b"\r\n")
        self._note_times(message.get(b"timestamp_start"), message.get(b"timestamp_end"))
        content = message.get(b"content")
        body = self._body(content, self._field(fields, b"content-encoding"))
        length = self._field(fields, b"content-length")
        declared = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0
        if content is not None and content.kind != tnetstring.NOTHING:
            declared = content.end - content.start
        elif "chunked" in self._field(fields, b"transfer-encoding").lower():
            declared = max(declared, 1)
        return body.side(head, frames, self._field(fields, b"content-type"), declared, head.size)

    def _body(self, content: Element | None, encoding: str) -> Body:
        """A body as it went over the wire, without the compression it had there."""
        data = self._read.plain(content)
        if content is None or not data:
            return Body(Text())
        written = Written(content.start, len(data))
        plain, is_whole = self._unpacker.unpacked(data, encoding)
        if plain is not data:
            written = written._replace(writing=Writing.PACKED)
        return Body(Text().add(plain, written), is_unread=not is_whole)

    def _put(self, text: Text, element: Element) -> Text:
        size = element.end - element.start
        return text.add(self._read.plain(element), Written(element.start, size))

    def _note_times(self, *elements: Element | None) -> None:
        for element in elements:
            seconds = tnetstring.number(self._data, element)
            try:
                if seconds:
                    self._times.append(utc_instant(seconds))
            except ValueError:
                continue

    def _whole(
        self, recipient: Recipient, hosts: tuple[str, ...], protocol: str, protection: Protection
    ) -> Exchange:
        """The exchange, with all but what the ends said."""
        client = self._client.get(b"peername", self._client.get(b"address"))
        return Exchange(
            place=self._place,
            origin=address_of(self._end_point(client)[0]) or ORIGIN,
            recipient=recipient,
            hosts=hosts,
            protocol=protocol,
            protection=protection,
            sent=Side(head=Text()),
            received=Side(head=Text()),
            first=min(self._times, default=None),
            last=max(self._times, default=None),
            connection=self._read.plain(self._server.get(b"id"))[:64],
            handshake=self._handshake(),
        )

    def _handshake(self) -> Handshake | None:
        """How the client spoke TLS to the proxy."""
        version = self._read.text(self._client.get(b"tls_version")).replace("TLSv", "TLS ")
        if not version:
            return None
        offers = map(self._read.text, self._read.items(self._client.get(b"alpn_offers"))[:16])
        host = host_of(self._read.text(self._client.get(b"sni"))) or ""
        shown = "TLS 1.0" if version == "TLS 1" else plain_text(version)[:16]
        return Handshake(shown, host, plain_text(" ".join(offers)))


def _joined(texts: list[Text]) -> list[Text]:
    """Messages of a stream as one text: a value may go on from one to the next."""
    whole = Text()
    for text in texts:
        whole.join(text)
    return [whole]


def _protection_in_clear(sides: list[Side]) -> Protection:
    """Of what was sent without TLS: in clear if it can be read."""
    data = [text.data for side in sides for text in side.bodies]
    return Protection.CLEAR if all(map(is_text, data)) else Protection.OPAQUE
