"""The same regime in other engines. Each gets the five outcomes by hand: none knows "unknown"."""

from __future__ import annotations

import json
import shutil
import subprocess  # noqa: TID251 - a benchmark runs programs
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.law_cases import COVERED, Question

Engine = Callable[[Sequence[Question]], list[str]]


def decide_with_cedar(questions: Sequence[Question]) -> list[str]:
    """cedarpy, policies parsed for each call: up to four requests for an outcome."""
    cedarpy: Any = import_module("cedarpy")
    return [_outcome(partial(_cedar_allows, cedarpy, q)) for q in questions]


_KEYS = (
    "made_in",
    "domicile",
    *(f"part{i}" for i in range(14)),
    "located",
    "administered",
)
_LIST = json.dumps(list(COVERED))
_ANY = " || ".join(f"{_LIST}.contains(context.{key})" for key in _KEYS)
_MAYBE = " || ".join([_ANY, *(f'context.{key} == "unknown"' for key in _KEYS), "!context.whole"])
_CEDAR = "".join(
    f'permit(principal, action == Action::"{action}", resource) when {{ {rule} }};'
    for action, rule in {
        "prohibited": f'({_ANY}) && context.waiver == "false" && context.exempt == "false"',
        "may_be": f'({_MAYBE}) && context.waiver != "true" && context.exempt != "true"',
        "kept": f'context.waiver == "true" && ({_ANY})',
        "may_keep": f'context.waiver != "false" && ({_MAYBE})',
    }.items()
)


def context_of(question: Question) -> dict[str, object]:
    """The case as one flat record."""
    truths = question.truths
    return {
        **dict(zip(_KEYS, question.countries.values(), strict=True)),
        "whole": truths["component.complete"] == truths["service.complete"] == "true",
        "waiver": truths["waiver.us_848"],
        "exempt": truths["purpose.us_848_exempt"],
        "dod": question.body == "us.dod",
    }


def _cedar_allows(cedarpy: Any, question: Question, action: str) -> bool:
    context = context_of(question)
    if action == "binds":
        return bool(context["dod"])
    request = {
        "principal": 'Body::"b"',
        "action": f'Action::"{action}"',
        "resource": 'Uas::"x"',
        "context": context,
    }
    return bool(cedarpy.is_authorized(request, _CEDAR, []).allowed)


def _outcome(allows: Callable[[str], bool]) -> str:
    """From yes-or-no answers to an outcome."""
    if not allows("binds"):
        return "not_applicable"
    for action, outcome in (
        ("prohibited", "prohibited"),
        ("may_be", "undetermined"),
        ("kept", "conditional"),
        ("may_keep", "undetermined"),
    ):
        if allows(action):
            return outcome
    return "permitted"


_REGO = f"""package law
covered := {{{", ".join(f'"{one}"' for one in COVERED)}}}
any(c) if {{ some k in {json.dumps(list(_KEYS))}; c[k] in covered }}
maybe(c) if any(c)
maybe(c) if {{ some k in {json.dumps(list(_KEYS))}; c[k] == "unknown" }}
maybe(c) if not c.whole
outcome(c) := "not_applicable" if not c.dod
else := "prohibited" if {{ any(c); c.waiver == "false"; c.exempt == "false" }}
else := "undetermined" if {{ maybe(c); c.waiver != "true"; c.exempt != "true" }}
else := "conditional" if {{ c.waiver == "true"; any(c) }}
else := "undetermined" if {{ c.waiver != "false"; maybe(c) }}
else := "permitted"
outcomes := [outcome(c) | some c in input]
"""


def find_opa() -> str | None:
    """The `opa` program, if there is one."""
    return shutil.which("opa")


def decide_with_opa(questions: Sequence[Question]) -> list[str]:
    """OPA, all cases in one evaluation of the program; start-up is part of it."""
    with tempfile.TemporaryDirectory() as folder:
        policy, given = Path(folder) / "law.rego", Path(folder) / "input.json"
        policy.write_text(_REGO, encoding="utf-8")
        given.write_text(json.dumps([context_of(one) for one in questions]), encoding="utf-8")
        command = [find_opa() or "opa", "eval", "-f", "json", "-d", str(policy), "-i", str(given)]
        done = subprocess.run([*command, "data.law.outcomes"], capture_output=True, check=True)
    found: list[str] = json.loads(done.stdout)["result"][0]["expressions"][0]["value"]
    return found


_CODES = ("not_applicable", "prohibited", "undetermined", "conditional", "permitted")


def decide_with_openfisca(questions: Sequence[Question]) -> list[str]:
    """OpenFisca, one vector calculation; unknown is a code of its own, as it has no such value."""
    numpy: Any = import_module("numpy")
    core = "openfisca_core"
    entities: Any = import_module(f"{core}.entities")
    periods: Any = import_module(f"{core}.periods")
    systems: Any = import_module(f"{core}.taxbenefitsystems")
    variables: Any = import_module(f"{core}.variables")
    simulations: Any = import_module(f"{core}.simulations")

    person = entities.build_entity(key="person", plural="persons", label="", is_person=True)
    system = systems.TaxBenefitSystem([person])
    names = (*(f"f_{key}" for key in _KEYS), "f_whole", "f_waiver", "f_exempt", "f_dod")

    def declare(name: str, formula: Any = None) -> None:
        body: dict[str, Any] = {
            "value_type": int,
            "entity": person,
            "definition_period": periods.DateUnit.YEAR,
        }
        if formula is not None:
            body["formula"] = formula
        system.add_variable(type(name, (variables.Variable,), body))

    def outcome(who: Any, period: Any, parameters: Any) -> Any:  # noqa: ARG001 - its form
        got = {name: who(name, period) for name in names}
        origins = [got[f"f_{key}"] for key in _KEYS]
        covered = numpy.logical_or.reduce([one == 2 for one in origins])
        maybe = covered | numpy.logical_or.reduce([one == 1 for one in origins])
        maybe |= got["f_whole"] == 0
        waiver, exempt = got["f_waiver"], got["f_exempt"]
        return numpy.select(
            [
                got["f_dod"] == 0,
                covered & (waiver == 0) & (exempt == 0),
                maybe & (waiver != 2) & (exempt != 2),
                covered & (waiver == 2),
                maybe & (waiver != 0),
            ],
            [0, 1, 2, 3, 2],
            4,
        )

    for name in names:
        declare(name)
    declare("outcome", outcome)
    contexts = [context_of(one) for one in questions]
    simulation = simulations.SimulationBuilder().build_default_simulation(
        system, count=len(contexts)
    )
    for name in names:
        column = numpy.array([_encoded(one[name[2:]]) for one in contexts])
        simulation.set_input(name, "2026", column)
    return [_CODES[code] for code in simulation.calculate("outcome", "2026")]


def _encoded(value: object) -> int:
    if isinstance(value, bool):
        return int(value)
    if value == "unknown":
        return 1
    return 2 if value in COVERED or value == "true" else 0
