"""The question put to the law."""

from __future__ import annotations

from datetime import date

import msgspec


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Who does what with the article, for which task, and on which day.

    Each part may be unknown; the law then answers as far as it can. `on` is the law date: the
    rules in force on that day apply. `acquired` matters for what is already owned. `known_on` is
    the record date: what came to be known after it does not count; without it everything does.
    """

    act: str | None = None
    task: str | None = None
    body: str | None = None
    on: date | None = None
    acquired: date | None = None
    known_on: date | None = None
