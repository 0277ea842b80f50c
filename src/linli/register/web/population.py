"""The structure of the population on any Monday beside any other, of the community or one grid; and what may be taken away."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.faces import maps
from linli.faces.components import Column, Entry, MapList, MapRow, Table
from linli.faces.formats import EN_DASH, signed
from linli.facts import snapshots
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register.commands import note_export
from linli.register.queries.exports import export_of
from linli.register.queries.figures import Portrait
from linli.register.queries.structure import Structure, Tally, structure
from linli.register.web.sections import needs_of, people_of
from linli.territory.queries import map_shapes
from linli.trust import Permission, page

MONDAYS = 53
STEPS = 7
PLACES = 400
"""So many grids are drawn and listed; a city's are looked at one by one."""


@page("register.population", may=Permission.REGISTER_READ)
def structure_page(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """One Monday beside another, the whole or one grid."""
    newest = Week.of(timezone.localdate())
    kept = [Week.parse(row.week) for row in snapshots(viewer=viewer, community=community.id)]
    try:
        week = Week.parse(request.GET["week"]) if request.GET.get("week") else max(kept, default=newest)
        other = Week.parse(request.GET["with"]) if request.GET.get("with") else week.back()
    except ValueError:
        return redirect(request.path)
    if max(week, other) > newest:
        return redirect(request.path)
    now = structure(viewer=viewer, community=community.id, week=week)
    then = structure(viewer=viewer, community=community.id, week=other) if now is not None else None
    label, measure = request.GET.get("grid", ""), _measure(request.GET.get("measure", ""))
    if now is not None and label and label not in now.places:
        raise Http404
    asked = {"week": str(week), "with": str(other), "grid": label, "measure": measure}
    weeks = sorted({*(newest.back(count) for count in range(MONDAYS)), *kept, week, other}, reverse=True)
    context: dict[str, Any] = {"week": week, "other": other, "weeks": weeks, "label": label, "now": None, "measure": measure}
    if now is not None:
        context |= _told(now, then, label) | _by_grid(viewer, community, now, then, asked)
        context["formats"] = _formats(viewer, community.code, week) if now.whole.residents else []
    return render(request, "register/desk/population.html", context)


@page("register.population_export", may=Permission.SHARED_READ)
def export(request: HttpRequest, viewer: Actor, community: Any, week: str, form: str) -> HttpResponse:
    """A Monday's counts under the rules of disclosure, as CSV or JSON. That they were taken is logged."""
    try:
        monday = Week.parse(week)
    except ValueError:
        raise Http404 from None
    if form not in ("csv", "json") or monday > Week.of(timezone.localdate()):
        raise Http404
    made = export_of(viewer=viewer, community=community.id, week=monday)
    if made is None:
        raise Http404
    rows = made.rows()
    note_export(by=viewer, community=community.id, week=str(monday), rows=len(rows), rule=made.rule)
    if form == "csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    else:
        told = {"community": community.code, "week": str(monday), "rule": made.rule, "together": made.joined, "rows": rows}
        answer = HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="population-{community.code}-{monday}.{form}"'
    return answer


MEASURES = ("residents", "floating", "old", "young", "change")


def _measure(asked: str) -> str:
    return asked if asked in MEASURES else MEASURES[0]


def _value(measure: str, now: Tally, then: Tally | None) -> float | None:
    """The measure of a place: a number of people, or a share of 100."""
    if measure == "residents":
        return now.residents
    if measure == "change":
        return now.residents - then.residents if then is not None else None
    if not now.residents:
        return None
    if measure == "floating":
        part = now.origins.total()
    else:
        band = "65_over" if measure == "old" else "under_15"
        part = sum(count for (age, _sex), count in now.by_age().items() if age == band)
    return round(100 * part / now.residents, 1)


def _told(now: Structure, then: Structure | None, label: str) -> dict[str, Any]:
    mine = now.places[label] if label else now.whole
    theirs = (then.places.get(label, Tally()) if label else then.whole) if then is not None else Tally()
    shown, before = mine.portrait(), theirs.portrait()
    return {
        "now": shown,
        "figures": _figures(shown, before),
        "people": people_of(shown, before),
        "needs": needs_of(shown),
        "from_facts": bool(now.digest),
        "digest": now.digest[:12],
    }


def _figures(now: Portrait, before: Portrait) -> Table:
    """The two Mondays side by side."""
    rows: list[list[Any]] = []
    others = now.residents - now.floating, before.residents - before.floating
    for name, one, two in (
        (_("Residents"), now.residents, before.residents),
        (_("Households"), now.households, before.households),
        (_("Floating"), now.floating, before.floating),
        (_("Permanent and others"), *others),
        (_("Under 15 and over 64, per 100 others"), now.dependency, before.dependency),
        (_("People with a care need"), now.needing, before.needing),
        (_("Not verified for 8 weeks"), now.stale, before.stale),
    ):
        change = signed(one - two) if before.residents and one is not None and two is not None else EN_DASH
        rows.append([name, _or_dash(one), _or_dash(two if before.residents else None), change])
    heads = (_("This Monday"), _("That Monday"), _("Change"))
    return Table(columns=[Column(_("Figure")), *(Column(head, "number") for head in heads)], rows=rows, narrow="keep")


def _or_dash(value: int | None) -> Any:
    return EN_DASH if value is None else value


def _by_grid(viewer: Actor, community: Any, now: Structure, then: Structure | None, asked: dict[str, str]) -> dict[str, Any]:
    """Every grid in a table, on the map, and in the map's list."""
    named = {label: tally for label, tally in now.places.items() if label}
    measure = asked["measure"]
    values = {
        label: _value(measure, tally, then.places.get(label) if then is not None else None) for label, tally in named.items()
    }
    rows = [_row(label, tally, then, asked) for label, tally in list(named.items())[:PLACES]]
    heads = (_("Residents"), _("Change"), _("Households"), _("Floating"), _("Over 64"), _("Care needs"))
    listed = [
        MapRow(label, seen=values[label], href="?" + urlencode(asked | {"grid": label})) for label in list(named)[:PLACES]
    ]  # fmt: skip
    return {
        "table": Table(
            columns=[Column(_("Grid")), *(Column(head, "number", said=True) for head in heads)], rows=rows, narrow="flow"
        ) if rows else None,
        "nowhere": now.places[""].residents if "" in now.places else 0,
        "map": _map(viewer, community.id, now.week, values, asked),
        "map_list": MapList(listed, seen_head=_NAMES[measure]()),
        "measures": [
            {"name": name(), "url": "?" + urlencode(asked | {"measure": key}), "here": key == measure}
            for key, name in _NAMES.items()
        ],
        "mine_only": viewer.grids is not None,
    }  # fmt: skip


_NAMES = {
    "residents": lambda: _("Residents"),
    "floating": lambda: _("Floating, per 100"),
    "old": lambda: _("Over 64, per 100"),
    "young": lambda: _("Under 15, per 100"),
    "change": lambda: _("Change"),
}


def _row(label: str, tally: Tally, then: Structure | None, asked: dict[str, str]) -> list[Any]:
    before = then.places.get(label) if then is not None else None
    ages = tally.by_age()
    return [
        Entry(label, href="?" + urlencode(asked | {"grid": label})),
        tally.residents,
        signed(tally.residents - before.residents) if before is not None and before.residents else EN_DASH,
        tally.households.total(),
        tally.origins.total(),
        sum(count for (age, _sex), count in ages.items() if age == "65_over"),
        tally.needing,
    ]


def _map(
    viewer: Actor, community: UUID, week: Week, values: dict[str, float | None], asked: dict[str, str]
) -> maps.Drawing | None:  # fmt: skip
    """The grids filled by the measure in seven steps of equally many grids; a change in seven about none."""
    shapes = map_shapes(viewer=viewer, community=community, on=week.monday, plots=False)
    if not shapes.grids or len(shapes.grids) > PLACES:
        return None
    diverging = asked["measure"] == "change"
    known = sorted(value for value in values.values() if value is not None)
    widest = max((abs(value) for value in known), default=0)
    drawn = []
    for _zone, label, outline in shapes.grids:
        value = values.get(label)
        step = _step(value, known, widest, diverging=diverging)
        href = "?" + urlencode(asked | {"grid": label}) if label in values and label != asked["grid"] else None
        said = _("Grid %(grid)s: %(value)s") % {"grid": label, "value": EN_DASH if value is None else value}
        chosen = label == asked["grid"]
        drawn.append(maps.GridShape(label, outline, value=step, cannot=value is None, chosen=chosen, href=href, text=said))
    return maps.draw(drawn, buildings=list(shapes.buildings), ramp="div" if diverging else "seq")


def _step(value: float | None, known: list[float], widest: float, *, diverging: bool) -> int | None:
    if value is None or not known:
        return None
    if diverging:
        return 4 if not widest else 4 + round(3 * value / widest)
    below = sum(other < value for other in known)
    return 1 + min(STEPS - 1, below * STEPS // len(known))


def _formats(viewer: Actor, code: str, week: Week) -> list[dict[str, str]]:
    if not viewer.may(Permission.SHARED_READ):
        return []
    return [
        {"name": form.upper(), "url": reverse("register:population_export", kwargs={"code": code, "week": week, "form": form})}
        for form in ("csv", "json")
    ]
