"""What upper flats add to the page of one grid. ``site/wiring.py`` fills ``SECTIONS``; territory itself knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week

COLUMNS = ("figures", "left", "right")
Build = Callable[[Actor, UUID, Any, Week], Mapping[str, Any] | None]
"""``build(viewer, community, grid, week)`` with the grid's ``queries.GridRow``: the context of its template, or None
to leave it out."""


@dataclass(frozen=True)
class Section:
    """One part of the grid page.

    ``column``: ``figures`` (the line of figures at the top; the template gives ``<div><dt>…<dd>…</div>`` entries),
    ``left`` (wide) or ``right``.
    ``may``: permission needed to see it (a ``trust.Permission`` value). The template finds its context as ``part``.
    """

    name: str
    template: str
    build: Build
    may: str
    order: int = 50
    column: str = "left"


SECTIONS: list[Section] = []


def offer_section(section: Section) -> None:
    """Add a section, once. ValueError for a column that the page doesn't have."""
    if section.column not in COLUMNS:
        raise ValueError(f"{section.name}: the grid page has no column {section.column}")
    if all(known.name != section.name for known in SECTIONS):
        SECTIONS.append(section)
        SECTIONS.sort(key=lambda known: known.order)
