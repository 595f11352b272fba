"""Observations for the tests of the origin test, built from small parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from sekisho.data.files import pack_names, pack_text
from sekisho.model.assessment import OriginAssessment
from sekisho.model.dossier import Article
from sekisho.model.fact import Assertion
from sekisho.model.locus import TableRow, ZipEntry
from sekisho.model.observation import (
    Claim,
    Component,
    Observation,
    Ownership,
    PartKind,
    PartsListing,
    Party,
    Property,
    Voice,
    observation_id,
)
from sekisho.model.units import AnalyzerId, CountryCode, EvidenceId, ObservationId, Sha256
from sekisho.origin.assess import assess_origin
from sekisho.origin.lists import ListEdition, load_aliases, load_list

ON = date(2026, 7, 1)
KAZE = "Kaze Aero K.K."
FOEHN = "Foehn Dynamics B.V."
EDITIONS: tuple[ListEdition, ...] = tuple(
    load_list(pack_text(name), name) for name in pack_names("lists", ".csv") if "us_" in name
)
ALIASES = load_aliases(pack_text("lists/aliases.csv"), "aliases.csv")


def row(document: str, number: int = 2) -> tuple[TableRow]:
    digest = hashlib.sha256(document.encode()).hexdigest()
    return (TableRow(EvidenceId(Sha256(digest)), number),)


def country(code: str | None) -> CountryCode | None:
    return CountryCode(code) if code else None


def claim(fact: str, value: str, voice: Voice = Voice.MAKER, by: str = KAZE) -> Claim:
    return Claim(
        loci=row("dossier.yaml"),
        analyzer=AnalyzerId("declaration.dossier/1"),
        fact=fact,
        value=value,
        by=by,
        voice=voice,
        made_on=date(2026, 4, 1),
    )


def owns(
    owner: str,
    owned: str,
    share: float | None,
    *,
    owner_country: str | None = None,
    owned_country: str | None = None,
    since: date | None = None,
    until: date | None = None,
    document: str = "owners.csv",
    number: int = 2,
) -> Ownership:
    return Ownership(
        loci=row(document, number),
        analyzer=AnalyzerId("ownership.table/1"),
        owner=owner,
        owned=owned,
        share=share,
        owner_country=country(owner_country),
        owned_country=country(owned_country),
        since=since,
        until=until,
        source="register",
    )


def part(
    ref: str,
    name: str = "camera",
    kind: PartKind | None = PartKind.CAMERA,
    *,
    maker: str | None = None,
    made_in: str | None = None,
    maker_domicile: str | None = None,
    document: str = "parts.csv",
    **identifiers: str,
) -> Component:
    return Component(
        loci=row(document),
        analyzer=AnalyzerId("bom.table/1"),
        ref=ref,
        name=name,
        kind=kind,
        maker=maker,
        made_in=country(made_in),
        maker_domicile=country(maker_domicile),
        identifiers=identifiers,
    )


def sdk(
    name: str = "Umeng Analytics", maker: str | None = "Umeng", ref: str = "com.umeng"
) -> Component:
    return Component(
        loci=(ZipEntry(EvidenceId(Sha256("a" * 64)), "classes.dex"),),
        analyzer=AnalyzerId("app.sdks/1"),
        ref=ref,
        name=name,
        maker=maker,
        maker_domicile=CountryCode("CN"),
    )


def listing(
    *, complete: bool | None, scope: str = "article", document: str = "parts.csv"
) -> PartsListing:
    return PartsListing(
        loci=row(document, 1),
        analyzer=AnalyzerId("bom.table/1"),
        scope=scope,
        parts=1,
        says_complete=complete,
    )


def maker(
    name: str = KAZE, code: str | None = None, analyzer: str = "declaration.dossier/1"
) -> Party:
    return Party(
        loci=row("dossier.yaml"),
        analyzer=AnalyzerId(analyzer),
        name=name,
        role="maker",
        country=country(code),
    )


def signer(subject: str) -> Property:
    return Property(
        loci=(ZipEntry(EvidenceId(Sha256("a" * 64)), "META-INF/CERT.RSA"),),
        analyzer=AnalyzerId("app.signer/1"),
        name="signer_subject",
        value=subject,
    )


def by_id(seen: Iterable[Observation]) -> dict[ObservationId, Observation]:
    return {observation_id(one): one for one in seen}


def assess(
    *seen: Observation,
    article_maker: str | None = KAZE,
    on: date | None = ON,
    editions: tuple[ListEdition, ...] = EDITIONS,
) -> tuple[OriginAssessment, tuple[Assertion, ...]]:
    return assess_origin(
        observations=by_id(seen),
        article=Article(maker=article_maker),
        editions=editions,
        aliases=ALIASES,
        on=on,
    )


def said(assertions: Iterable[Assertion], fact: str) -> set[tuple[str, Voice]]:
    return {(one.value, one.voice) for one in assertions if one.fact == fact}


def codes(messages: Iterable[object]) -> list[str]:
    return [getattr(message, "code", "") for message in messages]
