import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.analyzers.bom import components, documents, services
from sekisho.analyzers.bom import parts as parts_module
from sekisho.analyzers.bom.cyclonedx import CycloneDxAnalyzer
from sekisho.errors import EvidenceError
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import JsonPointer, XmlElement
from sekisho.model.observation import Component, PartKind, PartsListing, Party, Property
from sekisho.model.problem import CoverageStatus
from sekisho.model.review import Findings
from tests.analyzers.reading import codes, problem_of, read, seen

BASE: dict[str, Any] = {"bomFormat": "CycloneDX", "specVersion": "1.6"}
SUBJECT = {"type": "application", "bom-ref": "gcs", "name": "Ground"}
NAMESPACE = "http://cyclonedx.org/schema/bom/1.6"


def of_json(**members: Any) -> Findings:
    return of_bytes(json.dumps({**BASE, **members}).encode())


def of_bytes(data: bytes) -> Findings:
    return read(CycloneDxAnalyzer(), data, EvidenceKind.CYCLONEDX_JSON, "bom.json")


def of_xml(body: str | bytes, namespace: str = NAMESPACE) -> Findings:
    if isinstance(body, str):
        body = f'<?xml version="1.0"?><bom xmlns="{namespace}">{body}</bom>'.encode()
    return read(CycloneDxAnalyzer(), body, EvidenceKind.CYCLONEDX_XML, "bom.xml")


def listing(findings: Findings) -> PartsListing:
    (found,) = seen(findings, PartsListing)
    return found


FULL = {
    "type": "library",
    "bom-ref": "lib-1",
    "group": "com.foehn",
    "name": "flight",
    "version": "4.8.2",
    "manufacturer": {"name": "Foehn Dynamics B.V.", "address": {"country": "Netherlands"}},
    "supplier": {"name": "Kaze Aero K.K."},
    "purl": "pkg:maven/com.foehn/flight@4.8.2",
    "cpe": "cpe:2.3:a:foehn:flight:4.8.2:*:*:*:*:*:*:*",
    "hashes": [{"alg": "SHA-256", "content": "ab" * 32}],
    "properties": [{"name": "sekisho:made_in", "value": "オランダ"}],
}
FULL_XML = f"""
<components><component type="library" bom-ref="lib-1">
  <manufacturer><name>Foehn Dynamics B.V.</name>
    <address><country>Netherlands</country></address></manufacturer>
  <supplier><name>Kaze Aero K.K.</name></supplier>
  <group>com.foehn</group><name>flight</name><version>4.8.2</version>
  <hashes><hash alg="SHA-256">{"ab" * 32}</hash></hashes>
  <cpe>cpe:2.3:a:foehn:flight:4.8.2:*:*:*:*:*:*:*</cpe>
  <purl>pkg:maven/com.foehn/flight@4.8.2</purl>
  <properties><property name="sekisho:made_in">オランダ</property></properties>
</component></components>"""


@pytest.mark.parametrize("findings", [of_json(components=[FULL]), of_xml(FULL_XML)])
def test_a_component_is_the_same_in_json_and_xml(findings: Findings) -> None:
    (part,) = seen(findings, Component)
    assert part.name == "com.foehn/flight"
    assert part.version == "4.8.2"
    assert part.kind is PartKind.SOFTWARE
    assert part.maker == "Foehn Dynamics B.V."
    assert (part.made_in, part.maker_domicile) == ("NL", "NL")
    assert part.ref.startswith("lib-1@bom.")
    assert part.identifiers == {
        "purl": "pkg:maven/com.foehn/flight@4.8.2",
        "cpe": "cpe:2.3:a:foehn:flight:4.8.2:*:*:*:*:*:*:*",
        "type": "library",
        "sha-256": "ab" * 32,
    }
    (party,) = seen(findings, Party)
    assert (party.role, party.country) == ("component_maker", "NL")
    assert codes(findings) == []
    assert findings.coverage[0].status is CoverageStatus.LOOKED


def test_the_place_of_a_component_is_a_pointer_or_a_path() -> None:
    nested = {"name": "a", "components": [{"name": "b"}]}
    (_, inner) = seen(of_json(components=[nested]), Component)
    assert isinstance(inner.loci[0], JsonPointer)
    assert inner.loci[0].pointer == "/components/0/components/0"
    xml = (
        "<components><component><name>x</name></component><component><name>a</name>"
        "<components><component><name>b</name></component></components></component></components>"
    )
    inner = seen(of_xml(xml), Component)[-1]
    assert isinstance(inner.loci[0], XmlElement)
    assert inner.loci[0].path == "/bom/components/component[2]/components/component[1]"


