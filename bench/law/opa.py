"""Section 848 for OPA, through the library in `opa-golib-python-bindings`.

Rego has no third truth value: each rule is there twice, for what surely holds and what may hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from bench.law.cases import Question

MODULE = "opa_bindings"

REGO = """
package us848

covered := {"CN", "RU", "IR", "KP"} if input.on >= "2022-12-23"
else := {"CN"}

hardware := {"flight_controller", "radio", "data_transmission_device", "camera", "gimbal"}
software := {"ground_control_system", "operating_software"}
use := {"buy", "renew", "operate"}
dod := {"us.dod", "us.dod_contractor"}

sure(value, values) if value in values
may(value, _) if value == null
may(value, values) if value in values

reaches_contracts if input.on >= "2024-10-01"
in_force if input.on >= "2019-12-20"

sure_bind if {
    in_force
    input.body == "us.dod"
    sure(input.act, use)
    sure(input.article.kind, {"uas", "counter_uas"})
}
sure_bind if {
    reaches_contracts
    input.act == "contract_with_entity"
    sure(input.body, dod)
}
may_bind if {
    in_force
    may(input.body, {"us.dod"})
    may(input.act, use)
    may(input.article.kind, {"uas", "counter_uas"})
}
may_bind if {
    reaches_contracts
    may(input.act, {"contract_with_entity"})
    may(input.body, dod)
}

sure_origin(thing) if thing.made_in in covered
sure_origin(thing) if thing.maker_domicile in covered
may_origin(thing) if may(thing.made_in, covered)
may_origin(thing) if may(thing.maker_domicile, covered)

sure_part(kinds) if {
    some part in input.article.parts
    part.kind in kinds
    sure_origin(part)
}
may_part(_) if input.article.parts_complete != true
may_part(kinds) if {
    some part in input.article.parts
    may(part.kind, kinds)
    may_origin(part)
}

sure_hit if sure_origin(input.article)
sure_hit if {
    input.article.kind == "uas"
    sure_part(hardware)
}
sure_hit if {
    input.article.kind == "uas"
    sure_part(software)
}
sure_hit if {
    input.article.kind == "uas"
    some service in input.article.services
    sure_origin(service)
}
may_hit if may_origin(input.article)
may_hit if {
    may(input.article.kind, {"uas"})
    may_part(hardware)
}
may_hit if {
    may(input.article.kind, {"uas"})
    may_part(software)
}
may_hit if {
    may(input.article.kind, {"uas"})
    input.article.services_complete != true
}
may_hit if {
    may(input.article.kind, {"uas"})
    some service in input.article.services
    may_origin(service)
}

sure_bare if {
    in_force
    sure(input.act, use)
    sure(input.article.kind, {"uas", "counter_uas"})
    sure_hit
}
sure_bare if {
    reaches_contracts
    input.act == "contract_with_entity"
    input.uses_covered == true
}
may_bare if {
    in_force
    may(input.act, use)
    may(input.article.kind, {"uas", "counter_uas"})
    may_hit
}
may_bare if {
    reaches_contracts
    may(input.act, {"contract_with_entity"})
    input.uses_covered != false
}

sure_breach if {
    input.waiver == false
    input.exempt == false
    sure_bare
}
may_breach if {
    input.waiver != true
    input.exempt != true
    may_bare
}

outcome := "not_applicable" if not may_bind
else := "prohibited" if {
    sure_bind
    sure_breach
}
else := "undetermined" if not sure_bind
else := "undetermined" if may_breach
else := "conditional" if {
    input.waiver == true
    sure_bare
}
else := "undetermined" if {
    input.waiver != false
    may_bare
}
else := "permitted"

outcomes := [found | some one in input.cases; found := outcome with input as one]
"""


def record_of(question: Question) -> dict[str, Any]:
    """A case as JSON, unknown being null."""
    article = question.article
    return {
        "on": question.on.isoformat(),
        "act": question.act,
        "body": question.body,
        "waiver": question.waiver,
        "exempt": question.exempt,
        "uses_covered": question.uses_covered,
        "article": {
            "kind": article.kind,
            "made_in": article.made_in,
            "maker_domicile": article.maker_domicile,
            "parts": [
                {
                    "kind": part.kind,
                    "made_in": part.made_in,
                    "maker_domicile": part.maker_domicile,
                }
                for part in article.parts
            ],
            "parts_complete": article.parts_complete,
            "services": [{"made_in": article.located_in, "maker_domicile": article.administrator}],
            "services_complete": article.services_complete,
        },
    }


class Opa:
    """An engine with the policy in it."""

    def __init__(self) -> None:
        """Compile the policy, and ask once so that nothing is left to do later."""
        bindings: Any = import_module(MODULE)
        self.engine = bindings.OpaEngine()
        self.engine.add_policy("us848.rego", REGO)
        self.all_of([])

    def answer(self, record: dict[str, Any], *, trace: bool = False) -> str:
        """One case in one call."""
        return str(self.engine.eval_document("us848.outcome", record, trace=trace))

    def all_of(self, records: Sequence[dict[str, Any]]) -> list[str]:
        """Many cases in one call."""
        found: list[str] = self.engine.eval_document("us848.outcomes", {"cases": list(records)})
        return found
