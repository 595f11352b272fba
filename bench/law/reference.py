"""Section 848 written out by hand in three values, from the words of the regime.

Every engine's answers, Sekisho's among them, are held against it. It shares no code with any.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date

from bench.law.cases import Article, Question

Truth = bool | None

ENACTED, AMENDED, REACHES_CONTRACTS = date(2019, 12, 20), date(2022, 12, 23), date(2024, 10, 1)
HARDWARE = {"flight_controller", "radio", "data_transmission_device", "camera", "gimbal"}
SOFTWARE = {"ground_control_system", "operating_software"}
USE = {"buy", "renew", "operate"}


def outcome_of(question: Question) -> str:
    """The outcome; one of five words."""
    on, act, body, kind = question.on, question.act, question.body, question.article.kind
    is_use = _in(act, USE)
    is_contract = _both(on >= REACHES_CONTRACTS, _in(act, {"contract_with_entity"}))
    binds = _either(
        _both(on >= ENACTED, _in(body, {"us.dod"}), is_use, _in(kind, {"uas", "counter_uas"})),
        _both(_in(body, {"us.dod", "us.dod_contractor"}), is_contract),
    )
    bare = _either(
        _both(on >= ENACTED, is_use, article_is_hit(question.article, on)),
        _both(is_contract, question.uses_covered),
    )
    breached = _both(bare, _not(question.waiver), _not(question.exempt))
    if binds is False:
        return "not_applicable"
    if binds and breached:
        return "prohibited"
    kept = _both(bare, question.waiver)
    if None in (binds, breached) or kept is None:
        return "undetermined"
    return "conditional" if kept else "permitted"


def article_is_hit(article: Article, on: date) -> Truth:
    """Whether one of the bans on things would hold, for one who uses it."""
    countries = {"CN", "RU", "IR", "KP"} if on >= AMENDED else {"CN"}
    whole = _either(_in(article.made_in, countries), _in(article.maker_domicile, countries))
    hits = {
        (names is SOFTWARE): _some(
            (
                _both(
                    _in(part.kind, names),
                    _either(_in(part.made_in, countries), _in(part.maker_domicile, countries)),
                )
                for part in article.parts
            ),
            article.parts_complete,
        )
        for names in (HARDWARE, SOFTWARE)
    }
    service = _either(_in(article.located_in, countries), _in(article.administrator, countries))
    return _either(
        _both(
            _in(article.kind, {"uas"}),
            _either(whole, *hits.values(), _some([service], article.services_complete)),
        ),
        _both(_in(article.kind, {"counter_uas"}), whole),
    )


def _in(value: str | None, values: Container[str]) -> Truth:
    return None if value is None else value in values


def _some(members: Iterable[Truth], complete: Truth) -> Truth:
    """Whether it is so of a member: of one not seen, while there may be such."""
    return _either(*members, False if complete else None)


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _both(*parts: Truth) -> Truth:
    if False in parts:
        return False
    return None if None in parts else True


def _either(*parts: Truth) -> Truth:
    if True in parts:
        return True
    return None if None in parts else False
