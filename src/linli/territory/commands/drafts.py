"""Drafts of grids: begun from those in force, from nothing or from a file; proposed by the method; discarded."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.utils import timezone

from linli.kernel.errors import BadInput, Conflict
from linli.kernel.words import sentence
from linli.territory.drafting import find_draft, of_whole, open_draft, put_cells, put_step, still_draft
from linli.territory.grounds import Laid
from linli.territory.models import Draft, GridLayer, GridVersion, LayerKind, VersionState
from linli.territory.queries.loads import building_loads
from linli.territory.rules import drawing
from linli.territory.rules.faults import Fault
from linli.territory.rules.proposals import CELLS, DRAFTS_JOB, PARTS, Proposal, Stage
from linli.territory.rules.sheets import WEIGHTS
from linli.trust import SYSTEM, Actor, Permission, command, record
from linli.work import run_job

BAD_WEIGHT = sentence("territory.draft.bad_weight", "Grids are made equal in persons, households, workload or area.")
BAD_TARGET = sentence("territory.draft.bad_target", "What a grid should hold is a number above nought.")
BAD_TOLERANCE = sentence("territory.draft.bad_tolerance", "A tolerance lies between 1%% and 100%%.")
RUNNING = sentence("territory.draft.running", "A proposal is being made for this draft.")
RUNNING_REMEDY = sentence("territory.draft.running_remedy", "Wait until it is there, or cancel it.")
NOT_RUNNING = sentence("territory.draft.not_running", "No proposal is being made.")
USUAL = {
    LayerKind.PEOPLE: ("persons", 1000.0, 0.05),
    LayerKind.UNIT: ("area", 10_000.0, 0.5),
    LayerKind.DEDICATED: ("area", 10_000.0, 1.0),
}
"""What a layer's grids are made equal in, what one should hold (people, m²), and by how much it may differ."""


@command("territory.begin_draft", may=Permission.TERRITORY_DRAW)
def begin_draft(
    *,
    by: Actor,
    community: UUID,
    kind: LayerKind = LayerKind.PEOPLE,
    name: str = "",
    weight: str = "",
    target: float | None = None,
    tolerance: float | None = None,
    afresh: bool = False,
) -> UUID:
    """A draft of a layer's grids: from those published last, or ``afresh`` from the ground alone, proposed by the method.

    ``target``: what a grid should hold of ``weight`` (``rules.sheets.WEIGHTS``); ``tolerance`` 0.01 to 1. Its cells are cut by a
    job. Returns the version's id.
    """
    draft = _new_draft(by, community, kind, name, weight, target, tolerance)
    _set(draft, Proposal(Stage.WAITING, PARTS if afresh else CELLS, afresh=afresh))
    run_job.enqueue(name=DRAFTS_JOB, community=str(community))
    record("territory.draft", ids=[draft.version_id], fields=["state"])
    return draft.version_id


@command("territory.import_draft", may=Permission.TERRITORY_DRAW)
def import_draft(
    *, by: Actor, community: UUID, laid: Laid, faults: Sequence[Fault] = (), kind: LayerKind = LayerKind.PEOPLE, name: str = ""
) -> UUID:
    """A draft from outlines of a file, as ``exchange.lay_file`` cut it into cells; ``faults``: of the file's own outlines.

    Returns the version's id. The draft itself has neither gap nor overlap: its borders follow the cells.
    """
    draft = _new_draft(by, community, kind, name, "", None, None)
    draft.told = [fault.as_json() | {"shape": None} for fault in faults]
    draft.save(update_fields=["told"])
    _lay(draft, laid)
    record("territory.draft", ids=[draft.version_id], counts={"cells": len(laid.areas), "faults": len(faults)})
    return draft.version_id


@command("territory.lay_cells", may=Permission.TERRITORY_DRAW)
def lay_cells(*, by: Actor, community: UUID, version: UUID, laid: Laid) -> None:
    """Give a draft its cells; steps taken before are void."""
    draft = _editable(by, community, version)
    _lay(draft, laid)
    record("territory.draft", ids=[version], counts={"cells": len(laid.areas)})


@command("territory.ask_proposal", may=Permission.TERRITORY_DRAW)
def ask_proposal(
    *, by: Actor, community: UUID, version: UUID, weight: str, target: float, tolerance: float, seed: int = 0, keep: bool = True
) -> None:
    """Have the method propose grids; locked ones stay. A job does it. ``keep``: as few people as it can shall change grid.

    Conflict while another proposal is made.
    """
    draft = _editable(by, community, version)
    if Proposal.of(draft.proposal).busy:
        raise Conflict(RUNNING, remedy=RUNNING_REMEDY)
    draft.weight, draft.target, draft.tolerance = _goals(weight, target, tolerance)
    draft.save(update_fields=["weight", "target", "tolerance"])
    _set(draft, Proposal(Stage.WAITING, PARTS, seed=seed, afresh=not keep))
    run_job.enqueue(name=DRAFTS_JOB, community=str(community))
    record("territory.draft", ids=[version], fields=["weight", "target", "tolerance"])


