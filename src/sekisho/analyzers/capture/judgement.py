"""What a conversation amounts to: its recipient, protocol, protection, and what moved in it."""

from __future__ import annotations

import ipaddress

from sekisho.analyzers.capture import recognise
from sekisho.analyzers.capture.assembly import Place
from sekisho.analyzers.capture.conversation import Conversation
from sekisho.analyzers.capture.packets import TCP, UDP
from sekisho.analyzers.capture.tls import MAX_NAME
from sekisho.model.flow import DataCategory, NameSource, Protection

_TRANSPORTS = {TCP: "tcp", UDP: "udp"}
_MEDIA = frozenset((DataCategory.IMAGERY, DataCategory.UPDATE))


def protection_of(conversation: Conversation) -> Protection:
    """How the conversation was protected; the weakest part of it counts.

    Where no payload moved there was nothing to protect, and nothing unread: `clear`.
    """
    if not conversation.forth.payload + conversation.back.payload:
        return Protection.CLEAR
    if conversation.matches or conversation.carried:
        return Protection.CLEAR
    name = conversation.name
    if name == "tls":
        return _protection_of_tls(conversation)
    if name in recognise.PROTECTED_PROTOCOLS:
        return Protection.PROTECTED
    if name is not None:
        return Protection.CLEAR
    forth, back = conversation.forth, conversation.back
    seen = forth.text.seen or back.text.seen
    readable = seen and not (forth.unreadable or back.unreadable)
    return Protection.CLEAR if readable else Protection.OPAQUE


def _protection_of_tls(conversation: Conversation) -> Protection:
    server = conversation.server_hello
    if server is not None and not server.encrypts:
        return Protection.CLEAR
    shaken = server is not None or conversation.encrypted_seen
    handshake = conversation.client_hello is not None and shaken
    return Protection.PROTECTED if handshake else Protection.OPAQUE


def categories_of(conversation: Conversation, protection: Protection) -> frozenset[DataCategory]:
    """What moved, as far as it was recognised; `unknown` where payload could not be accounted for."""
    if not conversation.forth.payload + conversation.back.payload:
        return frozenset()
    found = set(conversation.categories)
    own = recognise.category_of(conversation.name or "")
    if own is not None:
        found.add(own)
    if protection is not Protection.CLEAR or _has_unexplained(conversation, found):
        found.add(DataCategory.UNKNOWN)
    return frozenset(found)


def _has_unexplained(conversation: Conversation, found: set[DataCategory]) -> bool:
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
                learnt = NameSource.TLS_SNI if name == asked else NameSource.HTTP_HOST
                return name.rstrip("."), learnt, place
    name_by_dns = conversation.name_by_dns
    return name_by_dns, NameSource.DNS_ANSWER if name_by_dns else NameSource.NONE, None
