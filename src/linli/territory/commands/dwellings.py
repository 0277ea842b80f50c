"""Dwellings: from the surveyor's list, or one by one as the register comes to know them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef

from linli.intake import bulk
from linli.kernel.errors import NotFound
from linli.kernel.ids import new_ids
from linli.territory.dwelling_file import DwellingFile
from linli.territory.models import Building, Dwelling
from linli.territory.queries.buildings import buildings_seen
from linli.territory.reports import DwellingsReport, NewDwelling
from linli.trust import NOT_FOUND, Actor, Permission, command, record

DwellingKey = tuple[UUID, str, str]


@command("territory.add_dwellings", may=Permission.REGISTER_RENEW)
def add_dwellings(
    *, by: Actor, community: UUID, rows: Sequence[NewDwelling], batch: UUID | None = None
) -> dict[DwellingKey, UUID]:
    """Make the dwellings that are not known yet; returns the id of every row's dwelling by (building, unit, room).

    Rows that name a building of another community are left out of the answer.
    """
    own = set(Building.objects.filter(community_id=community, id__in={row.building for row in rows}).values_list("id", flat=True))
    known = {
        (building, unit, room): known_id
        for known_id, building, unit, room in Dwelling.objects.filter(community_id=community, building_id__in=own).values_list(
            "id", "building_id", "unit", "room"
        )
    }
    wanted = {row.key: row for row in rows if row.building in own}
    made = [row for key, row in wanted.items() if key not in known]
    ids = new_ids(len(made))
    bulk.insert_columns(
        Dwelling,
        {
            "id": ids,
            "community": bulk.Same(community),
            "building": [row.building for row in made],
            "unit": [row.unit for row in made],
            "room": [row.room for row in made],
            "area_m2": [row.area_m2 for row in made],
            "use": [row.use for row in made],
            "batch": bulk.Same(batch),
        },
        len(made),
    )
    known.update(zip((row.key for row in made), ids, strict=True))
    record("territory.dwelling", ids=[batch] if batch else [], counts={"new": len(made), "known": len(wanted) - len(made)})
    return {key: known[key] for key in wanted}


@command("territory.add_dwelling", may=Permission.REGISTER_WRITE)
def add_dwelling(*, by: Actor, community: UUID, building: UUID, room: str, unit: str = "") -> UUID:
    """The room's dwelling, made where it isn't known yet: somebody stands at its door. NotFound outside the actor's scope."""
    if not buildings_seen(viewer=by, community=community, buildings=[building]):
        raise NotFound(NOT_FOUND)
    dwelling, made = Dwelling.objects.get_or_create(community_id=community, building_id=building, unit=unit, room=room)
    record("territory.dwelling", ids=[dwelling.id], counts={"new": int(made), "known": int(not made)})
    return dwelling.id


@command("territory.drop_dwellings", may=Permission.IMPORT_UNDO)
def drop_dwellings(*, by: Actor, community: UUID, batch: UUID) -> int:
    """Undo :func:`add_dwellings` of a batch: remove its dwellings that nothing stands on any more. Returns how many went."""
    gone = Dwelling.objects.filter(community_id=community, batch=batch)
    # Those without a name of their way back (``related_name="+"``) are hidden, and most of what stands on a dwelling is.
    for relation in Dwelling._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            standing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})  # type: ignore[union-attr]
            gone = gone.filter(~Exists(standing))
    count, _ = gone.delete()
    record("territory.dwelling", ids=[batch], counts={"removed": count})
    return count


@command("territory.import_dwellings", may=Permission.TERRITORY_EDIT)
def import_dwellings(*, by: Actor, community: UUID, file: DwellingFile) -> DwellingsReport:
    """Take a list of dwellings (``dwelling_file.read_dwellings``).

    Buildings are found by name; a row whose building is unknown, or known twice, is refused. The same list again changes nothing.
    """
    by_name: dict[str, list[UUID]] = {}
    for building, name in Building.objects.filter(community_id=community).exclude(name="").values_list("id", "name"):
        by_name.setdefault(name, []).append(building)
    known = {(d.building_id, d.unit, d.room): d for d in Dwelling.objects.filter(community_id=community)}
    report = DwellingsReport(rows=len(file.rows) + len(file.faults), faults=list(file.faults))
    new: list[Dwelling] = []
    changed: list[Dwelling] = []
    for row in file.rows:
        places = by_name.get(row.building, [])
        if len(places) != 1:
            report.faults.append(row.unknown(several=bool(places)))
            continue
        key = (places[0], row.unit, row.room)
        old = known.get(key)
        if old is None:
            known[key] = Dwelling(
                community_id=community, building_id=key[0], unit=row.unit, room=row.room, area_m2=row.area_m2, use=row.use
            )
            new.append(known[key])
        elif (old.area_m2, old.use) != (row.area_m2, row.use):
            old.area_m2, old.use = row.area_m2, row.use
            changed.append(old)
        else:
            report.same += 1
    Dwelling.objects.bulk_create(new, batch_size=1000)
    Dwelling.objects.bulk_update([one for one in changed if one not in new], ["area_m2", "use"], batch_size=500)
    report.new, report.changed = len(new), len(changed)
    record(
        "territory.dwelling",
        counts={"new": report.new, "changed": report.changed, "refused": len(report.faults)},
        digest=file.sha256,
    )
    return report
