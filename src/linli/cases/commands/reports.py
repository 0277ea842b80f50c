"""Writing and undoing a file of cases, and putting cases on the grids."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linli.cases.models import Case, CaseEvent, Category
from linli.cases.queries.places import Places
from linli.cases.queries.plan import DERIVED, Work
from linli.cases.rules import PlaceQuality
from linli.intake import Undone, note_changes, restore
from linli.intake.kinds import Plan
from linli.kernel.ids import new_reference
from linli.trust import Actor, Permission, command, record

AT_ONCE = 2000


@command("cases.apply_reports", may=Permission.CASE_IMPORT)
def apply_reports(*, by: Actor, community: UUID, batch: UUID, plan: Plan, as_of: datetime) -> None:
    """Write what ``plan_reports`` decided; called by intake inside the batch's transaction."""
    work = plan.work
    assert isinstance(work, Work)
    for category in work.categories:
        category.batch = batch
        category.save(force_insert=True)
    _make_references_unique(community, work.cases)
    for case in work.cases:
        case.batch = batch
    Case.objects.bulk_create(work.cases, batch_size=AT_ONCE)
    if work.updates:
        note_changes(batch, "cases.case", [(case.id, row, before) for case, row, before in work.updates.values()])
        for case, _, _ in work.updates.values():
            case.batch = batch
        Case.objects.bulk_update([case for case, _, _ in work.updates.values()], DERIVED, batch_size=400)
    for event in work.events:
        event.batch = batch
    CaseEvent.objects.bulk_create(work.events, batch_size=AT_ONCE)
    record(
        "cases.case",
        fields=["state"],
        counts={
            "new": len(work.cases),
            "changed": len(work.updates),
            "events": len(work.events),
            "categories": len(work.categories),
        },
    )


@command("cases.undo_reports", may=Permission.IMPORT_UNDO)
def undo_reports(*, by: Actor, community: UUID, batch: UUID) -> Undone:
    """Take back what ``batch`` wrote, wherever nothing later stands on it: cases with their events, and changed states."""
    CaseEvent.objects.filter(batch=batch, case__batch=batch, case__community=community).delete()
    undone = restore(batch, {"cases.case": Case})
    Category.objects.filter(batch=batch, community_id=community, cases__isnull=True).delete()
    record("cases.case", fields=["state"], counts={"restored": undone.restored, "kept": len(undone.kept)})
    return undone


@command("cases.place_cases", may=Permission.CASE_IMPORT)
def place_cases(*, by: Actor, community: UUID) -> int:
    """Give a grid to every case that has a place but no grid yet: after the grids were made. Returns how many got one."""
    waiting = list(
        Case.objects.filter(community_id=community, grid__isnull=True).only("id", "lon", "lat", "address_text", "place_quality")
    )
    places = Places(by, community).locate([(c.lon, c.lat) for c in waiting], [c.address_text for c in waiting])
    changed = []
    for case, place in zip(waiting, places, strict=True):
        quality = case.place_quality
        if place.grid:
            case.grid_id, case.building_id, quality = place.grid, place.building, PlaceQuality.OK.value
        elif place.outside:
            quality = PlaceQuality.OUTSIDE.value
        if place.grid or quality != case.place_quality:
            case.place_quality = quality
            changed.append(case)
    Case.objects.bulk_update(changed, ["grid", "building", "place_quality"], batch_size=400)
    placed = sum(1 for case in changed if case.grid_id)
    record("cases.case", fields=["grid"], counts={"placed": placed, "without": len(waiting) - placed})
    return placed


def _make_references_unique(community: UUID, cases: list[Case]) -> None:
    """References are random; at ten thousand at once two may meet, or meet an older one."""
    seen: set[str] = set()
    for start in range(0, len(cases), AT_ONCE):
        part = cases[start : start + AT_ONCE]
        taken = set(
            Case.objects.filter(community_id=community, reference__in=[c.reference for c in part]).values_list(
                "reference", flat=True
            )
        )
        for case in part:
            while case.reference in seen or case.reference in taken:
                case.reference = new_reference()
            seen.add(case.reference)
