from __future__ import annotations

import msgspec
import pytest

from sekisho.leakage.hosts import COLUMNS, load_hosts
from sekisho.leakage.judge import judge_flow
from sekisho.leakage.recipients import know_recipient
from sekisho.model.assessment import JudgedFlow, Judgement
from sekisho.model.flow import DataCategory, NameSource, Protection, Volume
from sekisho.model.observation import Flow, observation_id
from sekisho.model.units import Bytes
from tests.leakage.build import (
    ABROAD,
    GCS,
    KNOWN,
    TASK,
    codes,
    directory,
    flow,
    leak,
    possible,
    profile,
)

CLEAR, OPAQUE = Protection.CLEAR, Protection.OPAQUE
LOOKUP = (DataCategory.NAME_LOOKUP,)


def judge(seen: Flow, task: str | None = TASK, *, corroborated: bool = False) -> JudgedFlow:
    return judge_flow(
        observation_id(seen),
        seen,
        know_recipient(seen.recipient, seen.modality, directory()),
        profile(task).profile if task else None,
        phase=seen.phase,
        site="JP",
        values={value.name: value for value in KNOWN},
        corroborated_by=(observation_id(possible(GCS)),) if corroborated else (),
    )


def dns(address: str, **more: object) -> Flow:
    categories = more.get("categories", LOOKUP)
    assert isinstance(categories, tuple)
    return flow(
        None,
        address,
        protocol="dns",
        protection=CLEAR,
        source=NameSource.NONE,
        categories=categories,
    )


def test_protected_to_a_named_recipient_is_needed_whatever_it_carries() -> None:
    for categories in ((), (DataCategory.UNKNOWN,), (DataCategory.IMAGERY, DataCategory.POSITION)):
        judged = judge(flow(categories=categories))
        assert judged.judgement is Judgement.NEEDED
        assert judged.allowed_by == "own-systems"
        assert codes(judged.reasons) == ["SEK-P820"]


def test_clear_text_to_a_named_recipient_exceeds_the_need() -> None:
    judged = judge(flow(protection=CLEAR, protocol="http"))
    assert judged.judgement is Judgement.EXCEEDS
    assert judged.allowed_by is None
    assert codes(judged.reasons) == ["SEK-P802"]


def test_what_cannot_be_read_to_a_named_recipient_is_undecided_but_for_rescue() -> None:
    seen = flow(protection=OPAQUE, protocol="udp")
    judged = judge(seen)
    assert judged.judgement is Judgement.UNDECIDED
    assert codes(judged.reasons) == ["SEK-P812"]
    assert judge(seen, "rescue").judgement is Judgement.NEEDED


@pytest.mark.parametrize("protection", list(Protection))
def test_anything_to_an_unnamed_recipient_exceeds_the_need(protection: Protection) -> None:
    judged = judge(flow("cloud.maker.example", ABROAD, protection=protection))
    assert judged.judgement is Judgement.EXCEEDS
    assert codes(judged.reasons)[0] == "SEK-P801"


def test_the_reasons_tell_what_went_where() -> None:
    judged = judge(leak())
    assert codes(judged.reasons) == ["SEK-P801", "SEK-P802", "SEK-P803", "SEK-P804", "SEK-P807"]
    carried = judged.reasons[2].details
    assert carried["values"] == "imei, serial"
    assert judged.reasons[3].details["categories"] == "device_identifier, position"
    assert judged.reasons[4].details == {"country": "NL", "source": "registry table", "site": "JP"}


def test_the_owner_of_the_host_is_told() -> None:
    assert "SEK-P808" in codes(judge(flow("ulogs.umeng.com", ABROAD)).reasons)


def test_an_owner_of_unknown_domicile_is_told_as_that() -> None:
    row = "maker.example,Cloud,Foehn Dynamics B.V.,,unverified,label,2026-01-01\n"
    hosts = load_hosts(",".join(COLUMNS) + "\n" + row, "t.csv")
    seen = flow("cloud.maker.example", ABROAD)
    judged = judge_flow(
        observation_id(seen),
        seen,
        know_recipient(
            seen.recipient, seen.modality, msgspec.structs.replace(directory(), hosts=hosts)
        ),
        profile().profile,
        phase=seen.phase,
        site="JP",
        values={},
    )
    assert "SEK-P813" in codes(judged.reasons)


def test_code_and_capture_bear_each_other_out() -> None:
    assert "SEK-P809" in codes(judge(leak(), corroborated=True).reasons)
    assert "SEK-P809" not in codes(judge(possible(GCS), corroborated=True).reasons)


def test_a_named_host_at_a_foreign_address_is_needed_with_a_caveat() -> None:
    judged = judge(flow(GCS, ABROAD))
    assert judged.judgement is Judgement.NEEDED
    assert "SEK-P821" in codes(judged.reasons)


def test_look_ups_are_needed_at_own_and_local_resolvers_only() -> None:
    assert judge(dns("10.20.0.2")).judgement is Judgement.NEEDED
    assert judge(dns("192.168.1.1")).judgement is Judgement.NEEDED
    assert judge(dns("8.8.8.8")).judgement is Judgement.EXCEEDS
    assert judge(dns("192.168.1.1"), "security").judgement is Judgement.UNDECIDED


