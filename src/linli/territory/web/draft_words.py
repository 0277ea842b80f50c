"""A draft in words and figures: the table of its grids, one grid with its buildings, and what publishing it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.faces.formats import number, signed, when
from linli.faces.words import JOIN, current_language
from linli.territory import queries
from linli.territory.queries import BuildingRow, DraftPlan, DraftRow, PartRow
from linli.territory.rules.lineage import Fate
from linli.territory.rules.sheets import NOWHERE
from linli.territory.rules.suggesting import Suggestion, suggest
from linli.territory.web.draft_map import fill_of
from linli.trust import Actor

WEIGHT_NAMES: Mapping[str, Promise] = {
    "persons": gettext_lazy("Residents"),
    "households": gettext_lazy("Households"),
    "workload": gettext_lazy("Hours of work a month"),
    "area": gettext_lazy("Area, m²"),
}
PER_UNIT = {"workload": 60.0}
"""The draft counts minutes, people read hours."""
FATES: Mapping[Fate, Promise] = {
    Fate.KEPT: gettext_lazy("kept"),
    Fate.SPLIT: gettext_lazy("split"),
    Fate.MERGED: gettext_lazy("merged"),
    Fate.NEW: gettext_lazy("new"),
    Fate.ENDED: gettext_lazy("ends"),
}
TOLD = 3
"""So many other grids are named in a row."""


@dataclass(frozen=True)
class GridLine:
    """One row of the table. ``css``: few, wanted or many; ``part`` 0: a grid that ends, or cells in no grid."""

    part: int
    label: str
    state: str
    change: str
    persons: int | None = None
    homes: int | None = None
    hours: int | None = None
    hectares: float | None = None
    off: str = ""
    css: str = "wanted"
    locked: bool = False
    pieces: int = 1


@lru_cache(maxsize=4096)
def row_of(line: GridLine, chosen: bool, _language: str) -> SafeString:
    """A row of the table. A step changes few of them, so the others are kept as they were written, for each language."""
    return SafeString(render_to_string("territory/desk/draft_row.html", {"line": line, "chosen": chosen}).strip())


@dataclass(frozen=True)
class Unit:
    """A cell of the chosen grid, as the list of its buildings shows it."""

    cell: int
    name: str
    persons: int
    homes: int
    block: int


@dataclass(frozen=True)
class Offer:
    """The one move that would help: ``name`` of the building, grids by label."""

    cell: int
    to: int
    name: str
    persons: int
    source: str
    target: str


@dataclass(frozen=True)
class Chosen:
    """One grid of the draft: its row, its buildings, the grids that it can give to (neighbours first), and what would help it."""

    line: GridLine
    row: PartRow
    units: list[Unit]
    beside: list[tuple[int, str]]
    others: list[tuple[int, str]]
    percent: str
    offer: Offer | None


def shown_target(row: DraftRow) -> float:
    """What a grid should hold, in the unit that people read."""
    return row.target / PER_UNIT.get(row.weight, 1.0)


def stored_target(weight: str, shown: float) -> float:
    """The same back into the draft's own unit."""
    return shown * PER_UNIT.get(weight, 1.0)


def aim(row: DraftRow) -> str:
    """What a grid should hold, in words."""
    said = {
        "persons": _("%(n)s residents"),
        "households": _("%(n)s homes"),
        "workload": _("%(n)s hours of work a month"),
        "area": _("%(n)s m²"),
    }
    return said[row.weight] % {"n": number(round(shown_target(row)))}


def percent(share: float, tolerance: float | None = None) -> str:
    """A deviation: +2%; with a decimal where a whole number would look allowed and isn't."""
    places = 0
    if tolerance is not None and abs(share) > tolerance and round(abs(share), 2) <= tolerance:
        places = 1
    return f"{signed(round(100 * share, places), places)}%"


def grid_lines(row: DraftRow) -> list[GridLine]:
    """All grids of the draft: what is outside its tolerance, changed or ends first; cells in no grid last."""
    lines = [_line(row, part) for part in row.parts]
    lines += [_ended(row, label) for label in (row.compared.ended if row.compared else [])]
    changed = {line.label for line in lines if line.change or line.css != "wanted" or line.state != str(FATES[Fate.KEPT])}
    return sorted(lines, key=lambda line: (not line.label, line.label not in changed, line.label))


