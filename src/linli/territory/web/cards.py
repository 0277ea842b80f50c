"""The public cards of the grids: who looks after which, under which telephone; and whose grid an address lies in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.faces import maps
from linli.faces.words import pick
from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.territory import queries
from linli.territory.queries import Card
from linli.territory.rules.my_address import MOST_LETTERS
from linli.territory.web.pictures import STREET_M
from linli.trust import Permission, page


@dataclass(frozen=True)
class Shown:
    """A card as it is drawn: its address and title."""

    card: Card
    title: str
    href: str


@page("territory.cards", may=Permission.PORTAL_READ, public=True)
def cards(request: HttpRequest, viewer: Actor, community: Any) -> HttpResponse:
    """All grids with who looks after them; somebody's own by their address, which is sent by POST and kept nowhere."""
    today = timezone.localdate()
    shown = [_shown(card, community.code) for card in queries.grid_cards(viewer=viewer, community=community.id, today=today)]
    typed = request.POST.get("address", "")[:MOST_LETTERS].strip() if request.method == "POST" else ""
    by_label = {one.card.grid.label: one for one in shown}
    found = queries.find_grid(viewer=viewer, community=community.id, text=typed) if typed else []
    context = {
        "shown": shown,
        "typed": typed,
        "asked": request.method == "POST",
        "found": [(one, by_label[one.label]) for one in found if one.label in by_label],
        "sure": bool(found) and all(one.sure for one in found) and len({one.label for one in found}) == 1,
        "map": _map(viewer, community, today),
        "supervision": shown[0].card.supervision_phone if shown else "",
    }
    response = render(request, "territory/portal/cards.html", context)
    if typed:
        response["Cache-Control"] = "no-store"
    return response


@page("territory.card", may=Permission.PORTAL_READ, public=True)
def card(request: HttpRequest, viewer: Actor, community: Any, label: str) -> HttpResponse:
    """One grid's card."""
    today = timezone.localdate()
    try:
        one = queries.grid_card(viewer=viewer, community=community.id, label=label, today=today)
    except NotFound:
        raise Http404 from None
    context = {
        "one": _shown(one, community.code),
        "card": one,
        "hectares": round(one.grid.area_m2 / 10_000, 1),
        "streets": queries.card_places(viewer=viewer, community=community.id, grid=one.grid.id, today=today),
        "map": _map(viewer, community, today, chosen=label),
    }
    return render(request, "territory/portal/card.html", context)


def _shown(one: Card, code: str) -> Shown:
    name = pick(one.grid.name)
    number = _("Grid %(grid)s") % {"grid": one.grid.label}
    title = number if name in ("", one.grid.label) else _("%(grid)s, %(name)s") % {"grid": number, "name": name}
    return Shown(one, title, reverse("territory:card", kwargs={"code": code, "label": one.grid.label}))


def _map(viewer: Actor, community: Any, today: date, chosen: str | None = None) -> maps.Drawing | None:
    """The grids, with streets and water; houses only where one grid is looked at. Where they lie is public."""
    shapes = queries.card_shapes(viewer=viewer, community=community.id, today=today)
    if not shapes.grids:
        return None
    grids = [
        maps.GridShape(
            label=label,
            geometry=outline,
            chosen=label == chosen,
            href=None if label == chosen else reverse("territory:card", kwargs={"code": community.code, "label": label}),
            text=_("Grid %(grid)s") % {"grid": label},
        )
        for _zone, label, outline in shapes.grids
    ]
    streets = [maps.Line(line, STREET_M, pick(name)) for line, name in zip(shapes.streets, shapes.street_names, strict=True)]
    areas = [shape for shape in shapes.water if shape.geom_type.endswith("Polygon")]
    streams = [maps.Line(shape, STREET_M) for shape in shapes.water if not shape.geom_type.endswith("Polygon")]
    houses = list(shapes.buildings) if chosen else []
    return maps.draw(grids, streets=streets, water=areas, streams=streams, buildings=houses, around=chosen, shown_px=360)
