from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.law.vocabulary import parse_member_key
from sekisho.model.observation import PartKind, Voice
from sekisho.model.truth import Truth
from sekisho.origin.components import join_components
from tests.origin.build import assess, by_id, listing, part, said, sdk


def test_each_document_speaks_on_each_component_in_its_own_voice() -> None:
    camera = part("CAM-1", made_in="JP", maker_domicile="JP")
    assessment, assertions = assess(camera, sdk())
    members = {parse_member_key(one.fact) for one in assertions if "component[" in one.fact}
    assert assessment.parts_known == 2
    spoken = {(one.fact.partition("]")[2], one.value, one.voice) for one in assertions}
    assert {
        (".kind", "camera", Voice.RECORD),
        (".made_in", "JP", Voice.RECORD),
        (".maker_domicile", "JP", Voice.RECORD),
        (".kind", "software", Voice.OBSERVED),
        (".maker_domicile", "CN", Voice.RECORD),
    } <= spoken
    assert len({member[1] for member in members if member}) == 2


def test_a_part_of_unknown_kind_in_a_document_stays_of_unknown_kind() -> None:
    _, assertions = assess(part("X", kind=None, made_in="JP"))
    assert [one.fact.partition("]")[2] for one in assertions if "component[" in one.fact] == [
        ".made_in"
    ]


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (part("A1"), part("A1", "another name", document="b"), True),
        (part("A1", purl="pkg:x/y@1"), part("B2", purl="pkg:x/y@1", document="b"), True),
        (
            part("A1", maker="Kaze Aero K.K.", part_number="P-7 "),
            part("B2", maker="KAZE AERO", part_number="p-7", document="b"),
            True,
        ),
        (part("A1", part_number="P-7"), part("B2", part_number="P-7", document="b"), False),
        (part("A1"), part("B2", document="b"), False),
        (part("", "x"), part("", "y", document="b"), False),
    ],
)
def test_parts_are_joined_by_identifiers_only(one: object, other: object, *, joined: bool) -> None:
    found = join_components(by_id([one, other]))  # type: ignore[list-item] # parts, as pytest hands them over
    assert len(found) == (1 if joined else 2)


def test_joining_goes_over_several_documents() -> None:
    found = join_components(
        by_id(
            [
                part("A1", document="a"),
                part("A1", purl="pkg:x/y", document="b"),
                part("C3", purl="pkg:x/y", document="c"),
            ]
        )
    )
    (seen,) = found.values()
    assert len(seen) == 3


def test_member_ids_are_readable_unique_and_fit_a_fact_key() -> None:
    refs = ["cam/1 [front]", "cam-1-front", "カメラ", "レンズ", "x" * 200, "]"]
    found = join_components(by_id([part(ref) for ref in refs]))
    assert len(found) == len(refs)
    for member in found:
        assert parse_member_key(f"component[{member}].kind") is not None
    assert any(member.startswith("cam-1-front-") for member in found)


def test_documents_that_disagree_on_a_part_are_both_heard() -> None:
    _, assertions = assess(part("A1", made_in="JP"), part("A1", made_in="CN", document="b"))
    values = {one.value for one in assertions if one.fact.endswith(".made_in")}
    assert values == {"JP", "CN"}


@pytest.mark.parametrize(
    ("lists", "values", "truth"),
    [
        ([listing(complete=True)], {("true", Voice.RECORD)}, Truth.TRUE),
        ([listing(complete=False)], {("false", Voice.RECORD)}, Truth.FALSE),
        ([listing(complete=None)], set(), Truth.UNKNOWN),
        ([listing(complete=True, scope="camera")], set(), Truth.UNKNOWN),
        ([], set(), Truth.UNKNOWN),
        (
            [listing(complete=True), listing(complete=False, document="b")],
            {("true", Voice.RECORD), ("false", Voice.RECORD)},
            Truth.UNKNOWN,
        ),
    ],
)
def test_only_a_list_of_the_whole_article_says_that_it_is_complete(
    lists: list[object], values: set[tuple[str, Voice]], truth: Truth
) -> None:
    assessment, assertions = assess(part("A1"), *lists)  # type: ignore[arg-type] # listings, as pytest hands them over
    assert said(assertions, "component.complete") == values
    assert assessment.parts_complete is truth


@given(st.lists(st.tuples(st.text(max_size=6), st.sampled_from(["", "p", "q"])), max_size=8))
def test_every_component_is_a_member_exactly_once(parts: list[tuple[str, str]]) -> None:
    seen = by_id(
        part(ref, f"n{number}", kind=PartKind.OTHER, **({"purl": purl} if purl else {}))
        for number, (ref, purl) in enumerate(parts)
    )
    found = join_components(seen)
    assert sorted(one for group in found.values() for one, _ in group) == sorted(seen)
