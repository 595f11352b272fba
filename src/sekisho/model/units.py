"""Units and identifiers as types, so that a number or a string is never bare.

Every duration is in seconds, every size in bytes, every instant in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NewType

Sha256 = NewType("Sha256", str)
"""Lower-case hexadecimal SHA-256 digest (FIPS 180-4), 64 characters."""

EvidenceId = NewType("EvidenceId", Sha256)
"""Evidence is named by the SHA-256 of its bytes."""

ObservationId = NewType("ObservationId", str)
"""First 16 hexadecimal digits of the SHA-256 of the observation's canonical JSON."""

AnalyzerId = NewType("AnalyzerId", str)
"""`family.name/version`, e.g. `app.endpoints/1`; a version that answers otherwise is a new id."""

FactKey = NewType("FactKey", str)
"""`name` or `collection[member].attribute`, e.g. `data.leaks`, `component[camera-1].made_in`."""

CountryCode = NewType("CountryCode", str)
"""ISO 3166-1 alpha-2, upper case."""

Bytes = NewType("Bytes", int)
Seconds = NewType("Seconds", float)

UtcInstant = NewType("UtcInstant", datetime)
"""A point in time, always with the UTC offset."""


def nanoseconds(instant: datetime) -> int:
    """Nanoseconds from 1970-01-01T00:00:00Z to an instant, exact to its microsecond."""
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1000


def utc_instant(seconds_since_epoch: float) -> UtcInstant:
    """The instant a number of seconds after 1970-01-01T00:00:00Z.

    Raises:
        ValueError: when the number lies outside the years 1 to 9999.
    """
    try:
        return UtcInstant(datetime.fromtimestamp(seconds_since_epoch, UTC))
    except (OverflowError, OSError) as error:
        msg = f"{seconds_since_epoch} seconds is not a representable instant"
        raise ValueError(msg) from error
