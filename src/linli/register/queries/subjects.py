"""What the register tells trust of a data subject: whether a viewer's grids reach them, when they were born, whether they live
here, and by which keyed hashes their numbers are found."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.register.models import FormerNumber, Person, Residence
from linli.register.opening import open_people
from linli.register.queries.mine import my_children
from linli.register.queries.people import may_see
from linli.trust import NOT_FOUND, KnowsPeople


def subject_of(*, viewer: Actor, community: UUID, person: UUID) -> UUID:
    """The data subject of a person within scope; NotFound out of it."""
    if not may_see(viewer=viewer, community=community, person=person):
        raise NotFound(NOT_FOUND)
    return Person.objects.values_list("subject_id", flat=True).get(community=community, id=person)


def _sees(viewer: Actor, community: UUID, subject: UUID) -> bool | None:
    person = Person.objects.filter(community=community, subject=subject).values_list("id", flat=True).first()
    return None if person is None else may_see(viewer=viewer, community=community, person=person)


def _born(community: UUID, subject: UUID) -> date | None:
    person = Person.objects.filter(community=community, subject=subject).values_list("id", flat=True).first()
    return open_people(community, [person])[person].birth_date if person is not None else None


def _stays(community: UUID, subject: UUID) -> bool | None:
    person = Person.objects.filter(community=community, subject=subject).values_list("id", flat=True).first()
    return None if person is None else Residence.objects.filter(person=person, to_date__isnull=True).exists()


def _numbers_of(community: UUID, subject: UUID) -> list[bytes]:
    """The keyed hashes by which a subject's document numbers are found, former ones too."""
    # With those of a record that stands beside theirs: it is the same person.
    beside = Q(linked_to__person__subject=subject, linked_to__ended_at__isnull=True)
    held = Person.objects.filter(Q(subject=subject) | beside, community=community, number_index__isnull=False)
    former = FormerNumber.objects.filter(community=community, person__subject=subject)
    return [bytes(index) for rows in (held, former) for index in rows.values_list("number_index", flat=True) if index]


def _decides(viewer: Actor, community: UUID, subject: UUID) -> bool | None:
    person = Person.objects.filter(community=community, subject=subject).values_list("id", flat=True).first()
    if person is None:
        return None
    today = timezone.localdate()
    return person in my_children(viewer=viewer, community=community, today=today)


NUMBERS_OF = _numbers_of
"""What ``site.wiring`` has asked before somebody is erased who wants to stay so."""
KNOWS = KnowsPeople("register", _sees, _born, _stays, _decides)
