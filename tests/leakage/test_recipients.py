from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.leakage.recipients import NamedByBody, Placed, know_recipient, normalise_host
from sekisho.model.dossier import NamedRecipient
from sekisho.model.flow import Modality, NameSource, Recipient
from tests.leakage.build import ABROAD, BODY, GCS, codes, directory, registered_domain


def know(
    host: str | None,
    address: str | None = None,
    source: NameSource = NameSource.TLS_SNI,
    modality: Modality = Modality.OBSERVED,
    named: tuple[NamedRecipient, ...] = BODY,
) -> Placed:
    recipient = Recipient(host=host, host_learnt_from=source, address=address)
    return know_recipient(recipient, modality, directory(named))


@pytest.mark.parametrize(
    "host",
    [GCS, "police.example", "GCS.Police.Example.", "a.b.police.example", "ＧＣＳ.police。example"],
)
def test_the_named_host_and_hosts_below_it_are_the_bodys(host: str) -> None:
    assert know(host, ABROAD).known.named_by_body


@pytest.mark.parametrize(
    "host",
    [
        "gcs.police.example.evil.example",
        "xgcspolice.example",
        "xpolice.example",
        "police.example.evil",
        "police-example.evil",
        "gcs.pоlice.example",  # a Cyrillic letter
        "example",
        "police",
        "a..police.example",
        "x" * 300 + ".police.example",
        "police.example\x00.evil",
    ],
)
def test_look_alikes_are_not_the_bodys(host: str) -> None:
    assert not know(host, ABROAD).known.named_by_body


def test_a_host_named_with_its_first_label_does_not_take_in_its_neighbours() -> None:
    named = (NamedRecipient(host=GCS),)
    assert know("a.gcs.police.example", named=named).known.named_by_body
    for host in ("xgcs.police.example", "police.example", "gcs.police.example.evil.example"):
        assert not know(host, named=named).known.named_by_body


def test_an_address_in_a_named_network_is_the_bodys_in_either_spelling() -> None:
    for address in ("10.20.0.5", "::ffff:10.20.0.5"):
        placed = know(None, address, NameSource.NONE)
        assert placed.known.named_by_body
        assert not placed.named_by_name_only
    assert not know(None, "10.21.0.5", NameSource.NONE).known.named_by_body
    assert not know(None, "fd00::5", NameSource.NONE).known.named_by_body


def test_a_name_counts_by_how_it_was_learnt() -> None:
    for source in (NameSource.TLS_SNI, NameSource.HTTP_HOST, NameSource.DNS_ANSWER):
        assert know(GCS, ABROAD, source).known.named_by_body
    for source in (NameSource.CODE, NameSource.NONE):
        assert not know(GCS, ABROAD, source).known.named_by_body
    assert know(GCS, None, NameSource.CODE, Modality.POSSIBLE).known.named_by_body


def test_a_named_host_at_a_foreign_address_is_known_by_name_only() -> None:
    assert know(GCS, ABROAD).named_by_name_only
    assert not know(GCS, "10.20.0.5").named_by_name_only
    assert not know(GCS, "192.168.1.5").named_by_name_only
    assert not know(GCS, None).named_by_name_only


def test_countries_are_opinions_with_source_and_date() -> None:
    (opinion,) = know(None, ABROAD, NameSource.NONE).known.countries
    assert (opinion.country, opinion.source) == ("NL", "registry table")
    assert opinion.as_of is not None
    assert know(None, "10.0.0.1", NameSource.NONE).known.countries == ()
    assert know(None, "9.9.9.9", NameSource.NONE).known.countries == ()
    assert know(None, "203.0.114.9", NameSource.NONE).known.countries == ()


def test_the_owner_comes_from_the_host_table() -> None:
    known = know("ulogs.umeng.com", ABROAD).known
    assert known.party == "Umeng Analytics"
    assert known.owner_country is not None
    assert known.owner_country.country == "CN"
    assert known.registered_domain == "umeng.com"
    seen_only = know("factory.fffsky.net").known
    assert (seen_only.party, seen_only.owner, seen_only.owner_country) == (None, None, None)


def test_a_host_that_spells_an_address_is_that_address() -> None:
    placed = know("193.0.6.139", None, NameSource.CODE, Modality.POSSIBLE)
    assert placed.known.address == ABROAD
    assert placed.reach is not None
    assert know("evil", "not an address").known.address == "not an address"
    assert know(None, None, NameSource.NONE).known.name == ""
    assert know("\x00..", None).known.name == "\x00.."


def test_a_named_address_in_place_of_a_host_is_only_itself() -> None:
    named = (NamedRecipient(host="10.20.0.5"), NamedRecipient(host="gcs"))
    assert know("10.20.0.5", named=named).known.named_by_body
    assert know("gcs", named=named).known.named_by_body
    assert not know("a.10.20.0.5", named=named).known.named_by_body
    assert not know("a.gcs", named=named).known.named_by_body


def test_entries_that_name_nobody_are_refused_and_told() -> None:
    named = NamedByBody(
        (
            NamedRecipient(network="0.0.0.0/0"),
            NamedRecipient(network="10.20.0"),
            NamedRecipient(host="co.jp"),
            NamedRecipient(host="a..b"),
        ),
        registered_domain,
    )
    assert codes(named.refused) == ["SEK-P830", "SEK-P830", "SEK-P831", "SEK-P831"]
    assert not named.names_host("drone.co.jp")


@given(st.text(max_size=80))
def test_any_text_is_a_host_in_ascii_or_none(text: str) -> None:
    host = normalise_host(text)
    assert host is None or (host.isascii() and host == host.lower())


@given(st.text(alphabet="abcgcs.policexmpl-", min_size=1, max_size=30))
def test_no_host_outside_the_named_domain_is_the_bodys(text: str) -> None:
    known = know(text, ABROAD).known
    host = normalise_host(text)
    below = host is not None and (host == "police.example" or host.endswith(".police.example"))
    assert known.named_by_body == below