def chosen_of(viewer: Actor, community: UUID, plan: DraftPlan, part: int) -> Chosen | None:
    """The chosen grid; None where the draft has no such part."""
    row = next((one for one in plan.row.parts if one.part == part), None)
    if row is None:
        return None
    sheet, draft = plan.sheet, plan.row
    mine = np.flatnonzero(plan.parts == part).tolist()
    found = suggest(
        sheet,
        plan.parts,
        part,
        weight=draft.weight,
        target=draft.target,
        tolerance=draft.tolerance,
        locked=[one.part for one in draft.parts if one.locked],
    )
    wanted = {building for cell in [*mine, *([found.cell] if found else [])] for building in plan.buildings[cell]}
    rows = queries.buildings_by_id(viewer=viewer, community=community, buildings=wanted)
    units = [
        Unit(
            cell,
            name_of(rows, plan.buildings[cell]),
            int(sheet.persons[cell]),
            int(sheet.households[cell]),
            int(sheet.block[cell]),
        )
        for cell in mine
    ]
    near = {int(plan.parts[other]) for cell in mine for other in sheet.beside[cell]} - {part, NOWHERE}
    labels = [(one.part, one.label) for one in draft.parts if one.part not in (part, NOWHERE)]
    deviation = row.deviation or 0.0
    return Chosen(
        line=_line(draft, row),
        row=row,
        units=sorted(units, key=lambda unit: (unit.name == "", natural(unit.name))),
        beside=[pair for pair in labels if pair[0] in near],
        others=[pair for pair in labels if pair[0] not in near],
        percent=percent(abs(deviation), draft.tolerance).lstrip("+"),
        offer=_offer(draft, plan, rows, found) if found else None,
    )


def name_of(rows: Mapping[UUID, BuildingRow], buildings: Sequence[UUID]) -> str:
    """The buildings of a cell by name, address or number; "" for land without any."""
    names = [_building(rows[building]) for building in buildings if building in rows]
    return JOIN[current_language()].join(sorted(names, key=natural))


def natural(text: str) -> list[tuple[int, int | str]]:
    """Sort key: 2 before 10."""
    runs: list[str] = [""]
    for sign in text:
        if runs[-1] and runs[-1][-1].isdecimal() == sign.isdecimal():
            runs[-1] += sign
        else:
            runs.append(sign)
    return [(0, int(run)) if run.isdecimal() else (1, run) for run in runs if run]


def _building(row: BuildingRow) -> str:
    return row.name or f"{row.street} {row.house_number}".strip() or _("Building %(key)s") % {"key": row.source_key}


def _line(draft: DraftRow, row: PartRow) -> GridLine:
    if row.part == NOWHERE:
        return GridLine(
            0, "", _("in no grid"), "", row.persons, row.households, round(row.hours), row.area_m2 / 10_000, css="none"
        )
    return GridLine(
        part=row.part,
        label=row.label,
        state=str(FATES[row.fate]) if row.fate else "",
        change=_change(row),
        persons=row.persons,
        homes=row.households,
        hours=round(row.hours),
        hectares=row.area_m2 / 10_000,
        off="" if row.deviation is None else percent(row.deviation, draft.tolerance),
        css=fill_of(row.deviation, draft.tolerance),
        locked=row.locked,
        pieces=row.pieces,
    )


def _ended(draft: DraftRow, label: str) -> GridLine:
    takers = sorted((row for row in draft.parts if label in row.takes), key=lambda row: -row.takes[label])
    goes = _("goes to %(grid)s") % {"grid": JOIN[current_language()].join(row.label for row in takers[:TOLD])} if takers else ""
    return GridLine(0, label, str(FATES[Fate.ENDED]), goes, css="ends")


def _change(row: PartRow) -> str:
    """Who comes and who goes, in words; grids with the most people first."""
    told = []
    for flows, some, none in (
        (row.takes, _("%(n)s from %(grid)s"), _("a place from %(grid)s")),
        (row.gives, _("%(n)s to %(grid)s"), _("a place to %(grid)s")),
    ):
        for grid, persons in sorted(flows.items(), key=lambda pair: (-pair[1], pair[0]))[:TOLD]:
            told.append((some if persons else none) % {"n": number(persons), "grid": grid})
    return JOIN[current_language()].join(told)


def _offer(draft: DraftRow, plan: DraftPlan, rows: Mapping[UUID, BuildingRow], found: Suggestion) -> Offer:
    label = {row.part: row.label for row in draft.parts}
    return Offer(
        found.cell,
        found.target,
        name_of(rows, plan.buildings[found.cell]) or _("Land without buildings"),
        int(plan.sheet.persons[found.cell]),
        label.get(found.source, ""),
        label.get(found.target, ""),
    )


def lede_of(row: DraftRow) -> dict[str, Any]:
    """The sentence below the heading, as parts for the template."""
    grids = [part for part in row.parts if part.part != NOWHERE]
    outside = [part for part in grids if fill_of(part.deviation, row.tolerance) != "wanted"]
    return {
        "grids": len(grids),
        "residents": sum(part.persons for part in row.parts),
        "aim": aim(row),
        "percent": number(round(100 * row.tolerance)),
        "outside": len(outside),
        "broken": sum(1 for part in grids if part.pieces > 1),
    }


def saved(row: DraftRow) -> str:
    """When the draft was changed last."""
    at = timezone.localtime(row.changed_at)
    same_day = at.date() == timezone.localdate()
    return _("Saved %(time)s") % {"time": f"{at:%H:%M}" if same_day else when(at, current_language())}