def test_the_format_states_no_origin_and_none_is_made_up() -> None:
    supplier = {"name": "Kaze Aero K.K.", "address": {"country": "JP"}}
    (part,) = seen(of_json(components=[{"name": "x", "supplier": supplier}]), Component)
    assert (part.made_in, part.maker_domicile) == (None, None)
    assert part.maker == "Kaze Aero K.K."


def test_a_supplier_is_a_party_as_supplier_and_a_publisher_as_publisher() -> None:
    findings = of_json(
        components=[{"name": "a", "supplier": {"name": "S"}}, {"name": "b", "publisher": "P"}]
    )
    assert [(one.name, one.role) for one in seen(findings, Party)] == [
        ("S", "supplier"),
        ("P", "publisher"),
    ]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("sekisho:made_in", "made_in"),
        ("acme:hbom:countryOfOrigin", "made_in"),
        ("country-of-manufacture", "made_in"),
        ("sekisho:maker_domicile", "maker_domicile"),
        ("acme:CountryOfManufacturer", "maker_domicile"),
    ],
)
def test_properties_can_state_the_origin(name: str, column: str) -> None:
    part = {"name": "x", "properties": [{"name": name, "value": "CN"}]}
    (found,) = seen(of_json(components=[part]), Component)
    assert getattr(found, column) == "CN"


def test_other_properties_state_nothing() -> None:
    part = {"name": "x", "properties": [{"name": "cdx:device:sku", "value": "CN"}, {"value": "1"}]}
    (found,) = seen(of_json(components=[part]), Component)
    assert (found.made_in, found.maker_domicile) == (None, None)


def test_an_unknown_country_is_told_with_the_name_of_the_property() -> None:
    part = {"name": "x", "properties": [{"name": "acme:countryOfOrigin", "value": "Mars"}]}
    problem = problem_of(of_json(components=[part]), "SEK-P402")
    assert problem.details["column"] == "acme:countryOfOrigin"
    assert problem.details["place"] == "/components/0"


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"type": "library"}, PartKind.SOFTWARE),
        ({"type": "framework"}, PartKind.SOFTWARE),
        ({"type": "firmware"}, None),
        ({"type": "application"}, None),
        ({"type": "device"}, None),
        ({}, None),
        (
            {"type": "device", "properties": [{"name": "sekisho:kind", "value": "camera"}]},
            PartKind.CAMERA,
        ),
    ],
)
def test_a_kind_is_stated_or_stays_unknown(part: dict[str, Any], kind: PartKind | None) -> None:
    (found,) = seen(of_json(components=[{"name": "x", **part}]), Component)
    assert found.kind is kind


def test_the_subject_of_the_document_is_a_part() -> None:
    findings = of_json(metadata={"component": {**SUBJECT, "components": [{"name": "inner"}]}})
    assert [part.name for part in seen(findings, Component)] == ["Ground", "inner"]
    assert listing(findings).scope == "component Ground"


def test_a_document_of_the_whole_article_says_so_by_a_property() -> None:
    metadata = {
        "component": {**SUBJECT, "components": [{"name": "inner"}]},
        "properties": [{"name": "sekisho:scope", "value": "article"}],
    }
    findings = of_json(metadata=metadata, components=[{"name": "motor"}])
    assert listing(findings).scope == "article"
    assert [part.name for part in seen(findings, Component)] == ["inner", "motor"]
    alone = of_json(metadata={"properties": metadata["properties"]})
    assert listing(alone).scope == "article"


@pytest.mark.parametrize("name", ["article", ""])
def test_a_part_called_article_is_not_the_article(name: str) -> None:
    assert listing(of_json(metadata={"component": {"name": name}})).scope != "article"


def test_without_metadata_the_scope_is_the_document() -> None:
    assert listing(of_json()).scope == "document"
    assert listing(of_json(metadata={})).scope == "document"


