"""All grids, and one grid as of any Monday."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.faces.components import Column, Entry, Pager, Table
from linli.faces.words import pick
from linli.facts import latest_week
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.territory import queries
from linli.territory.queries import GridRow
from linli.territory.rules.sections import COLUMNS, SECTIONS
from linli.territory.web.pictures import map_of
from linli.territory.web.weeks import WeekChoice, choose
from linli.trust import Permission, Role, holders, page

PAGE = 60
"""So many grids stand on one page; above it they can be looked for by number or name."""
KEEPERS = (Role.GRID_WORKER, Role.BUILDING_HEAD)


def _choice(request: HttpRequest, viewer: Actor, community: UUID) -> WeekChoice:
    zone = queries.community_zone(viewer=viewer, community=community)
    return choose(request.GET.get("week"), zone, told=latest_week(viewer=viewer, community=community))


@page("territory.grids", may=Permission.TERRITORY_READ)
def grids(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """All grids within scope: table and map."""
    try:
        choice = _choice(request, viewer, community.id)
    except ValueError:
        return redirect(request.path)
    rows = queries.grids(viewer=viewer, community=community.id, on=choice.week.monday)
    keepers = _keepers(viewer, community.id)
    wanted = request.GET.get("find", "").strip()[:60]
    found = [row for row in rows if wanted.casefold() in _titled(row).casefold()] if wanted else rows
    start = _start(request.GET.get("page", ""), len(found))
    shown = found[start : start + PAGE]
    context = {
        "choice": choice,
        "rows": rows,
        "wanted": wanted,
        "many": len(rows) > PAGE,
        "table": _table(shown, keepers, community.code, choice.week) if shown else None,
        "pager": _pager(found, start, choice.week, wanted) if len(found) > PAGE else None,
        "map": map_of(
            viewer, community.id, community.code, choice.week, on=choice.week.monday, linked={row.label for row in rows}
        ),
    }
    return render(request, "territory/desk/grids.html", context)


@page("territory.grid", may=Permission.TERRITORY_READ)
def grid(request: HttpRequest, viewer: Actor, community: Any, label: str) -> HttpResponse:
    """One grid: what the other flats know of it, who looks after it, where it lies."""
    try:
        choice = _choice(request, viewer, community.id)
    except ValueError:
        return redirect(request.path)
    on = choice.week.monday
    row = queries.grid(viewer=viewer, community=community.id, label=label, on=on)
    mine = [other.label for other in queries.grids(viewer=viewer, community=community.id, on=on)]
    name = pick(row.name)
    context: dict[str, Any] = {
        "choice": choice,
        "grid": row,
        "name": "" if name == row.label else name,
        "count": len(mine),
        "keepers": [
            {"keeper": keeper, "also": keeper.others(label)}
            for keeper in _keepers(viewer, community.id)
            if row.id in keeper.grids or keeper.everywhere
        ],
        "neighbours": [
            {"label": other, "mine": other in mine}
            for other in queries.neighbours(viewer=viewer, community=community.id, grid=row.id, on=on)
        ],
        "buildings": _buildings(queries.buildings(viewer=viewer, community=community.id, grid=row.id, on=on)),
        "map": map_of(viewer, community.id, community.code, choice.week, on=on, linked=mine, chosen=label, shown_px=330),
        **_sections(viewer, community.id, row, choice.week),
    }
    return render(request, "territory/desk/grid.html", context)


def _start(page: str, total: int) -> int:
    """Where a page begins, from 0; what is no page of the list is the first."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    start = (number - 1) * PAGE
    return start if 0 < start < total else 0


def _pager(found: list[GridRow], start: int, week: Week, wanted: str) -> Pager:
    def address(number: int) -> str:
        return "?" + urlencode({"week": str(week), **({"find": wanted} if wanted else {}), "page": number})

    number = start // PAGE + 1
    return Pager(
        first=start + 1,
        last=min(start + PAGE, len(found)),
        total=len(found),
        previous_url=address(number - 1) if start else None,
        next_url=address(number + 1) if start + PAGE < len(found) else None,
    )


@dataclass(frozen=True)
class Keeper:
    """Somebody who looks after grids: name, role, for whom they stand in and until when, ids and numbers of their grids."""

    name: str
    role: str
    deputy_for: str
    until: Any
    grids: dict[UUID, str]

    @property
    def everywhere(self) -> bool:
        return not self.grids

    def others(self, label: str) -> list[str]:
        return [other for other in self.grids.values() if other != label]


def _keepers(viewer: Actor, community: UUID) -> list[Keeper]:
    found: dict[tuple[Any, ...], Keeper] = {}
    for row in holders(viewer=viewer, community=community, roles=KEEPERS):
        key = (row["account"], row["role"], row["deputy_for"])
        if key not in found:
            found[key] = Keeper(row["name"], row["role"], row["deputy_for"] or "", row["until"], {})
        if row["grid"]:
            found[key].grids[row["grid"]] = row["grid_label"]
    return list(found.values())


def _table(rows: list[GridRow], keepers: list[Keeper], code: str, week: Week) -> Table:
    def worker(row: GridRow) -> Any:
        names = [k.name for k in keepers if k.role == Role.GRID_WORKER and row.id in k.grids and not k.deputy_for]
        return Entry(", ".join(names)) if names else Entry(_("none"), tone="mute")

    return Table(
        columns=[
            Column(_("Grid")),
            Column(_("Grid worker"), said=True),
            Column(_("Buildings"), "number", said=True),
            Column(_("Area, ha"), "number", said=True),
        ],
        narrow="flow",
        rows=[
            [
                Entry(_titled(row), href=f"/desk/{code}/grids/{row.label}/?week={week}"),
                worker(row),
                row.buildings,
                round(row.area_m2 / 10_000, 1),
            ]
            for row in rows
        ],
    )


def _titled(row: GridRow) -> str:
    name = pick(row.name)
    return row.label if name == row.label else f"{row.label} {name}".strip()


def _buildings(rows: list[queries.BuildingRow]) -> Table | None:
    if not rows:
        return None
    return Table(
        columns=[
            Column(_("Building")),
            Column(_("Stair wells"), "number"),
            Column(_("Storeys"), "number"),
            Column(_("Ground area, m²"), "number"),
        ],
        narrow="keep",
        rows=[
            [
                row.name or _building_name(row),
                "–" if row.units is None else row.units,
                "–" if row.storeys is None else row.storeys,
                round(row.area_m2),
            ]
            for row in rows
        ],
    )


def _building_name(row: queries.BuildingRow) -> str:
    return f"{row.street} {row.house_number}".strip() or _("Building %(key)s") % {"key": row.source_key}


def _sections(viewer: Actor, community: UUID, row: GridRow, week: Week) -> dict[str, list[dict[str, Any]]]:
    """What the other flats add, by column, for those who may see it."""
    found: dict[str, list[dict[str, Any]]] = {column: [] for column in COLUMNS}
    for section in SECTIONS:
        if viewer.may(section.may):
            part = section.build(viewer, community, row, week)
            if part is not None:
                found[section.column].append({"name": section.name, "template": section.template, "part": part})
    return found
