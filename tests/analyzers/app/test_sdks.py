"""The list of SDKs is sound, and what it names is found by whole packages."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.analyzers.app.analyzer import AppAnalyzer
from sekisho.analyzers.app.sdks import known_sdks
from sekisho.intake.countries import load_countries
from sekisho.model.evidence import EvidenceKind
from sekisho.model.observation import Component
from tests.analyzers.app.build import KAZE_CLASSES, dex_of, kaze_with
from tests.analyzers.reading import read, seen


def found(*classes: str) -> set[str]:
    data = kaze_with(classes_dot_dex=dex_of([*KAZE_CLASSES, *classes]))
    components = seen(read(AppAnalyzer(), data, EvidenceKind.APK, "app.apk"), Component)
    return {one.name for one in components}


def test_the_list_is_sound() -> None:
    sdks = known_sdks()
    prefixes = [one.package_prefix for one in sdks]
    assert prefixes == sorted(set(prefixes))
    assert len({one.sdk for one in sdks}) >= 150
    for one in sdks:
        assert one.sdk, one
        assert one.kind, one
        assert one.collects, one
        assert one.source, one
        assert one.owner_confidence in {"verified", "secondary", "unverified"}
        assert date.fromisoformat(one.as_of) <= date(2026, 12, 31)
        assert not one.package_prefix.endswith(".")
        assert not one.country or one.country in set(load_countries().values())


def test_those_of_one_owner_agree_on_its_country() -> None:
    countries: dict[str, set[str]] = {}
    for one in known_sdks():
        countries.setdefault(one.owner, set()).add(one.country)
    assert {owner: found for owner, found in countries.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("name", "sdk"),
    [
        ("com.autel.sdk.Aircraft", "Autel SDK"),
        ("com.linecorp.linesdk.LineApi", "LINE SDK"),
        ("com.bun.miitmdid.core.Entry", "MSA OAID"),
        ("jp.maio.sdk.android.Maio", "maio"),
    ],
)
def test_an_sdk_is_found_by_its_packages(name: str, sdk: str) -> None:
    assert found(name) == {sdk}


@pytest.mark.parametrize("name", ["com.autelling.Word", "com.autel", "jp.maio.sdk.androidx.Other"])
def test_a_name_that_only_begins_alike_is_another(name: str) -> None:
    assert found(name) == set()