@command("territory.cancel_proposal", may=Permission.TERRITORY_DRAW)
def cancel_proposal(*, by: Actor, community: UUID, version: UUID) -> None:
    """Stop a proposal that waits or is being made; the draft stays as it is. Conflict where none is made."""
    of_whole(by)
    draft = find_draft(community, version, lock=True)
    proposal = Proposal.of(draft.proposal)
    if not proposal.busy:
        raise Conflict(NOT_RUNNING)
    _set(draft, proposal.become(Stage.CANCELLED))
    record("territory.draft", ids=[version], fields=["proposal"])


@command("territory.take_proposal", may=Permission.TERRITORY_DRAW)
def take_proposal(*, by: Actor, community: UUID, version: UUID, step: int, parts: Sequence[int]) -> int:
    """Take a proposal over as one step, if the draft still stands at ``step``. Returns the step it stands at now."""
    opened = open_draft(community, version, lock=True)
    still_draft(opened.version)
    if opened.draft.step != step:
        raise Conflict(drawing.NOTHING)
    after = put_step(opened, drawing.replace(opened.drawn, np.asarray(parts, dtype=np.int64)), by)
    record("territory.draft", ids=[version], fields=["parts"], counts={"cells": len(parts), "step": after.draft.step})
    return after.draft.step


@command("territory.end_proposal", may=Permission.TERRITORY_DRAW)
def end_proposal(*, by: Actor, community: UUID, version: UUID, proposal: Proposal) -> None:
    """Say how a proposal ended: done, or failed with its words."""
    _set(find_draft(community, version, lock=True), proposal)
    record("territory.draft", ids=[version], fields=["proposal"])


@command("territory.set_goals", may=Permission.TERRITORY_DRAW)
def set_goals(*, by: Actor, community: UUID, version: UUID, weight: str, target: float, tolerance: float) -> None:
    """Say anew what grids are made equal in, what one should hold and by how much it may differ; no cell moves."""
    draft = _editable(by, community, version)
    draft.weight, draft.target, draft.tolerance = _goals(weight, target, tolerance)
    draft.save(update_fields=["weight", "target", "tolerance"])
    record("territory.draft", ids=[version], fields=["weight", "target", "tolerance"])


@command("territory.discard_draft", may=Permission.TERRITORY_DRAW)
def discard_draft(*, by: Actor, community: UUID, version: UUID) -> None:
    """Throw a draft away, checked or not. What was published is never thrown away: NotFound."""
    of_whole(by)
    draft = find_draft(community, version, lock=True)
    GridVersion.objects.filter(id=draft.version_id).delete()
    record("territory.draft", ids=[version], counts={"discarded": 1})


def _new_draft(
    by: Actor, community: UUID, kind: LayerKind, name: str, weight: str, target: float | None, tolerance: float | None
) -> Draft:
    of_whole(by)
    usual = USUAL[kind]
    goals = _goals(weight or usual[0], target or usual[1], tolerance if tolerance is not None else usual[2])
    layer, _ = GridLayer.objects.get_or_create(community_id=community, kind=kind.value)
    version = GridVersion.objects.create(community_id=community, layer=layer, state=VersionState.DRAFT.value, name=name[:120])
    return Draft.objects.create(
        version=version,
        community_id=community,
        weight=goals[0],
        target=goals[1],
        tolerance=goals[2],
        drawn_by=by.account,
        changed_at=timezone.now(),
    )


def _lay(draft: Draft, laid: Laid) -> None:
    loads = building_loads(viewer=SYSTEM, community=draft.community_id)
    put_cells(draft, laid, loads.buildings)
    draft.week = loads.week
    draft.save(update_fields=["week"])


def _goals(weight: str, target: float, tolerance: float) -> tuple[str, float, float]:
    if weight not in WEIGHTS:
        raise BadInput(BAD_WEIGHT)
    if not 0 < target < float("inf"):
        raise BadInput(BAD_TARGET)
    if not 0.01 <= tolerance <= 1:
        raise BadInput(BAD_TOLERANCE)
    return weight, float(target), float(tolerance)


def _editable(by: Actor, community: UUID, version: UUID) -> Draft:
    of_whole(by)
    draft = find_draft(community, version, lock=True)
    still_draft(draft.version)
    return draft


def _set(draft: Draft, proposal: Proposal) -> None:
    draft.proposal = proposal.as_json()
    draft.save(update_fields=["proposal"])
