"""What a conversation amounts to: its recipient, protocol, protection, and what moved in it."""

from __future__ import annotations

import ipaddress

from sekisho.analyzers.capture.flows.conversation import Conversation
from sekisho.analyzers.capture.network.assembly import Place
from sekisho.analyzers.capture.network.packets import TCP, UDP
from sekisho.analyzers.capture.protocols import recognise
from sekisho.analyzers.capture.protocols.tls import MAX_NAME
from sekisho.model.flow import DataCategory, NameSource, Protection

# Looked up often, and slow to hash.
_CLEAR, _OPAQUE, _PROTECTED = Protection.CLEAR, Protection.OPAQUE, Protection.PROTECTED
_SNI, _HOST, _PROXY, _DNS, _NOT_LEARNT = (
    NameSource.TLS_SNI,
    NameSource.HTTP_HOST,
    NameSource.PROXY_REQUEST,
    NameSource.DNS_ANSWER,
    NameSource.NONE,
)
_NONE: frozenset[DataCategory] = frozenset()
_UNKNOWN = frozenset((DataCategory.UNKNOWN,))
_OWN = {name: frozenset((category,)) for name, category in recognise.CATEGORIES.items()}
_LOOKUP = frozenset((DataCategory.NAME_LOOKUP,))
_SECURE_NAMES = frozenset(("tls", "quic"))
_RESOLVER_PORT = 853
RESOLVERS = frozenset(
    (
        "cloudflare-dns.com",
        "dns.adguard-dns.com",
        "dns.alidns.com",
        "dns.google",
        "dns.nextdns.io",
        "dns.quad9.net",
        "doh.360.cn",
        "doh.opendns.com",
        "doh.pub",
        "mozilla.cloudflare-dns.com",
        "one.one.one.one",
    )
)
"""Hosts that their operators publish as resolvers over HTTPS; a start, not complete."""

_PROTECTORS = recognise.PROTECTED_PROTOCOLS
_TRANSPORTS = {TCP: "tcp", UDP: "udp"}
_CARRIERS = frozenset(("rtp", "socks", "turn"))
"""Protocols that carry what may be sealed."""

_MEDIA = frozenset((DataCategory.IMAGERY, DataCategory.UPDATE))


def protection_of(conversation: Conversation) -> Protection:
    """How the conversation was protected; the weakest part of it counts.

    Where no payload moved there was nothing to protect, and nothing unread: `clear`.
    """
    if not conversation.forth.payload + conversation.back.payload:
        return _CLEAR
    if conversation.found_in_clear:
        return _CLEAR
    name = conversation.name
    if name == "tls":
        return _protection_of_tls(conversation)
    if name in _PROTECTORS:
        return _PROTECTED
    forth, back = conversation.forth, conversation.back
    if name is not None:
        sealed = name in _CARRIERS and (forth.unreadable or back.unreadable)
        return _OPAQUE if sealed else _CLEAR
    seen = forth.text.seen or back.text.seen
    readable = seen and not (forth.unreadable or back.unreadable)
    return _CLEAR if readable else _OPAQUE


def _protection_of_tls(conversation: Conversation) -> Protection:
    server = conversation.server_hello
    if server is not None and not server.encrypts:
        return _CLEAR
    shaken = server is not None or conversation.encrypted_seen
    handshake = conversation.client_hello is not None and shaken
    return _PROTECTED if handshake else _OPAQUE


def categories_of(conversation: Conversation, protection: Protection) -> frozenset[DataCategory]:
    """What moved, as far as it was recognised; `unknown` where payload could not be accounted for."""
    if not conversation.forth.payload + conversation.back.payload:
        return _NONE
    found = conversation.categories
    opening = conversation.opening
    if opening is not None and opening.is_whole:
        return found | categories_of(opening.inside, _CLEAR)
    own = _OWN.get(conversation.name or "")
    if conversation.name in _SECURE_NAMES and _asks_for_names(conversation):
        own = _LOOKUP
    if own is not None:
        found = found | own if found else own
    if protection is not _CLEAR or _has_unexplained(conversation, found):
        found = found | _UNKNOWN if found else _UNKNOWN
    return found


def _has_unexplained(conversation: Conversation, found: frozenset[DataCategory]) -> bool:
    """Whether something was sent in clear of which nothing says what it is."""
    sent = conversation.sent
    if not sent.payload:
        return False
    if sent.cut or (sent.assembler is not None and sent.assembler.gaps):
        return True
    if recognise.is_understood(conversation.name or ""):
        return False
    if sent.unreadable and not found & _MEDIA:
        return True
    return not found and (sent.has_body or conversation.name != "http")


def protocol_of(conversation: Conversation) -> str:
    """The protocol by its name, else by its transport and port; name look-ups that hide are told."""
    if conversation.name in _SECURE_NAMES and _asks_for_names(conversation):
        return _secure_names(conversation)
    if conversation.name is not None:
        return conversation.name
    transport = _TRANSPORTS.get(conversation.protocol)
    if transport is None:
        return f"ip/{conversation.protocol}"
    return f"{transport}/{conversation.responder[1]}"


def _is_name(host: str) -> bool:
    if host[-1:].isdigit() or host[-1:] == "]" or ":" in host:
        try:
            ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return len(host) <= MAX_NAME
        return False
    return 0 < len(host) <= MAX_NAME


def name_of(conversation: Conversation) -> tuple[str | None, NameSource, Place | None]:
    """The name of the far end, how it was learnt, and where it stands.

    What a far client asks of a local server names that server, so it is not used for the client.
    """
    if conversation.hosts and not conversation.inbound:
        hello = conversation.client_hello
        asked = hello.server_name if hello is not None else None
        for name, place in conversation.hosts.items():
            if _is_name(name):
                learnt = _PROXY if name == conversation.proxied else _HOST
                learnt = _SNI if name == asked else learnt
                return name.rstrip("."), learnt, place
    if conversation.name_by_dns is not None:
        return conversation.name_by_dns, _DNS, None
    shown = conversation.certificate
    if shown is not None and shown.names and not conversation.inbound:
        named = shown.names[0].removeprefix("*.")
        if _is_name(named):
            return named, NameSource.CERTIFICATE, None
    return None, _NOT_LEARNT, None


def _asks_for_names(conversation: Conversation) -> bool:
    """Whether TLS or QUIC goes to a resolver: by its port, its application protocol or its name."""
    hello = conversation.client_hello
    offered = hello.application_protocols if hello is not None else ()
    if conversation.responder[1] == _RESOLVER_PORT or "dot" in offered or "doq" in offered:
        return True
    return hello is not None and hello.server_name in RESOLVERS


def _secure_names(conversation: Conversation) -> str:
    """DNS over TLS (RFC 7858), over QUIC (RFC 9250), or over HTTPS (RFC 8484)."""
    hello = conversation.client_hello
    if conversation.responder[1] != _RESOLVER_PORT and hello is not None:
        offered = hello.application_protocols
        if "dot" not in offered and "doq" not in offered:
            return "doh"
    return "doq" if conversation.name == "quic" else "dot"
