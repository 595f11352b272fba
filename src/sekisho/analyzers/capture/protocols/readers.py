"""The readers of protocols that speak in clear: each says what stands in its bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from sekisho.analyzers.capture.protocols import (
    duml,
    http2,
    mail,
    mavlink,
    mqtt,
    rtp,
    rtsp,
    sip,
    stun,
)
from sekisho.analyzers.capture.protocols.said import Said

Reader: TypeAlias = Callable[[bytes], list[Said]]

STREAM_READERS: dict[str, Reader] = {
    "mqtt": mqtt.read_mqtt,
    "rtsp": rtsp.read_rtsp,
    "sip": sip.read_sip,
    "http2": http2.read_http2,
    "mavlink": mavlink.read_mavlink,
    **{
        name: partial(mail.read_commands, protocol=name) for name in ("ftp", "smtp", "pop3", "imap")
    },
}
"""For windows of a TCP stream, in order."""

DATAGRAM_READERS: dict[str, Reader] = {
    "duml": duml.read_duml,
    "mavlink": mavlink.read_mavlink,
    "rtcp": rtp.read_rtcp,
    "sip": sip.read_sip,
    "stun": stun.read_stun,
    "turn": stun.read_stun,
}
"""For single datagrams."""

MOST_DATAGRAMS = {"stun": 4, "turn": 4}
"""How many datagrams of a direction are read; of other protocols `MOST_OF_OTHERS`."""

MOST_OF_OTHERS = 1_000
