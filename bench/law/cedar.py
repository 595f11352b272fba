"""Section 848 for Cedar, through `cedarpy`.

Cedar has neither a third truth value nor loops: a record is flat, what is unknown is left out of
it, and each rule is there twice, guarded by `has`. All six questions go in one request: the
policies that hold are named in the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from bench.law.cases import PARTS, Question

MODULE = "cedarpy"

_Rule = Callable[[str, str], str]


def _sure(key: str, test: str) -> str:
    return f"(context has {key} && {test.format(f'context.{key}')})"


def _may(key: str, test: str) -> str:
    return f"(!(context has {key}) || {test.format(f'context.{key}')})"


def _is(*words: str) -> str:
    listed = ", ".join(f'"{word}"' for word in words)
    return f"[{listed}].contains({{0}})" if len(words) > 1 else f'{{0}} == "{words[0]}"'


_COVERED = (
    '({0} == "CN" || (context.on >= 20221223 && ["RU", "IR", "KP"].contains({0})))'  # since s. 817
)
_HARDWARE = _is("flight_controller", "radio", "data_transmission_device", "camera", "gimbal")
_SOFTWARE = _is("ground_control_system", "operating_software")
_USE = _is("buy", "renew", "operate")
_CONTRACT = _is("contract_with_entity")


def _binds(rule: _Rule) -> str:
    use = (
        f"context.on >= 20191220 && {rule('body', _is('us.dod'))} && {rule('act', _USE)}"
        f" && {rule('kind', _is('uas', 'counter_uas'))}"
    )
    contract = (
        f"context.on >= 20241001 && {rule('act', _CONTRACT)}"
        f" && {rule('body', _is('us.dod', 'us.dod_contractor'))}"
    )
    return f"(({use}) || ({contract}))"


def _bare(rule: _Rule, *, holds_of_unseen: Callable[[str], str]) -> str:
    def origin(*keys: str) -> str:
        return "(" + " || ".join(rule(key, _COVERED) for key in keys) + ")"

    whole = origin("made_in", "maker_domicile")
    parts = [
        f"({rule(f'part{i}_kind', kinds)} && {origin(f'part{i}_made_in', f'part{i}_maker')})"
        for kinds in (_HARDWARE, _SOFTWARE)
        for i in range(len(PARTS))
    ]
    unseen = [holds_of_unseen("parts_complete"), holds_of_unseen("services_complete")]
    hits = " || ".join([whole, *unseen, *parts, origin("located_in", "administrator")])
    aircraft = f"({rule('kind', _is('uas'))} && ({hits}))"
    counter = f"({rule('kind', _is('counter_uas'))} && {whole})"
    use = f"context.on >= 20191220 && {rule('act', _USE)} && ({aircraft} || {counter})"
    contract = (
        f"context.on >= 20241001 && {rule('act', _CONTRACT)} && {rule('uses_covered', '{0}')}"
    )
    return f"(({use}) || ({contract}))"


_SURE_BARE = _bare(_sure, holds_of_unseen=lambda _: "false")
_MAY_BARE = _bare(_may, holds_of_unseen=lambda key: f"!{_sure(key, '{0}')}")

RULES = {
    "binds": _binds(_sure),
    "may_bind": _binds(_may),
    "breached": f"{_sure('waiver', '!{0}')} && {_sure('exempt', '!{0}')} && {_SURE_BARE}",
    "may_breach": f"{_may('waiver', '!{0}')} && {_may('exempt', '!{0}')} && {_MAY_BARE}",
    "kept": f"{_sure('waiver', '{0}')} && {_SURE_BARE}",
    "may_keep": f"{_may('waiver', '{0}')} && {_MAY_BARE}",
}
POLICIES = "\n".join(
    f'@id("{name}") permit(principal, action, resource) when {{ {rule} }};'
    for name, rule in RULES.items()
)


def request_of(question: Question) -> dict[str, Any]:
    """A case as a request; what is unknown is left out."""
    article = question.article
    record: dict[str, Any] = {
        "on": int(question.on.strftime("%Y%m%d")),
        "act": question.act,
        "body": question.body,
        "waiver": question.waiver,
        "exempt": question.exempt,
        "uses_covered": question.uses_covered,
        "kind": article.kind,
        "made_in": article.made_in,
        "maker_domicile": article.maker_domicile,
        "parts_complete": article.parts_complete,
        "located_in": article.located_in,
        "administrator": article.administrator,
        "services_complete": article.services_complete,
    }
    for i, part in enumerate(article.parts):
        record[f"part{i}_kind"] = part.kind
        record[f"part{i}_made_in"] = part.made_in
        record[f"part{i}_maker"] = part.maker_domicile
    return {
        "principal": 'Body::"it"',
        "action": 'Act::"it"',
        "resource": 'Article::"it"',
        "context": {key: value for key, value in record.items() if value is not None},
    }


class Cedar:
    """The policies, parsed once."""

    def __init__(self) -> None:
        """Parse the policies."""
        self.cedarpy: Any = import_module(MODULE)
        self.policies = self.cedarpy.PolicySet.from_str(POLICIES)
        self.entities = self.cedarpy.Entities.from_json_str("[]")

    def answer(self, request: dict[str, Any]) -> str:
        """One case in one call."""
        return self.all_of([request])[0]

    def all_of(self, requests: Sequence[dict[str, Any]]) -> list[str]:
        """Many cases in one call."""
        found = self.cedarpy.is_authorized_batch(list(requests), self.policies, self.entities)
        return [_outcome(set(one.diagnostics.id_annotations_by_reason.values())) for one in found]


def _outcome(holding: set[str]) -> str:
    """From the policies that hold to an outcome."""
    if "may_bind" not in holding:
        return "not_applicable"
    if {"binds", "breached"} <= holding:
        return "prohibited"
    if "binds" not in holding or "may_breach" in holding:
        return "undetermined"
    if "kept" in holding:
        return "conditional"
    return "undetermined" if "may_keep" in holding else "permitted"
