"""Dossiers for the tests of the leak test, built from small parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from sekisho.data.files import pack_names, pack_text
from sekisho.leakage.hosts import load_hosts
from sekisho.leakage.needs import LoadedProfile, load_need_profile
from sekisho.leakage.recipients import Directory, NamedByBody, Registry
from sekisho.leakage.verdict import Lookups, assess_leakage
from sekisho.model.assessment import LeakAssessment
from sekisho.model.dossier import Article, Dossier, NamedRecipient
from sekisho.model.evidence import CaptureConditions, Evidence, EvidenceKind, Phase
from sekisho.model.fact import Assertion
from sekisho.model.flow import (
    DataCategory,
    KnownValue,
    Modality,
    NameSource,
    Protection,
    Recipient,
)
from sekisho.model.locus import PcapFrame, ZipEntry
from sekisho.model.observation import (
    Behaviour,
    Claim,
    Flow,
    Observation,
    Voice,
    observation_id,
)
from sekisho.model.problem import Coverage, CoverageStatus, Problem
from sekisho.model.units import AnalyzerId, Bytes, EvidenceId, ObservationId, Sha256

TASK = "criminal_investigation"
GCS = "gcs.police.example"
TELEMETRY = "telemetry.foehn-cloud.example"
ABROAD = "193.0.6.139"
KNOWN = (
    KnownValue(category=DataCategory.DEVICE_IDENTIFIER, name="imei", value="490154203237518"),
    KnownValue(category=DataCategory.DEVICE_IDENTIFIER, name="serial", value="KZX1-000123"),
)
BODY = (
    NamedRecipient(host="police.example", why="our own"),
    NamedRecipient(network="10.20.0.0/24", why="our own"),
)


def evidence_id(path: str) -> EvidenceId:
    return EvidenceId(Sha256(hashlib.sha256(path.encode()).hexdigest()))


def evidence(
    path: str,
    kind: EvidenceKind,
    phase: Phase | None = None,
    *,
    site: str | None = "JP",
    parent: str | None = None,
) -> Evidence:
    return Evidence(
        id=evidence_id(path),
        path=path,
        size=Bytes(1000),
        kind=kind,
        parent=evidence_id(parent) if parent else None,
        conditions=CaptureConditions(phase=phase, site=site),
    )


def capture_of(phase: Phase) -> Evidence:
    return evidence(f"captures/{phase}.pcapng", EvidenceKind.PCAPNG, phase)


APP = evidence("app/app.apk", EvidenceKind.APK, site=None)
CAPTURES = tuple(capture_of(phase) for phase in Phase)


def looked(
    item: Evidence,
    status: CoverageStatus = CoverageStatus.LOOKED,
    *,
    seconds: float = 1800.0,
    analyzer: str | None = "capture.flows/4",
) -> Coverage:
    return Coverage(
        evidence=item.id,
        analyzer=AnalyzerId(analyzer) if analyzer else None,
        status=status,
        measures={"duration_s": seconds},
    )


def flow(
    host: str | None = GCS,
    address: str | None = "10.20.0.5",
    *,
    phase: Phase = Phase.FLIGHT,
    protection: Protection = Protection.PROTECTED,
    protocol: str = "tls",
    source: NameSource = NameSource.TLS_SNI,
    categories: tuple[DataCategory, ...] = (DataCategory.UNKNOWN,),
    carried: tuple[str, ...] = (),
    frame: int = 1,
) -> Flow:
    return Flow(
        loci=(PcapFrame(evidence_id(f"captures/{phase}.pcapng"), frame, 0, 60),),
        analyzer=AnalyzerId("capture.flows/4"),
        origin="phone",
        recipient=Recipient(host=host, host_learnt_from=source, address=address, port=443),
        modality=Modality.OBSERVED,
        protocol=protocol,
        protection=protection,
        categories=categories,
        carried=carried,
        phase=phase,
    )


def possible(host: str, protection: Protection = Protection.PROTECTED) -> Flow:
    return Flow(
        loci=(ZipEntry(APP.id, "classes.dex", 10, 20),),
        analyzer=AnalyzerId("app.endpoints/1"),
        origin="app",
        recipient=Recipient(host=host, host_learnt_from=NameSource.CODE),
        modality=Modality.POSSIBLE,
        protocol="https",
        protection=protection,
    )


def leak(frame: int = 7) -> Flow:
    return flow(
        TELEMETRY,
        ABROAD,
        protection=Protection.CLEAR,
        protocol="http",
        source=NameSource.HTTP_HOST,
        categories=(DataCategory.POSITION,),
        carried=("imei", "serial"),
        frame=frame,
    )


def packed() -> Behaviour:
    return Behaviour(
        loci=(ZipEntry(APP.id, "lib/libDexHelper.so"),),
        analyzer=AnalyzerId("app.code/1"),
        name="packed_code",
    )


def claim(value: str = "false") -> Claim:
    return Claim(
        loci=(),
        analyzer=AnalyzerId("declaration.dossier/1"),
        fact="data.leaks",
        value=value,
        by="Kaze Aero K.K.",
        voice=Voice.MAKER,
        made_on=date(2026, 4, 1),
    )


def by_id(seen: Iterable[Observation]) -> dict[ObservationId, Observation]:
    return {observation_id(one): one for one in seen}


def registered_domain(host: str) -> str | None:
    """A tiny public suffix list: `co.jp` and single labels."""
    labels = host.split(".")
    size = 3 if host.endswith(".co.jp") else 2
    return ".".join(labels[-size:]) if len(labels) >= size else None


def country(address: str) -> str | None:
    return {ABROAD: "NL", "8.8.8.8": "US", "203.0.114.9": "eu?"}.get(address)


REGISTRY = Registry(name="registry table", as_of=date(2026, 10, 1), country=country)
HOSTS = load_hosts(pack_text("signatures/hosts.csv"), "hosts.csv")
LOOKUPS = Lookups(hosts=HOSTS, registry=REGISTRY, registered_domain=registered_domain)
PROFILES: tuple[LoadedProfile, ...] = tuple(
    load_need_profile(pack_text(name), name) for name in pack_names("needs")
)


def profile(task: str = TASK) -> LoadedProfile:
    return next(loaded for loaded in PROFILES if task in loaded.profile.tasks)


def directory(named: tuple[NamedRecipient, ...] = BODY) -> Directory:
    return Directory(
        hosts=HOSTS,
        registry=REGISTRY,
        registered_domain=registered_domain,
        named=NamedByBody(named, registered_domain),
    )


def dossier(
    items: Iterable[Evidence] = (APP, *CAPTURES), named: tuple[NamedRecipient, ...] = BODY
) -> Dossier:
    return Dossier(
        article=Article(maker="Mizu Robotics K.K."),
        evidence=tuple(items),
        recipients=named,
        known_values=KNOWN,
    )


def assess(
    seen: Iterable[Observation] = (),
    *,
    items: Iterable[Evidence] = (APP, *CAPTURES),
    coverage: Iterable[Coverage] | None = None,
    problems: Iterable[Problem] = (),
    task: str | None = TASK,
    named: tuple[NamedRecipient, ...] = BODY,
    profiles: Iterable[LoadedProfile] = PROFILES,
) -> tuple[LeakAssessment, tuple[Assertion, ...]]:
    kept = tuple(items)
    return assess_leakage(
        observations=by_id(seen),
        coverage=tuple(looked(item) for item in kept) if coverage is None else tuple(coverage),
        problems=tuple(problems),
        dossier=dossier(kept, named),
        task=task,
        profiles=profiles,
        lookups=LOOKUPS,
    )


def clean() -> tuple[Flow, ...]:
    """What a clean article does: look-ups at the body's resolver, TLS to its control station."""
    return tuple(
        one
        for phase in Phase
        for one in (
            flow(phase=phase),
            flow(
                None,
                "10.20.0.2",
                phase=phase,
                protocol="dns",
                protection=Protection.CLEAR,
                source=NameSource.NONE,
                categories=(DataCategory.NAME_LOOKUP,),
            ),
        )
    )


def codes(messages: Iterable[object]) -> list[str]:
    return [getattr(message, "code", "") for message in messages]
