"""Papers that run out among those who live here, within scope: by columns that are not sealed, nobody is opened for it."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from uuid import UUID

from linli.kernel.actor import Actor
from linli.register.models import Permit, PermitApplication, Residence
from linli.register.opening import chunks
from linli.register.queries.people import unshown
from linli.register.rules import permits
from linli.register.rules.running_out import Due, Summary, of_application, of_document, of_missing_number, of_permit, summed
from linli.territory.queries import building_grids, grids

SOON_WEEKS = 4


def running_out(*, viewer: Actor, community: UUID, today: date, weeks: int = SOON_WEEKS, grid: str = "") -> list[Due]:
    """What ends within so many weeks or has ended, the earliest first, what has no day last.

    ``grid``: number of one grid, empty for all in scope.
    """
    if not viewer.sees_community(community):
        return []
    until = today + timedelta(weeks=weeks)
    living = Residence.objects.filter(community=community, to_date__isnull=True)
    found: list[tuple[UUID, Due | None]] = []
    documents = living.filter(person__document_expires__isnull=False, person__document_expires__lte=until)
    for person, building, kind, good_to in documents.values_list(
        "person_id", "building_id", "person__document_kind", "person__document_expires"
    ):
        if good_to is not None:
            found.append((building, of_document(person, kind, good_to, today, until)))
    unnumbered = living.filter(person__number_index__isnull=True, person__birth_month__isnull=False)
    for person, building, month in unnumbered.values_list("person_id", "building_id", "person__birth_month"):
        if month is not None:
            last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
            found.append((building, of_missing_number(person, last, today)))
    held: dict[UUID, Due | None] = {}
    for permit in Permit.objects.filter(community=community, ended_on__isnull=True).iterator():
        plain = permits.Permit(permit.issued_on, tuple(date.fromisoformat(day) for day in permit.endorsed))
        held[permit.person_id] = of_permit(permit.person_id, plain, today, until)
    for asked in PermitApplication.objects.filter(community=community, closed_on__isnull=True).iterator():
        held[asked.person_id] = of_application(asked.person_id, asked.applied_on, today)
    for part in chunks(person for person, due in held.items() if due is not None):
        found += [
            (building, held[person])
            for person, building in living.filter(person__in=part).values_list("person_id", "building_id")
        ]
    hidden, seen = unshown(viewer=viewer, community=community), _seen(viewer, community, today, grid)
    rows = [due for building, due in found if due is not None and due.person not in hidden and (seen is None or building in seen)]
    return sorted(rows, key=lambda due: (due.day or date.max, due.matter, str(due.person)))


def running_out_summary(*, viewer: Actor, community: UUID, today: date) -> Summary:
    """What there is to do within the next four weeks, in figures."""
    return summed(running_out(viewer=viewer, community=community, today=today))


def _seen(viewer: Actor, community: UUID, today: date, grid: str) -> set[UUID] | None:
    """The buildings that count; None for all."""
    if not grid:
        return None if viewer.grids is None else set(building_grids(viewer=viewer, community=community, on=today))
    zone = next((row.id for row in grids(viewer=viewer, community=community, on=today) if row.label == grid), None)
    return set(building_grids(viewer=viewer, community=community, on=today, grid=zone)) if zone else set()
