"""Cases for section 848, always the same, and what they must come to.

`reference` is the statute written out by hand, with facts that may be unknown: every engine's
answers are held against it.
"""

from __future__ import annotations

import random  # noqa: TID251 - cases of a fixed seed
from dataclasses import dataclass
from datetime import date

from sekisho.model.case import Case
from sekisho.model.fact import Fact
from sekisho.model.units import FactKey

ON = date(2026, 11, 1)
COVERED = ("CN", "RU", "IR", "KP")
ACTS = ("buy", "renew", "operate")
BODIES = ("us.dod", "us.dod", "us.doi")
PARTS = ("flight_controller", "radio", "data_transmission_device", "camera", "gimbal")
SOFTWARE = ("ground_control_system", "operating_software")
COUNTRIES = ("JP", "US", "DE", "CN", "RU", "unknown")
WEIGHTS = (45, 30, 12, 3, 1, 9)
TRUTHS = ("true", "false", "unknown")


@dataclass(frozen=True)
class Question:
    """One case in plain words: every value may be `unknown` but act and body."""

    act: str
    body: str
    countries: dict[str, str]
    truths: dict[str, str]

    def facts(self) -> list[Fact]:
        """The facts as Sekisho takes them."""
        stated = {"article.kind": "uas", **self.countries, **self.truths}
        stated["service[cloud].kind"] = "data_storage"
        stated |= {f"component[{kind}].kind": kind for kind in (*PARTS, *SOFTWARE)}
        return [
            Fact(key=FactKey(key), value=value)
            for key, value in stated.items()
            if value != "unknown"
        ]

    def case(self) -> Case:
        """The question as Sekisho takes it."""
        return Case(act=self.act, task="security", body=self.body, on=ON)


def make_questions(count: int, seed: int = 848) -> list[Question]:
    """So many cases, the same for the same seed."""
    chance = random.Random(seed)
    keys = ["article.made_in", "maker.domicile"]
    keys += [
        f"component[{k}].{a}" for k in (*PARTS, *SOFTWARE) for a in ("made_in", "maker_domicile")
    ]
    keys += ["service[cloud].located_in", "service[cloud].administrator_domicile"]
    return [
        Question(
            act=chance.choice(ACTS),
            body=chance.choice(BODIES),
            countries={key: chance.choices(COUNTRIES, WEIGHTS)[0] for key in keys},
            truths={
                "component.complete": chance.choice(("true", "true", "unknown")),
                "service.complete": chance.choice(("true", "true", "unknown")),
                "waiver.us_848": chance.choice(TRUTHS),
                "purpose.us_848_exempt": chance.choice(TRUTHS),
            },
        )
        for _ in range(count)
    ]


def reference(question: Question) -> str:
    """The outcome under section 848 as of `ON`."""
    if question.body != "us.dod":
        return "not_applicable"
    origins = list(question.countries.values())
    is_covered = any(country in COVERED for country in origins)
    whole = question.truths["component.complete"] == question.truths["service.complete"] == "true"
    may_be = is_covered or "unknown" in origins or not whole
    waiver, exempt = question.truths["waiver.us_848"], question.truths["purpose.us_848_exempt"]
    if is_covered and waiver == exempt == "false":
        return "prohibited"
    if may_be and waiver != "true" and exempt != "true":
        return "undetermined"
    if waiver == "true" and is_covered:
        return "conditional"
    return "undetermined" if waiver != "false" and may_be else "permitted"
