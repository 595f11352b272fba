"""What must hold between the parts of one pack: names that stand once, exceptions to something."""

from __future__ import annotations

from sekisho.errors import did_you_mean
from sekisho.law.link import ring_of, spell_ring
from sekisho.law.packfile import RegimeFile
from sekisho.law.refusal import Refusal
from sekisho.law.regime import Clause
from sekisho.law.vocabulary import Vocabulary, check_fact
from sekisho.model.determination import ClauseKind


def check_facts(pack: RegimeFile, vocabulary: Vocabulary, refusal: Refusal) -> None:
    """Hold the facts of a pack against the vocabulary that they are added to.

    Raises:
        PackError: at one that is there already, or that could never be used or become known.
    """
    seen: set[str] = set()
    for i, entry in enumerate(pack.facts):
        here = ("facts", i)
        if entry.key in seen or vocabulary.find(entry.key) is not None:
            refusal.fail(
                f"the fact '{entry.key}' is defined twice",
                why="the vocabulary or this file has it already, and only one could count",
                next_step="remove it here, or give it another name",
                path=(*here, "key"),
            )
        seen.add(entry.key)
        check_fact(entry, here, vocabulary.evidence, refusal)
        if not entry.settled_by:
            refusal.fail(
                f"nobody's word settles the fact '{entry.key}'",
                why="it could never become known",
                next_step="add 'settled_by:' with the voices that count",
                path=here,
            )


def check_ids(clauses: tuple[Clause, ...], refusal: Refusal) -> None:
    """See that every clause has a name of its own, and one of them says whom the regime binds.

    Raises:
        PackError: when it is not so.
    """
    seen: set[str] = set()
    for i, clause in enumerate(clauses):
        if clause.id in seen:
            refusal.fail(
                f"two clauses are called '{clause.id}'",
                why="a conclusion could not point to one of them",
                next_step="rename one",
                path=("clauses", i, "id"),
            )
        seen.add(clause.id)
    if not any(clause.kind is ClauseKind.SCOPE for clause in clauses):
        refusal.fail(
            "no clause says whom the regime binds",
            why="without a scope it would bind nobody",
            next_step="add a clause with 'scope:'",
            path=("clauses",),
        )


def check_exceptions(clauses: tuple[Clause, ...], refusal: Refusal) -> None:
    """See that exceptions lift clauses that are there, and no two lift each other.

    Raises:
        PackError: when it is not so.
    """
    lifts = {clause.id: clause.excepts for clause in clauses}
    for i, clause in enumerate(clauses):
        for target in clause.excepts:
            if target not in lifts:
                refusal.fail(
                    f"'{clause.id}' is an exception to '{target}', which is no clause here",
                    why="an exception to nothing lifts nothing",
                    next_step=did_you_mean(target, lifts, "name a clause"),
                    path=("clauses", i, "except_to"),
                )
    if ring := ring_of(lifts):
        one, other = ring[0], ring[1 % len(ring)]
        refusal.fail(
            f"the exceptions '{one}' and '{other}' lift each other",
            why=f"neither could ever be decided: {spell_ring(ring)}",
            next_step="remove one of the two",
            path=("clauses", list(lifts).index(one), "except_to"),
        )
