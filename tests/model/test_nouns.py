"""The nouns: places, names, one document."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from sekisho.model.determination import Outcome, strictest
from sekisho.model.dossier import Article
from sekisho.model.locus import (
    ByteRange,
    DexMethod,
    DocumentPage,
    JsonPointer,
    Locus,
    LogRecord,
    PcapFrame,
    TableRow,
    XmlElement,
    ZipEntry,
)
from sekisho.model.observation import Property, observation_id
from sekisho.model.problem import Coverage, CoverageStatus, Problem
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId, EvidenceId, Sha256, utc_instant
from sekisho.model.words import Language, Words

E = EvidenceId(Sha256("e" * 64))

PLACES: list[tuple[Locus, str]] = [
    (ByteRange(E, 16, 4), "@0x10+4"),
    (ZipEntry(E, "classes.dex", 32, 5), "classes.dex@0x20+5"),
    (ZipEntry(E, "classes.dex"), "classes.dex"),
    (DexMethod(E, "classes.dex", "a.B"), "classes.dex:a.B"),
    (DexMethod(E, "classes.dex", "a.B", "run"), "classes.dex:a.B.run"),
    (PcapFrame(E, 7, 255, 9), "frame 7 @0xff+9"),
    (LogRecord(E, 3, 16), "record 3 @0x10"),
    (JsonPointer(E, "/a/0"), "/a/0"),
    (JsonPointer(E, "", 4), "/ (line 4)"),
    (XmlElement(E, "/bom/component[1]"), "/bom/component[1]"),
    (TableRow(E, 5), "row 5"),
    (TableRow(E, 5, "Parts"), "Parts row 5"),
    (DocumentPage(E, 2), "page 2"),
]


@pytest.mark.parametrize(("place", "words"), PLACES)
def test_a_place_is_told_in_words_and_comes_back_from_json(place: Locus, words: str) -> None:
    assert place.address() == words
    assert msgspec.json.decode(msgspec.json.encode(place), type=Locus) == place


def test_equal_observations_have_equal_names_and_others_do_not() -> None:
    def seen(value: str) -> Property:
        return Property(
            name="n", value=value, loci=(ByteRange(E, 0, 1),), analyzer=AnalyzerId("x.y/1")
        )

    assert observation_id(seen("a")) == observation_id(seen("a"))
    assert observation_id(seen("a")) != observation_id(seen("b"))
    assert len(observation_id(seen("a"))) == 16


def test_findings_add_up_in_order() -> None:
    one = Findings(problems=(Problem(code="SEK-P1"),))
    two = Findings(
        problems=(Problem(code="SEK-P2"),),
        coverage=(Coverage(evidence=E, analyzer=None, status=CoverageStatus.LOOKED),),
    )
    both = one + two
    assert [problem.code for problem in both.problems] == ["SEK-P1", "SEK-P2"]
    assert both.coverage == two.coverage


def test_the_strictest_outcome_counts() -> None:
    assert strictest([Outcome.PERMITTED, Outcome.UNDETERMINED]) is Outcome.UNDETERMINED
    assert strictest([Outcome.UNDETERMINED, Outcome.PROHIBITED]) is Outcome.PROHIBITED
    assert strictest([Outcome.NOT_APPLICABLE, Outcome.CONDITIONAL]) is Outcome.CONDITIONAL
    assert strictest([]) is Outcome.UNDETERMINED


def test_an_article_is_titled_by_what_is_known() -> None:
    assert Article(maker="Kaze", version="1").title() == "Kaze 1"
    assert Article().title() == ""


def test_instants_are_in_utc_and_absurd_ones_are_refused() -> None:
    assert utc_instant(0) == datetime(1970, 1, 1, tzinfo=UTC)
    for absurd in (1e18, -1e18, 1e30):
        with pytest.raises(ValueError, match=r"instant|range"):
            utc_instant(absurd)


def test_words_are_given_in_the_language_asked() -> None:
    words = Words("yes", "はい")
    assert words.in_language(Language.EN) == "yes"
    assert words.in_language(Language.JA) == "はい"
