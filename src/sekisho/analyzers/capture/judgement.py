"""What a conversation amounts to: its recipient, protocol, protection, and what moved in it."""

from __future__ import annotations

import ipaddress

from sekisho.analyzers.capture import recognise
from sekisho.analyzers.capture.assembly import Place
from sekisho.analyzers.capture.conversation import Conversation
from sekisho.analyzers.capture.packets import TCP, UDP
from sekisho.analyzers.capture.tls import MAX_NAME
from sekisho.model.flow import DataCategory, NameSource, Protection

# Looked up often, and slow to hash.
_CLEAR, _OPAQUE, _PROTECTED = Protection.CLEAR, Protection.OPAQUE, Protection.PROTECTED
_SNI, _HOST, _DNS, _NOT_LEARNT = (
    NameSource.TLS_SNI,
    NameSource.HTTP_HOST,
    NameSource.DNS_ANSWER,
    NameSource.NONE,
)
_NONE: frozenset[DataCategory] = frozenset()
_UNKNOWN = frozenset((DataCategory.UNKNOWN,))
_OWN = {name: frozenset((category,)) for name, category in recognise.CATEGORIES.items()}
_PROTECTORS = recognise.PROTECTED_PROTOCOLS
_TRANSPORTS = {TCP: "tcp", UDP: "udp"}
_MEDIA = frozenset((DataCategory.IMAGERY, DataCategory.UPDATE))


def protection_of(conversation: Conversation) -> Protection:
    """How the conversation was protected; the weakest part of it counts.

    Where no payload moved there was nothing to protect, and nothing unread: `clear`.
    """
    if not conversation.forth.payload + conversation.back.payload:
        return _CLEAR
    if conversation.opening is None and (conversation.matches or conversation.carried):
        return _CLEAR
    name = conversation.name
    if name == "tls":
        return _protection_of_tls(conversation)
    if name in _PROTECTORS:
        return _PROTECTED
    forth, back = conversation.forth, conversation.back
    if name is not None:
        sealed = name == "rtp" and (forth.unreadable or back.unreadable)
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
    """The protocol by its name, else by its transport and port."""
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
                learnt = _SNI if name == asked else _HOST
                return name.rstrip("."), learnt, place
    if conversation.name_by_dns is not None:
        return conversation.name_by_dns, _DNS, None
    shown = conversation.certificate
    if shown is not None and shown.names and not conversation.inbound:
        named = shown.names[0].removeprefix("*.")
        if _is_name(named):
            return named, NameSource.CERTIFICATE, None
    return None, _NOT_LEARNT, None