@pytest.mark.parametrize(
    ("compositions", "says"),
    [
        ([], None),
        ([{"aggregate": "complete"}], True),
        ([{"aggregate": "complete", "assemblies": ["gcs"]}], True),
        ([{"aggregate": "complete", "assemblies": ["other"]}], None),
        ([{"aggregate": "complete", "dependencies": ["gcs"]}], None),
        ([{"aggregate": "incomplete", "assemblies": ["gcs"]}], False),
        ([{"aggregate": "incomplete_third_party_only", "assemblies": ["gcs"]}], False),
        ([{"aggregate": "complete"}, {"aggregate": "incomplete", "assemblies": ["x"]}], False),
        ([{"aggregate": "complete"}, {"aggregate": "unknown", "assemblies": ["x"]}], None),
        ([{"aggregate": "complete"}, {"assemblies": ["x"]}], None),
    ],
)
def test_completeness_is_what_compositions_say(
    compositions: list[dict[str, Any]],
    says: bool | None,  # noqa: FBT001 - what a table of cases expects
) -> None:
    findings = of_json(metadata={"component": SUBJECT}, compositions=compositions)
    assert listing(findings).says_complete is says


def test_compositions_are_read_in_xml() -> None:
    xml = (
        '<metadata><component bom-ref="gcs"><name>G</name></component></metadata><compositions>'
        '<composition><aggregate>complete</aggregate><assemblies><assembly ref="gcs"/></assemblies>'
        "</composition></compositions>"
    )
    assert listing(of_xml(xml)).says_complete is True


@pytest.mark.parametrize(
    "broken",
    [
        {"components": [{"name": "a"}, {"version": "1"}]},
        {"components": [{"name": "a"}, "not a component"]},
        {"components": [{"name": "a", "components": {"name": "b"}}]},
        {"components": [{"name": "a", "version": 1.0}]},
        {"components": {"name": "a"}},
        {"components": [{"name": "a", "supplier": "S"}]},
        {"services": [{"endpoints": [1], "name": "s"}]},
    ],
)
def test_a_document_with_an_unread_part_is_never_complete(broken: dict[str, Any]) -> None:
    findings = of_json(**broken, compositions=[{"aggregate": "complete"}])
    assert listing(findings).says_complete is None
    assert "SEK-P408" in codes(findings)
    assert findings.coverage[0].status is CoverageStatus.PARTLY


def test_a_misfit_is_told_once_with_its_place() -> None:
    findings = of_json(metadata={"component": {"name": 7}})
    problem = problem_of(findings, "SEK-P426")
    assert problem.details == {"place": "/metadata/component/name", "expected": "text"}
    assert codes(findings).count("SEK-P426") == 1


def test_a_key_that_stands_twice_is_told() -> None:
    data = b"""{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
      {"name": "a", "properties": [{"name": "sekisho:made_in", "value": "CN", "value": "JP"}]}]}"""
    assert "unique keys (value)" in problem_of(of_bytes(data), "SEK-P426").details["expected"]


def test_services_are_listed_with_provider_and_endpoints() -> None:
    service = {
        "name": "telemetry",
        "provider": {"name": "Foehn Dynamics B.V."},
        "endpoints": ["http://telemetry.foehn-cloud.example/v1"],
        "services": [{"name": "inner"}],
    }
    findings = of_json(services=[service])
    outer, inner = seen(findings, Property)
    assert (outer.name, outer.value) == ("service", "telemetry")
    assert outer.details == {
        "provider": "Foehn Dynamics B.V.",
        "endpoints": "http://telemetry.foehn-cloud.example/v1",
    }
    assert (inner.value, inner.details) == ("inner", {})
    (party,) = seen(findings, Party)
    assert (party.name, party.role) == ("Foehn Dynamics B.V.", "service_provider")
    assert listing(findings).parts == 0


def test_services_are_read_in_xml() -> None:
    xml = (
        "<services><service><provider><name>P</name></provider><name>s</name>"
        "<endpoints><endpoint>https://a.example</endpoint></endpoints></service></services>"
    )
    (service,) = seen(of_xml(xml), Property)
    assert service.details == {"provider": "P", "endpoints": "https://a.example"}


def test_a_service_without_a_name_is_told() -> None:
    assert codes(of_json(services=[{"endpoints": []}])) == ["SEK-P424"]


def test_too_many_or_too_deep_services_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_SERVICES", 1)
    assert codes(of_json(services=[{"name": "a"}, {"name": "b"}])) == ["SEK-P428"]


def test_a_version_that_is_not_known_is_told_and_read_as_far_as_it_goes() -> None:
    findings = of_json(specVersion="9.9", components=[{"name": "a"}])
    assert problem_of(findings, "SEK-P431").details == {"version": "9.9"}
    assert len(seen(findings, Component)) == 1
    assert codes(of_xml("", "http://cyclonedx.org/schema/bom/1.3")) == ["SEK-P431"]


def test_a_repeated_reference_is_told() -> None:
    parts = [{"name": "a", "bom-ref": "r"}, {"name": "b", "bom-ref": "r"}]
    findings = of_json(components=parts)
    assert codes(findings) == ["SEK-P405"]
    assert len({part.ref for part in seen(findings, Component)}) == 2


