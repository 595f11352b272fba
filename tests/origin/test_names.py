from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.origin.names import name_key, normalise_name, trim_legal_form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shenzhen DJI Technology Co., Ltd.", "SHENZHEN DJI TECHNOLOGY CO.,LTD"),
        ("Foehn Dynamics B.V.", "Foehn Dynamics BV"),
        ("Kaze Aero K.K.", "ＫＡＺＥ　Ａｅｒｏ　ＫＫ"),
        ("株式会社風", "風(株)"),
        ("株式会社風", "㈱風"),
        ("AVIC Xi’an Aircraft", "AVIC Xi'an Aircraft"),
        ("TP-Link Technologies Co., Ltd.", "TP Link Technologies"),
        ("Huawei Technologies Company", "Huawei Technologies Co.,Ltd."),
        ("M&S Electronics", "M and S Electronics"),
        ("深圳市大疆创新科技有限公司", "深圳市大疆创新科技"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Autel Robotics", "Axtel Robotics"),
        ("DJI", "DCI"),
        ("Skydio", "Skydico"),
        ("Hikvision Japan", "Hikvision"),
        ("大疆", "DJI"),
    ],
)
def test_other_names_stay_other(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_the_legal_form_is_kept_where_asked_and_never_the_whole_name() -> None:
    assert normalise_name("Foehn Dynamics B.V.") == "foehn dynamics bv"
    assert normalise_name("Foehn Dynamics B.V.") != normalise_name("Foehn Dynamics K.K.")
    assert name_key("Limited") == "limited"
    assert name_key("Co., Ltd.") == "co"
    assert trim_legal_form("株式会社") == "株式会社"
    assert name_key("...") == ""


@given(st.text(max_size=600))
def test_normalising_is_stable_for_any_text(text: str) -> None:
    once = normalise_name(text)
    assert len(once) < 600 * 20
    assert name_key(text) == trim_legal_form(once)
    assert once == once.strip()
