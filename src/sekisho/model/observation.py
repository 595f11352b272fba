"""What analyzers saw, each with the place it was seen at and who saw it."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import TypeAlias

import msgspec

from sekisho.model.evidence import Phase
from sekisho.model.flow import (
    DataCategory,
    Modality,
    Protection,
    Recipient,
    Timeline,
    Volume,
)
from sekisho.model.locus import Locus
from sekisho.model.units import AnalyzerId, CountryCode, ObservationId, UtcInstant


class PartKind(StrEnum):
    """What a part of the article is for; the words that rules about named components use."""

    FLIGHT_CONTROLLER = "flight_controller"
    RADIO = "radio"
    DATA_TRANSMISSION_DEVICE = "data_transmission_device"
    CAMERA = "camera"
    GIMBAL = "gimbal"
    GROUND_CONTROL_SYSTEM = "ground_control_system"
    OPERATING_SOFTWARE = "operating_software"
    COMPANION_COMPUTER = "companion_computer"
    POSITIONING = "positioning"
    STORAGE = "storage"
    MOTOR = "motor"
    SPEED_CONTROLLER = "speed_controller"
    BATTERY = "battery"
    AIRFRAME = "airframe"
    SENSOR = "sensor"
    SOFTWARE = "software"
    OTHER = "other"


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was seen, by which analyzer."""

    loci: tuple[Locus, ...]
    analyzer: AnalyzerId


class Component(_Seen, frozen=True, kw_only=True, tag="component"):
    """A part of the article, hardware or software.

    `made_in` is where it was manufactured or developed; `maker_domicile` where its maker is
    domiciled. Both stay `None` when the evidence does not say.
    """

    ref: str
    name: str
    kind: PartKind | None = None
    version: str | None = None
    maker: str | None = None
    made_in: CountryCode | None = None
    maker_domicile: CountryCode | None = None
    identifiers: dict[str, str] = {}


class PartsListing(_Seen, frozen=True, kw_only=True, tag="parts_listing"):
    """That a document lists parts, how many, and whether it says of itself that it is complete.

    `scope` is `article` for the list of the whole article, else what the list is about.
    """

    scope: str
    parts: int
    says_complete: bool | None = None


class Party(_Seen, frozen=True, kw_only=True, tag="party"):
    """A person or organisation named in the evidence, in its role there."""

    name: str
    role: str
    country: CountryCode | None = None
    identifiers: dict[str, str] = {}


class Ownership(_Seen, frozen=True, kw_only=True, tag="ownership"):
    """That a party owned a share (0 to 1, `None` when unknown) of another between two dates."""

    owner: str
    owned: str
    share: float | None = None
    owner_country: CountryCode | None = None
    owned_country: CountryCode | None = None
    since: date | None = None
    until: date | None = None
    source: str = ""


class Flow(_Seen, frozen=True, kw_only=True, tag="flow"):
    """One movement of data to a recipient.

    `categories` are those recognised; an unreadable stream carries `unknown`. `carried` names
    the known values found in it; `app` is the program it is of, in the words of the capturing tool. For a possible flow (`modality`), volumes are zero, and `way` leads
    from an entry point of the code to the method that names the recipient, where one was found. It may have
    moved over several `connections`. A `timeline` is there for those that sent most.
    """

    origin: str
    app: str | None = None
    recipient: Recipient
    modality: Modality
    protocol: str
    protection: Protection
    categories: tuple[DataCategory, ...] = ()
    carried: tuple[str, ...] = ()
    phase: Phase | None = None
    connections: int = 1
    volume: Volume = Volume()
    first_seen: UtcInstant | None = None
    last_seen: UtcInstant | None = None
    timeline: Timeline | None = None
    way: tuple[str, ...] = ()


class Behaviour(_Seen, frozen=True, kw_only=True, tag="behaviour"):
    """Something the software does or is built to do, e.g. `packed_code`, `self_update`."""

    name: str
    details: dict[str, str] = {}


class Property(_Seen, frozen=True, kw_only=True, tag="property"):
    """A plain trait of the evidence, e.g. `permission`, `signer_sha256`, `package`."""

    name: str
    value: str
    details: dict[str, str] = {}


class Voice(StrEnum):
    """Whose word a claim or assertion is."""

    OBSERVED = "observed"
    RECORD = "record"
    AUTHORITY = "authority"
    LABORATORY = "laboratory"
    BODY = "body"
    MAKER = "maker"


class Claim(_Seen, frozen=True, kw_only=True, tag="claim"):
    """A statement that somebody makes about the article: `fact` has `value`, says `by`."""

    fact: str
    value: str
    by: str
    voice: Voice
    made_on: date | None = None


Observation: TypeAlias = (
    Component | PartsListing | Party | Ownership | Flow | Behaviour | Property | Claim
)


def observation_id(observation: Observation) -> ObservationId:
    """The name of an observation: equal observations have equal names, on any machine."""
    canonical = msgspec.json.encode(observation, order="deterministic")
    return ObservationId(hashlib.sha256(canonical).hexdigest()[:16])
