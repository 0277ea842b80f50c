"""What the register lets go of in its time: former residents, what served to reach or help them, and questions long answered.

A former resident goes whole once the longest of the purposes they were kept for is over: their key is destroyed, and what remains
names nobody; the figures of past weeks stand as they were stored. Before that their telephone and care needs go, whose purposes
are shorter.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from linli.register.models import CareNeed, Declaration, Lapse, LetterCode, Link, Person, Residence, ReviewItem, Visit
from linli.register.rules.review import State
from linli.trust import SYSTEM, Cut, Retained, drop_subjects, erase_subject, held_by_law


def _gone(community: UUID, cut: Cut) -> QuerySet[Person]:
    """Who had left (or died, or never lived here) by the cut and isn't erased."""
    day = timezone.localdate(cut.before)
    here = Residence.objects.filter(person=OuterRef("id"))
    still = here.filter(Q(to_date__isnull=True) | Q(to_date__gte=day) | Q(ended_known__gt=cut.known_by))
    mine = Person.objects.filter(community=community, known_from__lt=cut.before, subject__wrapped_key__isnull=False)
    # A record beside another one of the same person goes with the one that leads (``columns``).
    beside = Link.objects.filter(other=OuterRef("id"), ended_at__isnull=True)
    return mine.exclude(Exists(still)).exclude(Exists(beside)).order_by("id")


def _people_due(community: UUID, cut: Cut) -> int:
    return _gone(community, cut).count()


def _erase_people(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    gone = 0
    for subject in _gone(community, cut).exclude(subject__in=spared).values_list("subject_id", flat=True)[:most]:
        # A hold under another purpose keeps the person whole.
        if not held_by_law(viewer=SYSTEM, community=community, subject=subject):
            erase_subject(by=SYSTEM, community=community, subject=subject, reason="retention")
            gone += 1
    return gone


def _reachable(community: UUID, cut: Cut) -> QuerySet[Person]:
    return _gone(community, cut).exclude(sealed_phone=b"")


def _phones_due(community: UUID, cut: Cut) -> int:
    return _reachable(community, cut).count()


def _forget_phones(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    some = list(_reachable(community, cut).exclude(subject__in=spared).values_list("id", flat=True)[:most])
    return _each(some, lambda ids: Person.objects.filter(id__in=ids).update(sealed_phone=b"", phone_token=None))


def _needs(community: UUID, cut: Cut) -> QuerySet[CareNeed]:
    return CareNeed.objects.filter(
        community=community, to_date__lt=timezone.localdate(cut.before), ended_known__lte=cut.known_by
    ).order_by("id")


def _needs_due(community: UUID, cut: Cut) -> int:
    return _needs(community, cut).count()


def _delete_needs(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    return _delete(CareNeed, _needs(community, cut).exclude(person__subject__in=spared), most)


def _declared(community: UUID, cut: Cut) -> QuerySet[Declaration]:
    return Declaration.objects.filter(
        community=community, decided_at__lt=cut.before, decided_at__lte=cut.known_by
    ).order_by("id")  # fmt: skip


def _declared_due(community: UUID, cut: Cut) -> int:
    return _declared(community, cut).count()


def _delete_declared(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    return _delete_sealed(Declaration, community, _free(_declared(community, cut), spared), most)


def _answered(community: UUID, cut: Cut) -> QuerySet[ReviewItem]:
    answered = ReviewItem.objects.filter(community=community, decided_at__lt=cut.before, decided_at__lte=cut.known_by)
    # That two records are two people is remembered for as long as both are there: it holds no value of theirs.
    return answered.exclude(state=State.REJECTED.value, other__isnull=False).order_by("id")


def _answered_due(community: UUID, cut: Cut) -> int:
    return _answered(community, cut).count()


def _delete_answered(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    return _delete_sealed(ReviewItem, community, _free(_answered(community, cut), spared), most)


def _letters(community: UUID, cut: Cut) -> QuerySet[LetterCode]:
    return LetterCode.objects.filter(community=community, expires_at__lt=cut.before, made_at__lte=cut.known_by).order_by("id")


def _letters_due(community: UUID, cut: Cut) -> int:
    return _letters(community, cut).count()


def _delete_letters(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    return _delete(LetterCode, _letters(community, cut).exclude(person__subject__in=spared), most)


def _visited(community: UUID, cut: Cut) -> QuerySet[Visit]:
    return Visit.objects.filter(
        community=community, on__lt=timezone.localdate(cut.before), known_from__lte=cut.known_by
    ).order_by("id")  # fmt: skip


def _visited_due(community: UUID, cut: Cut) -> int:
    return _visited(community, cut).count()


def _delete_visited(community: UUID, cut: Cut, _spared: frozenset[UUID], most: int) -> int:
    """Of a dwelling, not of a person: any hold on a person stops them all."""
    return _delete(Visit, _visited(community, cut), most)


def _unseen(community: UUID, cut: Cut) -> QuerySet[Lapse]:
    return Lapse.objects.filter(community=community, to_monday__lt=timezone.localdate(cut.before)).order_by("id")


def _unseen_due(community: UUID, cut: Cut) -> int:
    return _unseen(community, cut).count()


def _delete_unseen(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
    return _delete(Lapse, _unseen(community, cut).exclude(person__subject__in=spared), most)


def _free(rows: QuerySet[Any], spared: frozenset[UUID]) -> QuerySet[Any]:
    """Those that speak of nobody who is held: neither the person nor whose key seals the words."""
    return rows.exclude(subject__in=spared).exclude(person__subject__in=spared) if spared else rows


def _delete(model: type[models.Model], rows: QuerySet[Any], most: int) -> int:
    some = list(rows.values_list("id", flat=True)[:most])
    return _each(some, lambda ids: model._default_manager.filter(id__in=ids).delete())


def _delete_sealed(model: type[models.Model], community: UUID, rows: QuerySet[Any], most: int) -> int:
    """With the subject that was made for what a stranger said, where nothing else is kept under it."""
    subjects = set(rows.filter(subject__isnull=False).values_list("subject", flat=True)[:most])
    gone = _delete(model, rows, most)
    for owner in (Person, ReviewItem, Declaration):
        subjects -= set(owner._default_manager.filter(subject__in=subjects).values_list("subject", flat=True))
    if subjects:
        drop_subjects(community, subjects)
    return gone


def _each(ids: list[UUID], act: Any) -> int:
    for start in range(0, len(ids), 500):
        act(ids[start : start + 500])
    return len(ids)


RETAINED = (
    Retained("register.people", "residents", _people_due, _erase_people, by_subject=True),
    Retained("register.phones", "reach", _phones_due, _forget_phones, by_subject=True),
    Retained("register.needs", "care", _needs_due, _delete_needs, by_subject=True),
    Retained("register.declarations", "proposals", _declared_due, _delete_declared, by_subject=True),
    Retained("register.questions", "proposals", _answered_due, _delete_answered, by_subject=True),
    Retained("register.letters", "proposals", _letters_due, _delete_letters, by_subject=True),
    Retained("register.visits", "counts", _visited_due, _delete_visited),
    Retained("register.lapses", "counts", _unseen_due, _delete_unseen, by_subject=True),
)
