"""Need profiles: which data may go to whom for a task, and which tests "no leak" asks for.

A profile is data with its basis. Rules are asked in order: the first of `allow` that fits makes a
flow needed; else the first of `unsettled` that fits leaves it undecided; else it exceeds the need.
A rule fits when every dimension does; an empty dimension fits all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from sekisho.errors import PackError
from sekisho.model.determination import Confidence
from sekisho.model.evidence import Phase
from sekisho.model.flow import DataCategory, Protection
from sekisho.model.units import Sha256
from sekisho.model.words import Words
from sekisho.strict_yaml import Places, decode_placed


class RecipientKind(StrEnum):
    """The kinds of recipient a rule speaks of; a recipient may be of several.

    `unnamed_local` is one on the local network that the body has not named.
    """

    NAMED_BY_BODY = "named_by_body"
    THIS_DEVICE = "this_device"
    LOCAL_NETWORK = "local_network"
    UNNAMED_LOCAL = "unnamed_local"
    ANY = "any"


class TestKind(StrEnum):
    """How a test is done: by capturing a phase of use, or by analysing the app."""

    __test__ = False  # pytest would take the class for a test case by its name
    CAPTURE_PHASE = "capture_phase"
    APP_ANALYSIS = "app_analysis"


class TestUnit(StrEnum):
    """What a test is counted in."""

    __test__ = False  # as above
    MINUTES = "minutes"
    FILES = "files"


class NeedRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of flow: to whom, what, by which protocol, protected how, and when."""

    id: str
    words: Words
    recipients: tuple[RecipientKind, ...]
    categories: tuple[DataCategory, ...] = ()
    protocols: tuple[str, ...] = ()
    protection: tuple[Protection, ...] = ()
    phases: tuple[Phase, ...] = ()


class PlannedTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test that must have been done before anything is called clean."""

    id: str
    what: Words
    kind: TestKind
    wanted: float
    unit: TestUnit
    phase: Phase | None = None


class Basis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a profile rests on, and how surely that is known.

    `derived` marks what is our own choice, not the source's words.
    """

    text: Words
    confidence: Confidence
    sources: tuple[str, ...] = ()
    derived: bool = False


class NeedProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The need of one or more tasks.

    `blocking_behaviours` are behaviours of software that keep it from being called clean, such as
    packed code, since what was looked at is then not what runs.
    """

    id: str
    title: Words
    tasks: tuple[str, ...]
    basis: tuple[Basis, ...]
    allow: tuple[NeedRule, ...]
    unsettled: tuple[NeedRule, ...] = ()
    blocking_behaviours: tuple[str, ...] = ()
    test_plan: tuple[PlannedTest, ...]

    def rules(self) -> tuple[NeedRule, ...]:
        """All rules, in the order they are asked."""
        return self.allow + self.unsettled


class LoadedProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A need profile with the digest of the text it was read from."""

    profile: NeedProfile
    digest: Sha256


def load_need_profile(text: str, name: str) -> LoadedProfile:
    """Read a need profile.

    Args:
        text: of the pack.
        name: of the pack, for errors.

    Raises:
        PackError: SEK-E356 when the YAML does not have the form; SEK-E357 when it contradicts
            itself. Both name the line.
    """
    profile, places = decode_placed(text, NeedProfile, file=name, error=PackError, code="SEK-E356")
    _check_ids(profile, places)
    _check_fields(profile, places)
    for position, test in enumerate(profile.test_plan):
        _check_test(test, places.where("test_plan", position))
    digest = Sha256(hashlib.sha256(text.encode("utf-8")).hexdigest())
    return LoadedProfile(profile=profile, digest=digest)


def profile_for(task: str | None, profiles: Iterable[LoadedProfile]) -> LoadedProfile | None:
    """The first profile that serves a task; `None` when there is none."""
    return next((loaded for loaded in profiles if task in loaded.profile.tasks), None)


def _check_ids(profile: NeedProfile, places: Places) -> None:
    seen: set[str] = set()
    for part in ("allow", "unsettled", "test_plan"):
        for position, item in enumerate(getattr(profile, part)):
            if item.id in seen:
                where = places.where(part, position, "id")
                raise _inconsistent(f"the id '{item.id}' stands twice", "rename one of them", where)
            seen.add(item.id)


def _check_fields(profile: NeedProfile, places: Places) -> None:
    for part in ("tasks", "basis", "allow", "test_plan"):
        if not getattr(profile, part):
            raise _inconsistent(
                f"'{part}' is empty", "a profile without it says nothing", places.where(part)
            )
    for part in ("allow", "unsettled"):
        for position, rule in enumerate(getattr(profile, part)):
            if not rule.recipients:
                raise _inconsistent(
                    f"the rule '{rule.id}' names no recipient",
                    "name at least one kind of recipient; 'any' means everybody",
                    places.where(part, position),
                )


def _check_test(test: PlannedTest, where: str) -> None:
    capture = test.kind is TestKind.CAPTURE_PHASE
    if not 0 < test.wanted < float("inf"):
        raise _inconsistent(
            f"the test '{test.id}' wants {test.wanted}", "want a number above 0", where
        )
    if capture != (test.phase is not None):
        raise _inconsistent(
            f"the test '{test.id}' has the wrong parts",
            "a test of kind capture_phase has a phase, and no other kind has",
            where,
        )
    if not capture and test.unit is not TestUnit.FILES:
        raise _inconsistent(
            f"the test '{test.id}' counts {test.unit}", "an app analysis counts files", where
        )


def _inconsistent(why: str, next_step: str, where: str) -> PackError:
    return PackError(
        "SEK-E357", "the need profile contradicts itself", why=why, next_step=next_step, where=where
    )
