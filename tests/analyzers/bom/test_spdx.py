import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.analyzers.bom import parts as parts_module
from sekisho.analyzers.bom.spdx import SpdxAnalyzer
from sekisho.errors import EvidenceError
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import JsonPointer
from sekisho.model.observation import Component, PartKind, PartsListing, Party
from sekisho.model.review import Findings
from tests.analyzers.reading import codes, problem_of, read, seen


def of(**members: Any) -> Findings:
    return of_bytes(json.dumps({"spdxVersion": "SPDX-2.3", **members}).encode())


def of_bytes(data: bytes) -> Findings:
    return read(SpdxAnalyzer(), data, EvidenceKind.SPDX_JSON, "bom.spdx.json")


PACKAGE = {
    "SPDXID": "SPDXRef-lib",
    "name": "libflight",
    "versionInfo": "1.2",
    "supplier": "Organization: Kaze Aero K.K. (info@kaze.example)",
    "originator": "Organization: Foehn Dynamics B.V.",
    "primaryPackagePurpose": "LIBRARY",
    "checksums": [{"algorithm": "SHA256", "checksumValue": "ab" * 32}],
    "externalRefs": [
        {"referenceType": "purl", "referenceLocator": "pkg:generic/libflight@1.2"},
        {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:x:y"},
        {"referenceType": "other", "referenceLocator": "z"},
    ],
}


def test_a_package_becomes_a_component() -> None:
    findings = of(name="ground", packages=[PACKAGE], relationships=[{}, {}])
    (part,) = seen(findings, Component)
    assert (part.name, part.version, part.maker) == ("libflight", "1.2", "Foehn Dynamics B.V.")
    assert part.kind is PartKind.SOFTWARE
    assert (part.made_in, part.maker_domicile) == (None, None)
    assert part.ref == "SPDXRef-lib@bom.spdx.json"
    assert part.identifiers == {
        "sha256": "ab" * 32,
        "purl": "pkg:generic/libflight@1.2",
        "cpe": "cpe:2.3:a:x:y",
    }
    assert isinstance(part.loci[0], JsonPointer)
    assert part.loci[0].pointer == "/packages/0"
    (listing,) = seen(findings, PartsListing)
    assert (listing.scope, listing.parts, listing.says_complete) == ("component ground", 1, None)
    assert findings.coverage[0].measures == {"parts": 1.0, "relationships": 2.0}
    assert codes(findings) == []


@pytest.mark.parametrize(
    ("supplier", "name"),
    [
        ("Organization: Kaze Aero K.K. (info@kaze.example)", "Kaze Aero K.K."),
        ("Organization: Acme (Japan)", "Acme (Japan)"),
        ("Person: Jo Doe", "Jo Doe"),
        ("NOASSERTION", None),
        ("Tool: something", None),
        ("", None),
    ],
)
def test_a_supplier_stands_in_where_no_originator_is_named(supplier: str, name: str | None) -> None:
    findings = of(packages=[{"name": "x", "supplier": supplier}])
    assert seen(findings, Component)[0].maker == name
    assert [(one.name, one.role) for one in seen(findings, Party)] == (
        [(name, "supplier")] if name else []
    )


def test_a_version_that_says_nothing_is_none() -> None:
    findings = of(packages=[{"name": "x", "versionInfo": "NOASSERTION"}])
    assert seen(findings, Component)[0].version is None


def test_the_purpose_of_an_application_leaves_its_kind_open() -> None:
    findings = of(packages=[{"name": "x", "primaryPackagePurpose": "APPLICATION"}])
    assert seen(findings, Component)[0].kind is None


def test_packages_that_cannot_be_read_are_told_and_the_others_read() -> None:
    findings = of(packages=[{"versionInfo": "1"}, "text", {"name": 3}, {"name": "good"}])
    assert [part.name for part in seen(findings, Component)] == ["good"]
    assert sorted(codes(findings)) == ["SEK-P421", "SEK-P421", "SEK-P426", "SEK-P426"]


def test_a_key_that_stands_twice_is_told() -> None:
    data = b'{"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "name": "b"}]}'
    assert "unique keys" in problem_of(of_bytes(data), "SEK-P426").details["expected"]


def test_another_version_of_spdx_2_is_told() -> None:
    findings = of_bytes(b'{"spdxVersion": "SPDX-2.0", "relationships": 3}')
    assert problem_of(findings, "SEK-P431").details == {"version": "SPDX-2.0"}
    assert findings.coverage[0].measures["relationships"] == 0.0


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"spdxVersion": "SPDX-3.0"}', b"\x00"])
def test_what_is_no_spdx_2_is_an_error(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="SEK-E243"):
        of_bytes(data)


SAMPLE = json.dumps({"spdxVersion": "SPDX-2.3", "packages": [PACKAGE]}).encode()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.binary(min_size=1, max_size=4))
def test_mutated_documents_end_in_findings_or_an_error(at: int, patch: bytes) -> None:
    try:
        findings = of_bytes(SAMPLE[:at] + patch + SAMPLE[at + len(patch) :])
    except EvidenceError:
        return
    assert len(seen(findings, PartsListing)) == 1


def test_packages_beyond_the_cap_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MAX_PARTS", 1)
    assert codes(of(packages=[{"name": "a"}, {"name": "b"}])) == ["SEK-P427"]


def test_a_checksum_without_an_algorithm_is_left_out() -> None:
    findings = of(packages=[{"name": "a", "checksums": [{"checksumValue": "ab"}]}])
    assert seen(findings, Component)[0].identifiers == {}
