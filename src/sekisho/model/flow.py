"""Movements of data: what, from where, to whom, protected how, when, how much."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from sekisho.model.units import Bytes, UtcInstant


class DataCategory(StrEnum):
    """What kind of data moves."""

    POSITION = "position"
    IMAGERY = "imagery"
    FLIGHT_RECORD = "flight_record"
    DEVICE_IDENTIFIER = "device_identifier"
    PERSON_IDENTIFIER = "person_identifier"
    CREDENTIAL = "credential"
    NAME_LOOKUP = "name_lookup"
    TIME = "time"
    UPDATE = "update"
    UNKNOWN = "unknown"


class Protection(StrEnum):
    """How the data is protected on the way: against third parties, never against the recipient.

    `protected` only by a recognised protocol; `opaque` is what could not be read and not named.
    """

    PROTECTED = "protected"
    CLEAR = "clear"
    OPAQUE = "opaque"


class Modality(StrEnum):
    """Whether the movement was observed, or is one that the code could make."""

    OBSERVED = "observed"
    POSSIBLE = "possible"


class NameSource(StrEnum):
    """How the name of a recipient was learnt."""

    TLS_SNI = "tls_sni"
    HTTP_HOST = "http_host"
    PROXY_REQUEST = "proxy_request"
    DNS_ANSWER = "dns_answer"
    CERTIFICATE = "certificate"
    CODE = "code"
    NONE = "none"


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """The far end of a flow as the evidence names it: a host name, an address, or both."""

    host: str | None = None
    host_learnt_from: NameSource = NameSource.NONE
    address: str | None = None
    port: int | None = None


class KnownValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value that only this article or its user has; where it turns up, it came from here."""

    category: DataCategory
    name: str
    value: str


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """How many bytes were sent in each step of `step_s` seconds, the first beginning at `begins`."""

    begins: UtcInstant
    step_s: int
    sent: tuple[int, ...]


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """How much moved: to the recipient (`sent`) and from it (`received`), on the wire."""

    sent: Bytes = Bytes(0)
    received: Bytes = Bytes(0)
    packets: int = 0
