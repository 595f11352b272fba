"""Cases for section 848, the same for the same seed; every fact is also unknown at times.

`None` is unknown. Each engine is handed what it takes: facts, nested or flat records, arrays.
"""

from __future__ import annotations

import random  # noqa: TID251 - cases of a fixed seed
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.units import FactKey

ON = date(2026, 11, 1)
COVERED = ("CN", "RU", "IR", "KP")
OTHERS = ("JP", "US", "DE", "TW")
ACTS = ("buy", "renew", "operate", "contract_with_entity", "fund")
BODIES = ("us.dod", "us.dod_contractor", "us.doi")
KINDS = ("uas", "counter_uas", "camera")
PARTS = (
    "flight_controller",
    "radio",
    "data_transmission_device",
    "camera",
    "gimbal",
    "ground_control_system",
    "operating_software",
    "motor",
)

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    kind: str | None
    made_in: str | None
    maker_domicile: str | None


@dataclass(frozen=True)
class Article:
    """An aircraft or another thing: eight parts, seven of them of kinds that the section names."""

    kind: str | None
    made_in: str | None
    maker_domicile: str | None
    parts: tuple[Part, ...]
    parts_complete: bool | None
    located_in: str | None
    administrator: str | None
    services_complete: bool | None

    def facts(self) -> list[Fact]:
        """The facts as Sekisho takes them."""
        stated: dict[str, str | None] = {
            "article.kind": self.kind,
            "article.made_in": self.made_in,
            "maker.domicile": self.maker_domicile,
            "component.complete": _word(self.parts_complete),
            "service[cloud].kind": "data_storage",
            "service[cloud].located_in": self.located_in,
            "service[cloud].administrator_domicile": self.administrator,
            "service.complete": _word(self.services_complete),
        }
        for i, part in enumerate(self.parts):
            stated[f"component[{i}].kind"] = part.kind
            stated[f"component[{i}].made_in"] = part.made_in
            stated[f"component[{i}].maker_domicile"] = part.maker_domicile
        return _facts(stated)


@dataclass(frozen=True)
class Question:
    """Who does what with the article, and what is known of the excuses."""

    article: Article
    act: str | None
    body: str | None
    waiver: bool | None
    exempt: bool | None
    uses_covered: bool | None
    on: date = ON

    def facts(self) -> list[Fact]:
        """The facts as Sekisho takes them."""
        return self.article.facts() + _facts(
            {
                "waiver.us_848": _word(self.waiver),
                "purpose.us_848_exempt": _word(self.exempt),
                "uses.covered_company_equipment": _word(self.uses_covered),
            }
        )

    def case(self) -> Case:
        """The question as Sekisho takes it."""
        return Case(act=self.act, body=self.body)


def make_questions(count: int, seed: int = 848) -> list[Question]:
    """So many cases on one day."""
    chance = random.Random(seed)
    return [
        Question(
            article=article,
            act=chance.choices((*ACTS, None), (35, 20, 35, 5, 2, 3))[0],
            body=chance.choices((*BODIES, None), (80, 6, 9, 5))[0],
            waiver=chance.choices((True, False, None), (20, 60, 20))[0],
            exempt=chance.choices((True, False, None), (10, 75, 15))[0],
            uses_covered=chance.choices((True, False, None), (30, 50, 20))[0],
        )
        for article in make_articles(count, seed)
    ]


def make_articles(count: int, seed: int = 848) -> list[Article]:
    """Articles: some known to the last part, some hardly; some clean, some not."""
    chance = random.Random(seed + 1)
    return [
        _article(chance, unknown=chance.choice((0, 0.03, 0.15)), covered=chance.choice((0, 0.2)))
        for _ in range(count)
    ]


def _article(chance: random.Random, *, unknown: float, covered: float) -> Article:
    def known(value: T) -> T | None:
        return None if chance.random() < unknown else value

    def country() -> str | None:
        if chance.random() < covered:
            return known(chance.choices(COVERED, (7, 1, 1, 1))[0])
        return known(chance.choice(OTHERS))

    def complete() -> bool | None:
        return known(chance.random() >= unknown)

    return Article(
        kind=known(chance.choices(KINDS, (90, 6, 4))[0]),
        made_in=country(),
        maker_domicile=country(),
        parts=tuple(Part(known(kind), country(), country()) for kind in PARTS),
        parts_complete=complete(),
        located_in=country(),
        administrator=country(),
        services_complete=complete(),
    )


def all_facts(questions: Sequence[Question]) -> list[tuple[list[Fact], Case]]:
    """Facts and case of each question."""
    return [(one.facts(), one.case()) for one in questions]


def _facts(stated: dict[str, str | None]) -> list[Fact]:
    """A fact without a value is unknown; it tells that its member is there."""
    return [Fact(key=FactKey(key), value=value) for key, value in stated.items()]


def _word(value: bool | None) -> str | None:  # noqa: FBT001 - a value, not a switch
    return None if value is None else str(value).lower()
