"""Cases and stated facts held against the vocabulary before the law is asked."""

from __future__ import annotations

from sekisho.errors import SekishoError, did_you_mean
from sekisho.law.vocabulary import Vocabulary
from sekisho.model.case import Case


def check_case(
    case: Case, vocabulary: Vocabulary, *, where: str, error: type[SekishoError]
) -> None:
    """Refuse a case that uses words the law does not have.

    Raises:
        SekishoError: of class `error`, naming the nearest word.
    """
    for key, value in (("act", case.act), ("task", case.task), ("body", case.body)):
        if value is not None:
            check_fact(key, value, vocabulary, where=where, error=error)


def check_fact(
    key: str, value: str, vocabulary: Vocabulary, *, where: str, error: type[SekishoError]
) -> None:
    """Refuse a fact that the vocabulary does not have, or a value that the fact cannot have.

    Raises:
        SekishoError: of class `error`, naming the nearest word.
    """
    entry = vocabulary.find(key)
    if entry is None:
        raise error(
            "SEK-E002",
            f"the fact '{key}' is not in the vocabulary",
            why="the law would never look at it",
            next_step=did_you_mean(key, vocabulary.keys, "see the vocabulary for its facts"),
            where=where,
        )
    if not entry.accepts(value):
        raise error(
            "SEK-E003",
            f"'{value}' is not a value of '{key}'",
            why=f"it is {entry.permitted()}",
            next_step=did_you_mean(value, entry.values, "use one of these"),
            where=where,
        )
