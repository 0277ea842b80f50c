"""The map of a board: grids shaded by what was seen against what was expected, with the ranks of findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.faces import maps
from linli.faces.formats import span
from linli.faces.words import current_language
from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.territory.queries import map_shapes

STREET_M = 8.0


def map_of(
    viewer: Actor,
    community: UUID,
    code: str,
    grids: Sequence[Mapping[str, Any]],
    ranks: Mapping[str, Any],
    *,
    week: str,
    around: str | None = None,
    outline: bool = False,
    shown_px: int = 440,
) -> maps.Drawing | None:
    """The map of a community: grids shaded by seen against expected, discs with ranks. None where no grid is known."""
    shapes = map_shapes(viewer=viewer, community=community, on=Week.parse(week).monday, plots=False)
    seen = [grid for grid in shapes.grids if viewer.sees_grid(grid[0])]
    if not seen:
        return None
    totals = {g["grid"]: g for g in grids}
    drawn = []
    for _zone, label, outline_shape in seen:
        total = totals.get(label)
        drawn.append(
            maps.GridShape(
                label=label,
                geometry=outline_shape,
                value=total["step"] if total else None,
                cannot=total is not None and total["step"] is None,
                chosen=label == around,
                rank=ranks.get(label),
                href=None if outline else reverse("territory:grid", kwargs={"code": code, "label": label}) + f"?week={week}",
                text=_said(label, total),
            )
        )
    return maps.draw(
        drawn,
        streets=[maps.Line(street, STREET_M) for street in shapes.streets],
        water=list(shapes.water),
        buildings=list(shapes.buildings),
        outline=outline,
        around=around,
        shown_px=shown_px,
    )


def _said(label: str, total: Mapping[str, Any] | None) -> str:
    if total is None or total["low"] is None:
        return _("Grid %(grid)s: can’t tell") % {"grid": label}
    expected = span(total["low"], total["high"], current_language())
    return _("Grid %(grid)s: %(seen)s seen, %(expected)s expected") % {
        "grid": label,
        "seen": total["observed"],
        "expected": expected,
    }
