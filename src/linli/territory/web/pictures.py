"""Maps of the grids, from stored shapes to what the faces draw."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.faces import maps
from linli.faces.words import pick
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.territory.queries import map_shapes

STREET_M = 8.0


def map_of(
    viewer: Actor,
    community: UUID,
    code: str,
    week: Week,
    *,
    on: date,
    linked: Collection[str],
    chosen: str | None = None,
    shown_px: int = 440,
) -> maps.Drawing | None:
    """The grids with streets, water and buildings; those of ``linked`` lead to their page. None where no grid is known."""
    shapes = map_shapes(viewer=viewer, community=community, on=on, plots=False)
    if not shapes.grids:
        return None
    grids = [
        maps.GridShape(
            label=label,
            geometry=outline,
            chosen=label == chosen,
            href=_address(code, label, week) if label in linked and label != chosen else None,
            text=_("Grid %(grid)s") % {"grid": label},
        )
        for _zone, label, outline in shapes.grids
    ]
    streets = [maps.Line(line, STREET_M, pick(name)) for line, name in zip(shapes.streets, shapes.street_names, strict=True)]
    areas = [shape for shape in shapes.water if shape.geom_type.endswith("Polygon")]
    streams = [maps.Line(shape, STREET_M) for shape in shapes.water if not shape.geom_type.endswith("Polygon")]
    return maps.draw(
        grids, streets=streets, water=areas, streams=streams, buildings=list(shapes.buildings), around=chosen, shown_px=shown_px
    )


def _address(code: str, label: str, week: Week) -> str:
    return reverse("territory:grid", kwargs={"code": code, "label": label}) + f"?week={week}"