def test_a_look_up_that_carries_a_known_value_is_no_mere_look_up() -> None:
    seen = dns("192.168.1.1", categories=(*LOOKUP, DataCategory.DEVICE_IDENTIFIER))
    assert judge(seen).judgement is Judgement.UNDECIDED
    abroad = dns("8.8.8.8", categories=(*LOOKUP, DataCategory.DEVICE_IDENTIFIER))
    assert judge(abroad).judgement is Judgement.EXCEEDS


def test_housekeeping_of_the_local_network_is_needed_and_other_local_flows_undecided() -> None:
    dhcp = flow(None, "255.255.255.255", protocol="DHCP", protection=CLEAR, categories=())
    assert judge(dhcp).judgement is Judgement.NEEDED
    mdns = flow(None, "224.0.0.251", protocol="mdns", protection=CLEAR, categories=LOOKUP)
    assert judge(mdns).judgement is Judgement.NEEDED
    own = flow(None, "10.20.0.9", protocol="udp", protection=CLEAR, categories=())
    assert judge(own).judgement is Judgement.EXCEEDS
    other = flow(None, "192.168.1.9", protocol="udp", protection=CLEAR, categories=())
    assert judge(other).judgement is Judgement.UNDECIDED
    dhcp_abroad = flow(None, ABROAD, protocol="dhcp", protection=CLEAR, categories=())
    assert judge(dhcp_abroad).judgement is Judgement.EXCEEDS


def test_what_stays_in_the_device_is_needed() -> None:
    assert judge(flow(None, "127.0.0.1", protection=CLEAR)).judgement is Judgement.NEEDED


@pytest.mark.parametrize("address", ["100.64.0.9", "240.0.0.1", "ff0e::1", "2002:a14:5::1", None])
def test_addresses_that_are_neither_local_nor_named_exceed_the_need(address: str | None) -> None:
    assert judge(flow(None, address, source=NameSource.NONE)).judgement is Judgement.EXCEEDS


def test_possible_flows_are_never_a_leak_by_themselves() -> None:
    assert judge(possible("cloud.maker.example", CLEAR)).judgement is Judgement.UNDECIDED
    assert codes(judge(possible("cloud.maker.example")).reasons) == ["SEK-P811"]
    assert judge(possible(GCS)).judgement is Judgement.NEEDED
    assert judge(possible(GCS, CLEAR)).judgement is Judgement.UNDECIDED
    assert codes(judge(possible("192.168.1.1")).reasons) == ["SEK-P811", "SEK-P812"]


def test_a_connection_in_which_nothing_was_sent_is_undecided() -> None:
    tried = msgspec.structs.replace(leak(), volume=Volume(packets=3))
    assert judge(tried).judgement is Judgement.UNDECIDED
    assert codes(judge(tried).reasons)[0] == "SEK-P814"
    sent = msgspec.structs.replace(leak(), volume=Volume(sent=Bytes(1), packets=3))
    assert judge(sent).judgement is Judgement.EXCEEDS


def test_without_a_profile_everything_is_undecided() -> None:
    judged = judge(leak(), None)
    assert judged.judgement is Judgement.UNDECIDED
    assert codes(judged.reasons) == ["SEK-P810", "SEK-P807"]


def test_work_of_low_sensitivity_tolerates_services_but_not_data_of_the_flight() -> None:
    assert judge(dns("8.8.8.8"), "training").judgement is Judgement.NEEDED
    update = flow("u.maker.example", ABROAD, categories=(DataCategory.UPDATE,))
    assert judge(update, "training").judgement is Judgement.NEEDED
    unseen = flow("u.maker.example", ABROAD)
    assert judge(unseen, "training").judgement is Judgement.UNDECIDED
    position = flow("u.maker.example", ABROAD, categories=(DataCategory.POSITION,))
    assert judge(position, "training").judgement is Judgement.EXCEEDS
    assert judge(leak(), "training").judgement is Judgement.EXCEEDS


def test_a_flow_that_only_the_phase_keeps_out_still_has_a_reason() -> None:
    seen = flow(protection=Protection.PROTECTED)
    own = profile().profile
    narrow = type(own)(
        id="n",
        title=own.title,
        tasks=own.tasks,
        basis=own.basis,
        test_plan=own.test_plan,
        allow=(
            type(own.allow[0])(
                id="update-only",
                words=own.title,
                recipients=own.allow[0].recipients,
                phases=(own.test_plan[0].phase,) if own.test_plan[0].phase else (),
            ),
        ),
    )
    judged = judge_flow(
        observation_id(seen),
        seen,
        know_recipient(seen.recipient, seen.modality, directory()),
        narrow,
        phase=seen.phase,
        site=None,
        values={},
    )
    assert judged.judgement is Judgement.EXCEEDS
    assert codes(judged.reasons) == ["SEK-P805"]


def test_where_the_site_is_not_known_nothing_is_called_abroad() -> None:
    seen = leak()
    judged = judge_flow(
        observation_id(seen),
        seen,
        know_recipient(seen.recipient, seen.modality, directory()),
        profile().profile,
        phase=None,
        site=None,
        values={},
    )
    assert "SEK-P806" in codes(judged.reasons)
    assert "SEK-P807" not in codes(judged.reasons)
