import pytest

from sekisho.intake.plain_text import MAX_TEXT, folded_word, is_unstated, plain_text


def test_text_is_brought_to_one_line() -> None:
    assert plain_text("  two\n lines\t ") == "two lines"


def test_what_does_not_show_is_escaped_and_surrogates_can_be_written_as_json() -> None:
    shown = plain_text("a\x1b[31mb\u202ec\ud800")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    shown.encode("utf-8")


def test_long_text_is_cut() -> None:
    assert len(plain_text("x" * 5_000)) == MAX_TEXT


def test_full_width_and_case_do_not_matter() -> None:
    assert folded_word(" ＡＢＣ　１２ ") == "abc 12"


@pytest.mark.parametrize("text", ["", " ", "-", "Unknown", "UNKNOWN", "不明", "未確認", "N/A", "―"])
def test_words_that_state_nothing_are_known(text: str) -> None:
    assert is_unstated(text)


@pytest.mark.parametrize("text", ["JP", "no", "0", "Unknown Devices Ltd."])
def test_words_that_state_something_are_not_taken_for_nothing(text: str) -> None:
    assert not is_unstated(text)
