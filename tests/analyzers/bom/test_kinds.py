import pytest

from sekisho.analyzers.bom import kinds
from sekisho.analyzers.bom.kinds import identify_part_kind, load_part_kinds
from sekisho.errors import PackError
from sekisho.model.observation import PartKind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("flight_controller", PartKind.FLIGHT_CONTROLLER),
        ("Flight Controller", PartKind.FLIGHT_CONTROLLER),
        ("Flight controllers", PartKind.FLIGHT_CONTROLLER),
        ("フライトコントローラー", PartKind.FLIGHT_CONTROLLER),
        ("Autopilot (main)", PartKind.FLIGHT_CONTROLLER),
        ("ＥＳＣ", PartKind.SPEED_CONTROLLER),
        ("GNSS受信機", PartKind.POSITIONING),
        ("Wi-Fi module", PartKind.DATA_TRANSMISSION_DEVICE),
        ("地上管制ソフトウェア", PartKind.GROUND_CONTROL_SYSTEM),
        ("飛行ソフトウェア", PartKind.OPERATING_SOFTWARE),
        ("その他", PartKind.OTHER),
        ("library", PartKind.SOFTWARE),
    ],
)
def test_kinds_are_known_in_english_and_japanese(words: str, kind: PartKind) -> None:
    assert identify_part_kind(words) is kind


@pytest.mark.parametrize(
    "words", ["software", "ソフトウェア", "firmware", "camera/gimbal", "", "s"]
)
def test_a_word_that_leaves_the_kind_open_is_not_guessed(words: str) -> None:
    assert identify_part_kind(words) is None


def test_every_kind_has_words() -> None:
    assert set(load_part_kinds().values()) == set(PartKind)


def test_a_word_for_two_kinds_is_a_pack_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "pack_text", lambda _: "kinds: {camera: [eye], sensor: [eye]}")
    load_part_kinds.cache_clear()
    with pytest.raises(PackError, match="two kinds"):
        load_part_kinds()
    load_part_kinds.cache_clear()
