"""The origin test and the leak test, with the packs and look-up tables they are handed."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING

import iptocc

from sekisho.data.files import pack_digest, pack_names, pack_text
from sekisho.leakage.hosts import HostTable, load_hosts
from sekisho.leakage.needs import LoadedProfile, load_need_profile
from sekisho.leakage.recipients import Directory, NamedByBody, Registry, know_recipient
from sekisho.leakage.verdict import Lookups, assess_leakage
from sekisho.model.assessment import KnownRecipient, LeakAssessment, OriginAssessment
from sekisho.model.dossier import Dossier
from sekisho.model.fact import Assertion
from sekisho.model.observation import Flow, Observation
from sekisho.model.review import Findings
from sekisho.model.units import ObservationId, Sha256
from sekisho.origin.assess import assess_origin
from sekisho.origin.lists import ListEdition, load_aliases, load_list

if TYPE_CHECKING:
    from tldextract import TLDExtract

HOSTS = "signatures/hosts.csv"
ALIASES = "lists/aliases.csv"


def assess_origin_of(
    observations: Mapping[ObservationId, Observation], dossier: Dossier, on: date
) -> tuple[OriginAssessment, tuple[Assertion, ...]]:
    """The origin test with the lists that are shipped."""
    return assess_origin(
        observations=observations,
        article=dossier.article,
        editions=_editions(),
        aliases=load_aliases(pack_text(ALIASES), ALIASES),
        on=on,
    )


def assess_leakage_of(
    observations: Mapping[ObservationId, Observation],
    findings: Findings,
    dossier: Dossier,
    task: str | None,
) -> tuple[LeakAssessment, tuple[Assertion, ...]]:
    """The leak test with the need profiles that are shipped."""
    return assess_leakage(
        observations=observations,
        coverage=findings.coverage,
        problems=findings.problems,
        dossier=dossier,
        task=task,
        profiles=_profiles(),
        lookups=_lookups(),
    )


@functools.cache
def packs_used() -> dict[str, Sha256]:
    """The digest of every pack that can bear on an answer."""
    names = [
        name
        for folder in ("regimes", "needs", "lists", "signatures")
        for suffix in (".yaml", ".csv")
        for name in pack_names(folder, suffix)
    ]
    return {name: pack_digest(name) for name in names}


@functools.cache
def _editions() -> tuple[ListEdition, ...]:
    names = [name for name in pack_names("lists", ".csv") if name != ALIASES]
    return tuple(load_list(pack_text(name), name) for name in names)


@functools.cache
def _profiles() -> tuple[LoadedProfile, ...]:
    return tuple(load_need_profile(pack_text(name), name) for name in pack_names("needs"))


@functools.cache
def _lookups() -> Lookups:
    hosts: HostTable = load_hosts(pack_text(HOSTS), HOSTS)
    registry = Registry(
        name=f"RIR delegated files (iptocc {version('iptocc')})",
        as_of=None,
        country=_registry_country,
    )
    return Lookups(hosts=hosts, registry=registry, registered_domain=registered_domain)


@functools.cache
def _nobody_named() -> Directory:
    """Where recipients are looked up when no body has named its own."""
    lookups = _lookups()
    return Directory(
        hosts=lookups.hosts,
        registry=lookups.registry,
        registered_domain=lookups.registered_domain,
        named=NamedByBody((), lookups.registered_domain),
    )


def know_recipient_of(flow: Flow) -> KnownRecipient:
    """What is known of the recipient of a flow, without a dossier."""
    return know_recipient(flow.recipient, flow.modality, _nobody_named()).known


def _registry_country(address: str) -> str | None:
    """The country that the registry entered for an address; `None` when it has none."""
    found: str | None = iptocc.country_code(address)
    return found


@functools.cache
def _suffixes() -> TLDExtract:
    """The public suffix list of the package: no network, no cache folder."""
    import tldextract  # noqa: PLC0415 - slow to load, and needed only where hosts are named

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def registered_domain(host: str) -> str | None:
    """The domain under a public suffix; under a suffix the list does not know, the last two labels.

    The list's default rule is that the last label is the suffix (publicsuffix.org, "Algorithm").
    """
    if found := _suffixes()(host).top_domain_under_public_suffix:
        return found
    labels = host.rstrip(".").split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 else None
