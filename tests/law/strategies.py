"""Random regimes over the small vocabulary, and random partial knowledge."""

from __future__ import annotations

from hypothesis import strategies as st

from sekisho.law.regime import Regime
from tests.law.small import regime_of

TRUTHS = ("a", "b", "c", "d")
DOMAINS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(TRUTHS, ("true", "false")),
    "place": ("CN", "JP"),
    "part[x].made_in": ("CN", "JP"),
    "part[x].kind": ("camera", "radio"),
    "part[y].made_in": ("CN", "JP"),
    "part[y].kind": ("camera", "radio"),
    "part.complete": ("true", "false"),
    "body": ("state", "private"),
    "acquired": ("2025-12-31", "2026-01-01", "2026-11-01"),
}
ATOMS = [
    *TRUTHS,
    "place = CN",
    "place not in [CN]",
    "body = state",
    "acquired < 2026-01-01",
    "acquired >= on",
]
MEMBER_ATOMS = ["made_in = CN", "kind = camera", "kind != radio", "made_in in [CN, JP]"]


def _joined(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            inner.map("not ({})".format),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda three: f"({three[0]}) {three[1]} ({three[2]})"
            ),
        ),
        max_leaves=4,
    )


_quantified = st.tuples(
    st.sampled_from(["any", "all"]), _joined(st.sampled_from(MEMBER_ATOMS))
).map(lambda two: f"({two[0]} part where ({two[1]}))")

RULES = _joined(st.one_of(st.sampled_from(ATOMS), st.sampled_from(ATOMS), _quantified))
PLAIN_RULES = _joined(st.sampled_from(ATOMS))

_BURDENS = st.sampled_from(["", ", burden: body", ", burden: authority"])
_NOW, _SOON, _PAST = ", since: 2026-11-01", ", since: 2026-11-02", ", until: 2026-11-01"
_PERIODS = st.sampled_from(["", "", "", _NOW, _SOON, _PAST])


@st.composite
def regimes(draw: st.DrawFn, rules: st.SearchStrategy[str] = RULES) -> Regime:
    """Prohibitions, requirements, exceptions (also to exceptions), conditions and obligations."""
    clauses = [f"id: scope, scope: '{draw(rules)}'"]
    bans = draw(st.integers(1, 2))
    for i in range(bans):
        kind = draw(st.sampled_from(["prohibit", "require"]))
        clauses.append(f"id: ban{i}, {kind}: '{draw(rules)}'{draw(_BURDENS)}{draw(_PERIODS)}")
    targets = [f"ban{i}" for i in range(bans)]
    for i in range(draw(st.integers(0, 2))):
        target = draw(st.sampled_from(targets))
        more = draw(st.sampled_from(["", ", condition: {en: keep, ja: 保存}"])) + draw(_PERIODS)
        clauses.append(
            f"id: lift{i}, except_to: [{target}], when: '{draw(rules)}'{draw(_BURDENS)}{more}"
        )
        targets.append(f"lift{i}")
    if draw(st.booleans()):
        clauses.append(f"id: report, oblige: {{en: report, ja: 報告}}, when: '{draw(rules)}'")
    if draw(st.booleans()):
        clauses.append(f"id: care, condition: {{en: care, ja: 注意}}, when: '{draw(rules)}'")
    return regime_of(*clauses)


@st.composite
def knowledge(draw: st.DrawFn) -> dict[str, str]:
    """Some facts, each with one of its values; a part that no fact speaks of is not known."""
    chosen = draw(st.lists(st.sampled_from(sorted(DOMAINS)), unique=True))
    return {key: draw(st.sampled_from(DOMAINS[key])) for key in chosen}


def learnt(facts: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    """What is known with more evidence: a complete collection gets no further member."""
    members = {key.partition(".")[0] for key in facts}
    whole = facts.get("part.complete") == "true"
    fitting = {
        key: value
        for key, value in more.items()
        if not (whole and key.startswith("part[") and key.partition(".")[0] not in members)
    }
    return fitting | facts
