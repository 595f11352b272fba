"""What a TLS handshake says in clear: who is asked for, what was agreed, which certificate is shown."""

from __future__ import annotations

from sekisho.analyzers.capture.flows.conversation import Direction
from sekisho.analyzers.capture.protocols import certificates, tls
from sekisho.analyzers.capture.protocols.tls_handshake import messages_in_clear

_EAGER = 4 << 10
_TLS_13 = 0x0304


def read_handshake(direction: Direction, *, final: bool) -> bool:
    """Read what there is of a direction's handshake; whether nothing more of it is waited for."""
    conversation, data, at = direction.conversation, direction.text.data, direction.tls_at
    client, server = tls.read_client_hello(data, at), tls.read_server_hello(data, at)
    if client is not None and conversation.client_hello is None:
        conversation.client_hello = client
        if client.server_name is not None:
            places = direction.text.places(client.name_at, len(client.server_name))
            conversation.add_host(client.server_name, places[0])
    if server is not None and conversation.server_hello is None:
        conversation.server_hello = server
    waiting = client is None and server is None and tls.is_handshake(data, at)
    if server is not None and server.number < _TLS_13:
        waiting = not _read_certificate(direction)
    if waiting and not final and len(data) - at < tls.MAX_HELLO:
        direction.retry_at = 0 if len(data) < _EAGER else len(data) * 5 // 4
        return False
    conversation.encrypted_seen |= tls.has_encrypted_record(data, at)
    return True


def _read_certificate(direction: Direction) -> bool:
    """Read the server's certificate (TLS 1.2 and before); whether it is there, or will not come."""
    conversation, data, at = direction.conversation, direction.text.data, direction.tls_at
    if conversation.certificate is not None:
        return True
    if tls.shows_certificate(data, at):
        shown = certificates.read_certificates(messages_in_clear(data, at), tls13=False)
        conversation.certificate = certificates.describe(shown[0]) if shown else None
        return True
    return not tls.is_only_handshake(data, at)
