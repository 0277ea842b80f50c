"""From a draft to grids in force: checked, published from a day on, taken back before that day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import numpy as np
from django.utils import timezone

from linli.kernel.errors import Conflict, NotFound
from linli.kernel.words import sentence
from linli.territory.drafting import (
    Identity,
    Opened,
    check_draft_of,
    find_draft,
    identity_of,
    last_published,
    of_whole,
    open_draft,
    still_draft,
)
from linli.territory.duties import duties_in
from linli.territory.models import BuildingGrid, Community, Draft, Grid, GridLineage, GridVersion, VersionState
from linli.territory.queries.loads import building_loads
from linli.territory.rules.faults import Fault
from linli.territory.rules.geometry import as_shapes, to_wkb
from linli.territory.rules.lineage import Flow, flows
from linli.territory.rules.proposals import Proposal
from linli.territory.rules.sheets import NOWHERE, Sheet
from linli.territory.rules.validator import check_grids
from linli.territory.rules.workload import Load
from linli.territory.versions import assign_buildings_to, boundary_of, grids_called, put_shapes, shapes_of
from linli.trust import NOT_FOUND, SYSTEM, Actor, Permission, command, record

NOT_LATER = sentence("territory.version_not_later", "Grids can begin on a day after %(date)s, when those in force began.")
FAULTY = sentence("territory.faulty", "The grids still have a fault.", "The grids still have %(count)s faults.", count="count")
FAULTY_REMEDY = sentence(
    "territory.faulty_remedy", "Run the check to see them, or give the reason for which they hold nevertheless."
)
PUBLISHED_ALREADY = sentence("territory.published_already", "These grids are in force already.")
NOT_CHECKED = sentence("territory.not_checked", "A draft is checked before it is published.")
SOMEBODY_ELSE = sentence("territory.somebody_else", "Whoever drew a draft doesn't check it.")
SOMEBODY_ELSE_REMEDY = sentence(
    "territory.somebody_else_remedy", "Ask a colleague, or say why nobody else can; the reason is kept."
)
STILL_RUNNING = sentence("territory.still_running", "A proposal is being made for this draft: it can't be checked yet.")
DUTIES = sentence(
    "territory.duties_end",
    "Somebody looks after a grid that ends: %(names)s.",
    "%(count)s people look after grids that end: %(names)s.",
    count="count",
)
DUTIES_REMEDY = sentence(
    "territory.duties_remedy", "Give them another grid from that day on, then publish and confirm that you have seen this."
)
IN_FORCE = sentence("territory.in_force", "Grids that are in force, or before others, can't be taken back.")


@command("territory.check_draft", may=Permission.TERRITORY_DRAW)
def check_draft(*, by: Actor, community: UUID, version: UUID, alone: str = "") -> None:
    """Say that a draft is checked: nothing keeps it from being published, but for what was allowed with a reason.

    By somebody else than who drew it, unless ``alone`` says why that can't be. Conflict where a fault is left.
    """
    of_whole(by)
    opened = open_draft(community, version, lock=True)
    still_draft(opened.version)
    if Proposal.of(opened.draft.proposal).busy:
        raise Conflict(STILL_RUNNING)
    if by.account is not None and by.account == opened.draft.drawn_by and not alone.strip():
        raise Conflict(SOMEBODY_ELSE, remedy=SOMEBODY_ELSE_REMEDY)
    left = _left(check_draft_of(community, opened, identity_of(opened)), opened.draft)
    if left:
        raise Conflict(FAULTY, remedy=FAULTY_REMEDY, count=len(left))
    row = opened.version
    row.state, row.checked_by, row.checked_at = VersionState.CHECKED.value, by.account, timezone.now()
    row.save(update_fields=["state", "checked_by", "checked_at"])
    counts = {"allowed": len(opened.draft.allowed), "step": opened.draft.step}
    record("territory.grid_version", ids=[version], fields=["state"], counts=counts, reason=alone.strip())


@command("territory.reopen_draft", may=Permission.TERRITORY_DRAW)
def reopen_draft(*, by: Actor, community: UUID, version: UUID) -> None:
    """Make a checked version a draft again, so that it can be changed. NotFound for one that came whole from a file."""
    of_whole(by)
    draft = find_draft(community, version, lock=True)
    row = draft.version
    row.state, row.checked_by, row.checked_at = VersionState.DRAFT.value, None, None
    row.save(update_fields=["state", "checked_by", "checked_at"])
    record("territory.grid_version", ids=[version], fields=["state"])


@command("territory.publish_grids", may=Permission.TERRITORY_PUBLISH)
def publish_grids(
    *,
    by: Actor,
    community: UUID,
    version: UUID,
    valid_from: date,
    despite_faults: str = "",
    duties_seen: bool = False,
) -> None:
    """Put a checked version into force from a date on; the version before ends on that day, both are kept.

    Conflict where gaps, overlaps, parts beyond the boundary or cut buildings remain and no reason says why they hold
    nevertheless, where it is in force already or not checked, where the date is not after the start of the one before, or
    where somebody looks after a grid that ends and ``duties_seen`` doesn't say that this is known. A grid that lives on keeps
    its identity; what each gives to others is kept as lineage. Buildings belong to versions, so no person's record is touched.
    """
    of_whole(by)
    new = GridVersion.objects.select_related("layer").filter(community_id=community, id=version).first()
    if new is None:
        raise NotFound(NOT_FOUND)
    if new.state == VersionState.PUBLISHED:
        raise Conflict(PUBLISHED_ALREADY)
    if new.state == VersionState.DRAFT:
        raise Conflict(NOT_CHECKED)
    before = last_published(new.layer_id)
    if before and before.valid_from and before.valid_from >= valid_from:
        raise Conflict(NOT_LATER, date=before.valid_from.isoformat())
    draft = Draft.objects.filter(version_id=version).first()
    if draft is None:
        blocking = _publish_file(community, new, before, despite_faults)
        reasons = [despite_faults.strip()]
    else:
        opened = open_draft(community, version, lock=True)
        identity = identity_of(opened)
        faults = check_draft_of(community, opened, identity)
        if (left := _left(faults, draft)) and not despite_faults.strip():
            raise Conflict(FAULTY, remedy=FAULTY_REMEDY, count=len(left))
        blocking = [fault for fault in faults if fault.blocking]
        reasons = [despite_faults.strip(), *(draft.allowed[fault.key] for fault in blocking if fault.key in draft.allowed)]
        _publish_draft(by, community, new, opened, identity)
        GridVersion.objects.filter(id=version).update(digest=new.digest)
        draft.delete()
    ended = _ended(new, before)
    duties = duties_in(community, ended) if ended else []
    if duties and not duties_seen:
        names = ", ".join(sorted({duty.name for duty in duties}))
        raise Conflict(DUTIES, remedy=DUTIES_REMEDY, names=names, count=len({duty.name for duty in duties}))
    if before:
        before.valid_to = valid_from
        before.save(update_fields=["valid_to"])
    new.state, new.valid_from = VersionState.PUBLISHED.value, valid_from
    new.published_by, new.published_at = by.account, timezone.now()
    new.save(update_fields=["state", "valid_from", "published_by", "published_at"])
    record(
        "territory.grid_version",
        ids=[new.id, *([before.id] if before else [])],
        fields=["state", "valid_from", "valid_to"],
        counts={"faults": len(blocking), "ended": len(ended), "duties": len(duties)},
        reason="; ".join(reason for reason in reasons if reason)[:500],
    )


@command("territory.withdraw_grids", may=Permission.TERRITORY_PUBLISH)
def withdraw_grids(*, by: Actor, community: UUID, version: UUID) -> None:
    """Take back a version that was published for a day to come: it is checked again, the one before goes on.

    Conflict for one that is in force, or has been, or that another follows.
    """
    of_whole(by)
    row = GridVersion.objects.filter(community_id=community, id=version, state=VersionState.PUBLISHED).first()
    if row is None:
        raise NotFound(NOT_FOUND)
    if row.valid_to is not None or row.valid_from is None or row.valid_from <= timezone.localdate():
        raise Conflict(IN_FORCE)
    began = row.valid_from
    row.state, row.valid_from, row.published_by, row.published_at = VersionState.CHECKED.value, None, None, None
    row.save(update_fields=["state", "valid_from", "published_by", "published_at"])
    GridVersion.objects.filter(layer_id=row.layer_id, valid_to=began).exclude(id=row.id).update(valid_to=None)
    GridLineage.objects.filter(version_id=row.id).delete()
    record("territory.grid_version", ids=[version], fields=["state", "valid_from"])


def _left(faults: Sequence[Fault], draft: Draft) -> list[Fault]:
    """Faults that keep a draft from being published, without those that were allowed."""
    return [fault for fault in faults if fault.blocking and fault.key not in draft.allowed]


def _publish_file(community: UUID, new: GridVersion, before: GridVersion | None, despite: str) -> list[Fault]:
    """Check a version that came from a file; write its buildings and its lineage. Returns the faults it holds despite."""
    epsg = Community.objects.get(zone_id=community).metric_crs
    assert epsg is not None
    _, labels, outlines = shapes_of(new.id)
    faults = check_grids(labels, outlines, boundary_of(community), epsg) + assign_buildings_to(community, epsg, also=new.id)
    blocking = [fault for fault in faults if fault.blocking]
    if blocking and not despite.strip():
        raise Conflict(FAULTY, remedy=FAULTY_REMEDY, count=len(blocking))
    if before:
        loads = building_loads(viewer=SYSTEM, community=community).buildings
        now = dict(BuildingGrid.objects.filter(version_id=new.id).values_list("building_id", "grid_id"))
        then = dict(BuildingGrid.objects.filter(version_id=before.id).values_list("building_id", "grid_id"))
        grids = sorted(set(now.values()))
        number = {grid: at for at, grid in enumerate(grids, start=1)}
        found = flows(_buildings_alone([*now], loads), [then.get(one) for one in now], np.array([*map(number.get, now.values())]))
        _write_lineage(new, found, dict(enumerate(grids, start=1)))
    return blocking


def _buildings_alone(buildings: Sequence[UUID], loads: dict[UUID, Load]) -> Sheet:
    """Each building a cell, for counting."""
    none = np.zeros(len(buildings))
    persons = np.array([loads.get(one, Load()).persons for one in buildings], dtype=np.int64)
    ones = np.ones(len(buildings), dtype=np.int64)
    return Sheet(persons, ones, none, none, ones, ones, np.zeros((len(ones), 2)), np.zeros((0, 2), np.int64), none[:0], none[:0])


def _publish_draft(by: Actor, community: UUID, new: GridVersion, opened: Opened, identity: Identity) -> None:
    """Make the grids of a draft, their outlines, their buildings and their lineage."""
    parts = sorted(opened.outlines, key=lambda part: identity.labels[part])
    labels = [identity.labels[part] for part in parts]
    outlines = as_shapes([opened.outlines[part] for part in parts])
    grids = grids_called(by, community, new.layer, labels, [{} for _ in labels])
    put_shapes(new, [grids[label] for label in labels], outlines, opened.epsg)
    named = sorted(zip(labels, to_wkb(outlines), strict=True))
    new.digest = hashlib.sha256(b"".join(label.encode() + shape for label, shape in named)).hexdigest()
    grid_of: dict[int, UUID] = {part: grids[label].zone_id for part, label in zip(parts, labels, strict=True)}
    BuildingGrid.objects.bulk_create(
        (
            BuildingGrid(community_id=community, version=new, building_id=building, grid_id=grid_of[part])
            for part, held in zip(opened.parts.tolist(), opened.buildings, strict=True)
            if part != NOWHERE
            for building in held
        ),
        batch_size=1000,
    )
    _write_lineage(new, identity.flows, grid_of)


def _write_lineage(new: GridVersion, found: Sequence[Flow[UUID]], grid_of: dict[int, UUID]) -> None:
    GridLineage.objects.filter(version=new).delete()
    GridLineage.objects.bulk_create(
        GridLineage(
            community_id=new.community_id,
            version=new,
            source_id=flow.source,
            target_id=grid_of[flow.target],
            buildings=flow.buildings,
            persons=flow.persons,
            share=round(flow.share, 4),
        )
        for flow in found
    )


def _ended(new: GridVersion, before: GridVersion | None) -> dict[UUID, str]:
    """The grids of the version before that the new one hasn't: id and label."""
    if before is None:
        return {}
    rows = Grid.objects.filter(shapes__version_id=before.id).exclude(shapes__version_id=new.id)
    return dict(rows.values_list("zone_id", "label"))