def test_parts_nested_beyond_the_cap_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "MAX_DEPTH", 1)
    deep = {"name": "a", "components": [{"name": "b", "components": [{"name": "c"}]}]}
    findings = of_json(components=[deep], compositions=[{"aggregate": "complete"}])
    assert [part.name for part in seen(findings, Component)] == ["a", "b"]
    assert codes(findings) == ["SEK-P429", "SEK-P408"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"bomFormat": "Other"}',
        b'{"a":' * 100_000,
        b"[" * 200_000 + b"]" * 200_000,
    ],
)
def test_what_is_no_cyclonedx_json_is_an_error(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="SEK-E243"):
        of_bytes(data)


def test_json_with_a_mark_in_utf_16_and_giant_numbers_is_read() -> None:
    text = json.dumps({**BASE, "components": [{"name": "a"}]})
    giant = text.replace("{", '{"n": ' + "9" * 10_000 + ", ", 1)
    for data in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), giant.encode()):
        assert len(seen(of_bytes(data), Component)) == 1


def test_lone_surrogates_do_not_stop_the_writing() -> None:
    findings = of_bytes(
        b'{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "a\\ud800"}]}'
    )
    seen(findings, Component)[0].name.encode("utf-8")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<bom",
        b'<bom xmlns="http://example.org/other"/>',
        b'<other xmlns="http://cyclonedx.org/schema/bom/1.6"/>',
        b'<!DOCTYPE bom [<!ENTITY a "aaaa">]><bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>',
        b'<!DOCTYPE bom SYSTEM "file:///etc/passwd"><bom/>',
        b"<a>" * 5_000,
        b'<?xml version="1.0" encoding="no-such"?><bom/>',
    ],
)
def test_what_is_no_safe_cyclonedx_xml_is_an_error(data: bytes) -> None:
    with pytest.raises(EvidenceError, match="SEK-E243"):
        of_xml(data)


def test_a_document_beyond_the_cap_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    with pytest.raises(EvidenceError, match="more than 10 bytes"):
        of_json()


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "components", "properties", "value", "supplier", "bom-ref", "aggregate"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(VALUE, VALUE, VALUE)
def test_any_shape_of_json_ends_in_findings(parts: Any, metadata: Any, compositions: Any) -> None:
    findings = of_json(components=parts, metadata=metadata, compositions=compositions)
    assert listing(findings).parts == len(seen(findings, Component))


SAMPLE = json.dumps({**BASE, "components": [FULL]}).encode()
SAMPLE_XML = f'<bom xmlns="{NAMESPACE}">{FULL_XML}</bom>'.encode()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 700), st.binary(min_size=1, max_size=4), st.booleans())
def test_mutated_documents_end_in_findings_or_an_error(at: int, patch: bytes, xml: bool) -> None:  # noqa: FBT001 - drawn
    whole = SAMPLE_XML if xml else SAMPLE
    data = whole[:at] + patch + whole[at + len(patch) :]
    try:
        findings = of_xml(data) if xml else of_bytes(data)
    except EvidenceError:
        return
    assert len(seen(findings, PartsListing)) == 1


def test_a_flood_of_empty_parts_ends_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_module, "MAX_PARTS", 3)
    findings = of_json(components=[{}] * 10)
    assert codes(findings) == ["SEK-P421"] * 3 + ["SEK-P427"]


def test_too_large_xml_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_XML_BYTES", 10)
    with pytest.raises(EvidenceError, match="of XML 10 are read"):
        of_xml("")


def test_xml_beyond_the_cap_on_elements_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_ELEMENTS", 2)
    with pytest.raises(EvidenceError, match="too many elements"):
        of_xml(FULL_XML)


def test_a_hash_without_an_algorithm_and_a_repeated_group_are_no_trouble() -> None:
    (part,) = seen(of_json(components=[{"name": "x", "hashes": [{"content": "ab"}]}]), Component)
    assert part.identifiers == {}
    xml = "<components/><components><component><name>x</name></component></components>"
    (part,) = seen(of_xml(xml), Component)
    assert part.loci[0].address() == "/bom/components[2]/component[1]"


def test_a_property_of_the_metadata_that_is_not_the_scope_is_no_scope() -> None:
    metadata = {"properties": [{"name": "x", "value": "article"}, {"name": "sekisho:scope"}]}
    assert listing(of_json(metadata=metadata)).scope == "document"
