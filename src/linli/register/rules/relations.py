"""Relations told anew when a household gets another head, by GB/T 4761.

The code of everybody says how they are related to the head. When somebody else becomes head, all codes change: the wife who
becomes head has her husband as 11 and his father as 53. What can't be told from two codes is 97 or 99 and marked for review, with
the likeliest answer beside it: a son who becomes head may be the husband of the daughter-in-law, or her brother-in-law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from linli.register.rules.kinship import back, code_of, shortest, way

HEAD, ONESELF = "02", "01"
RELATIVE, UNRELATED = "97", "99"
CHILDREN = frozenset({"20", "21", "22", "23", "24", "25", "26", "27", "29", "30", "31", "32", "33", "34", "35", "36", "37", "39"})
PARENTS = frozenset({"50", "51", "52", "57", "58"})
_STEP = frozenset({"27", "37", "57", "58"})
_TO_STEP = {"20": "27", "30": "37", "51": "57", "52": "58"}
_HALF_KNOWN = frozenset({"70", "80"})
_MARRIED = frozenset({"10", "11", "12"})
_BOTH_SEXES = ("1", "2")


@dataclass(frozen=True)
class Related:
    """How somebody is related to another. ``review``: ask; ``likely``: what it most probably is then, or empty."""

    code: str
    review: bool = False
    likely: str = ""


@dataclass(frozen=True)
class Member:
    """A member of a household. ``relation``: to the present head; ``born`` where known, for the order of brothers and sisters."""

    key: object
    relation: str
    sex: str
    born: date | None = None


def under_new_head(members: Iterable[Member], new_head: object) -> dict[object, Related]:
    """Everybody's relation to the new head, by key. KeyError where the new head is no member."""
    everybody = {member.key: member for member in members}
    head = next((m for m in everybody.values() if m.relation == HEAD), None) or next(
        (m for m in everybody.values() if m.relation == ONESELF), None
    )
    chosen = everybody[new_head]
    found: dict[object, Related] = {}
    for member in everybody.values():
        if member.key == new_head:
            found[member.key] = Related(HEAD)
            continue
        is_head = head is not None and member.key == head.key
        found[member.key] = seen_from(
            chosen.relation,
            chosen.sex,
            HEAD if is_head else member.relation,
            member.sex,
            head_sex=head.sex if head is not None else "",
            elder=_elder(member, chosen),
        )
    return found


def _elder(member: Member, than: Member) -> bool | None:
    if member.born is None or than.born is None or member.born == than.born:
        return None
    return member.born < than.born


def seen_from(own: str, own_sex: str, other: str, other_sex: str, *, head_sex: str = "", elder: bool | None = None) -> Related:
    """How ``other`` is related to ``own``, both given by their relation to one head.

    ``elder``: whether the other is older. A sex that isn't known matters only where the answer depends on it.
    """
    if own in (HEAD, ONESELF):
        return Related(other)
    if other in (HEAD, ONESELF):
        head_sex = other_sex
    if other in (HEAD, ONESELF) and way(own, own_sex) is None:
        return Related(UNRELATED if own == UNRELATED else RELATIVE, review=own not in (UNRELATED, RELATIVE))
    if own in _MARRIED and other[:1] in ("2", "3", "4"):
        # The couple's children and theirs keep even their rank; a step-child of one may be the other's own.
        return Related(other, review=other in _STEP)
    answers = {
        _one(own, mine, other, theirs, head, elder)
        for mine in _sexes(own_sex)
        for theirs in _sexes(other_sex)
        for head in _sexes(head_sex or _implied(own) or _implied(other))
    }
    if len(answers) == 1:
        return answers.pop()
    return Related(RELATIVE, review=True)


def _sexes(sex: str) -> tuple[str, ...]:
    return (sex,) if sex in _BOTH_SEXES else _BOTH_SEXES


def _implied(code: str) -> str:
    """The sex of the head, where a code tells it: who has a wife or a wife's parents is a man."""
    return "1" if code in ("12", "55", "56") else "2" if code in ("11", "53", "54") else ""


def _one(own: str, own_sex: str, other: str, other_sex: str, head_sex: str, elder: bool | None) -> Related:
    mine, theirs = way(own, own_sex), way(other, other_sex)
    if mine is None or theirs is None:
        return _opaque(own, other, near=mine is not None and len(mine) == 1)
    ways = shortest((*back(mine, head_sex), *theirs), own_sex)
    if not ways:
        return Related(RELATIVE, review=True)
    likely = code_of(ways[0], elder=elder)
    if len(ways) > 1:
        return Related(RELATIVE, review=True, likely=likely)
    found = Related(likely, review=likely in _HALF_KNOWN)
    return _with_step(found, own, other) if {own, other} & _STEP else found


def _opaque(own: str, other: str, *, near: bool) -> Related:
    """One of the two codes tells too little. Who is no relative of the head is none of the head's nearest either."""
    if UNRELATED in (own, other):
        return Related(UNRELATED, review=not near)
    return Related(RELATIVE, review=not near or other != RELATIVE)


def _with_step(found: Related, own: str, other: str) -> Related:
    """Step and adoptive relations stay what they are towards the head, and are asked about towards everybody else."""
    if other in (HEAD, ONESELF):
        return replace(found, code=_TO_STEP.get(found.code, found.code))
    return replace(found, review=True)
