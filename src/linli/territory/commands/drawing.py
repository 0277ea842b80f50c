"""What is drawn in a draft, step by step. Every command says how the draft stands then; steps are undone and taken again.

``at``: the step that whoever acts sees. Where somebody else went on from there meanwhile, it is a Conflict and nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

import numpy as np
import shapely

from linli.kernel.errors import BadInput, Conflict
from linli.kernel.words import sentence
from linli.territory.drafting import Opened, check_draft_of, identity_of, of_whole, open_draft, put_back, put_step, still_draft
from linli.territory.reports import Stands
from linli.territory.rules import drawing
from linli.territory.rules.drawing import Change, Drawn
from linli.territory.rules.geometry import to_metric
from linli.territory.rules.sheets import Sheet
from linli.trust import Actor, Permission, command, record

NO_SUCH_BUILDING = sentence("territory.draft.no_such_building", "The draft has no such building.")
NO_SUCH_FAULT = sentence("territory.draft.no_such_fault", "The check names no such fault among those that need a reason.")
GONE_ON = sentence("territory.draft.gone_on", "Somebody else changed this draft meanwhile; your step was not taken.")
GONE_ON_REMEDY = sentence("territory.draft.gone_on_remedy", "The draft is shown as it stands now. Take your step again.")
NO_REASON = sentence("territory.draft.no_reason", "Say why it may be so.")

Doing = Callable[[Sheet, Drawn], Change]


@command("territory.move_cells", may=Permission.TERRITORY_DRAW)
def move_cells(
    *,
    by: Actor,
    community: UUID,
    version: UUID,
    to: int,
    cells: Collection[int] = (),
    buildings: Collection[UUID] = (),
    block: int | None = None,
    at: int | None = None,
) -> Stands:
    """Give cells, whole buildings or a block between streets to a part; ``to`` 0: to no grid.

    BadInput for what the draft doesn't have; Conflict for a locked part, or where nothing would change.
    """
    opened = _opened(by, community, version, at)
    chosen = _chosen(opened, cells, buildings, block)
    return _step(opened, by, lambda sheet, drawn: drawing.move(drawn, chosen, to))


@command("territory.split_part", may=Permission.TERRITORY_DRAW)
def split_part(
    *,
    by: Actor,
    community: UUID,
    version: UUID,
    part: int,
    cells: Collection[int] = (),
    buildings: Collection[UUID] = (),
    block: int | None = None,
    at: int | None = None,
) -> Stands:
    """Make some of a part's cells a part of their own; with ``part`` 0 cells of any part (a school, a park)."""
    opened = _opened(by, community, version, at)
    chosen = _chosen(opened, cells, buildings, block)
    if part:
        return _step(opened, by, lambda sheet, drawn: drawing.split(drawn, part, chosen))
    return _step(opened, by, lambda sheet, drawn: drawing.found(drawn, chosen))


@command("territory.merge_parts", may=Permission.TERRITORY_DRAW)
def merge_parts(*, by: Actor, community: UUID, version: UUID, parts: Collection[int], at: int | None = None) -> Stands:
    """Make several parts one."""
    return _step(_opened(by, community, version, at), by, lambda sheet, drawn: drawing.merge(sheet, drawn, parts))


@command("territory.draw_line", may=Permission.TERRITORY_DRAW)
def draw_line(
    *,
    by: Actor,
    community: UUID,
    version: UUID,
    parts: Sequence[int],
    line: Sequence[tuple[float, float]],
    at: int | None = None,
) -> Stands:
    """Part one grid along a line (longitude, latitude), or move the border of two to it; no building is cut."""
    opened = _opened(by, community, version, at)
    lonlat = np.asarray(line, dtype=np.float64).reshape(-1, 2)
    if len(lonlat) < 2 or not np.isfinite(lonlat).all():
        raise BadInput(drawing.NO_LINE)
    plane = shapely.get_coordinates(to_metric([shapely.LineString(lonlat)], opened.epsg)[0])
    return _step(opened, by, lambda sheet, drawn: drawing.draw_line(sheet, drawn, parts, plane))


@command("territory.lock_part", may=Permission.TERRITORY_DRAW)
def lock_part(*, by: Actor, community: UUID, version: UUID, part: int, on: bool, at: int | None = None) -> Stands:
    """Lock a part, so that nothing and no proposal changes it; or unlock it."""
    return _step(_opened(by, community, version, at), by, lambda sheet, drawn: drawing.lock(drawn, part, on=on))


@command("territory.undo_step", may=Permission.TERRITORY_DRAW)
def undo_step(*, by: Actor, community: UUID, version: UUID, at: int | None = None) -> Stands:
    """Take the last step back. Conflict where there is none."""
    opened = _opened(by, community, version, at)
    step = opened.draft.steps.filter(number=opened.draft.step).first()
    if step is None:
        raise Conflict(drawing.NOTHING_UNDONE)
    return _told(put_back(opened, step, by, forth=False))


@command("territory.redo_step", may=Permission.TERRITORY_DRAW)
def redo_step(*, by: Actor, community: UUID, version: UUID, at: int | None = None) -> Stands:
    """Take the step that was undone last once more. Conflict where there is none."""
    opened = _opened(by, community, version, at)
    step = opened.draft.steps.filter(number=opened.draft.step + 1).first()
    if step is None:
        raise Conflict(drawing.NOTHING_REDONE)
    return _told(put_back(opened, step, by, forth=True))


@command("territory.allow_fault", may=Permission.TERRITORY_DRAW)
def allow_fault(*, by: Actor, community: UUID, version: UUID, fault: str, reason: str) -> None:
    """Say why a fault (``Fault.key``) that would keep the draft from being published may stand; an empty reason takes it back."""
    opened = _opened(by, community, version)
    allowed = dict(opened.draft.allowed)
    if reason.strip():
        if fault not in {one.key for one in check_draft_of(community, opened, identity_of(opened)) if one.blocking}:
            raise BadInput(NO_SUCH_FAULT)
        allowed[fault] = reason.strip()[:300]
    elif fault in allowed:
        del allowed[fault]
    else:
        raise BadInput(NO_REASON)
    opened.draft.allowed = allowed
    opened.draft.save(update_fields=["allowed"])
    record("territory.draft", ids=[version], fields=["allowed"], reason=reason.strip())


def _opened(by: Actor, community: UUID, version: UUID, at: int | None = None) -> Opened:
    of_whole(by)
    opened = open_draft(community, version, lock=True)
    still_draft(opened.version)
    if at is not None and opened.draft.step != at:
        raise Conflict(GONE_ON, remedy=GONE_ON_REMEDY)
    return opened


def _chosen(opened: Opened, cells: Collection[int], buildings: Collection[UUID], block: int | None) -> set[int]:
    chosen = set(cells)
    if buildings:
        place = {building: cell for cell, held in enumerate(opened.buildings) for building in held}
        if any(building not in place for building in buildings):
            raise BadInput(NO_SUCH_BUILDING)
        chosen |= {place[building] for building in buildings}
    if block is not None:
        chosen |= set(np.flatnonzero(opened.sheet.block == block).tolist())
    return chosen


def _step(opened: Opened, by: Actor, do: Doing) -> Stands:
    return _told(put_step(opened, do(opened.sheet, opened.drawn), by))


def _told(opened: Opened) -> Stands:
    draft = opened.draft
    record("territory.draft", ids=[draft.version_id], fields=["parts"], counts={"step": draft.step})
    last = draft.steps.order_by("-number").values_list("number", flat=True).first() or 0
    return Stands(draft.step, last > draft.step, opened.parts.tolist(), sorted(draft.locked), opened.figures())
