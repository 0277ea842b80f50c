"""Counters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from linli.flows.models import Counter
from linli.flows.queries.counters import counters_to_adopt
from linli.flows.rules import is_code
from linli.kernel.errors import BadInput
from linli.kernel.words import sentence
from linli.territory import queries as territory
from linli.trust import Actor, Permission, command, record

BAD_COUNTER = sentence("flows.bad_counter", "“%(code)s” can't be a counter's code.")
BAD_COUNTER_REMEDY = sentence("flows.bad_counter_remedy", "Use lower-case letters, digits and _, beginning with a letter.")
BAD_INTERVAL = sentence("flows.bad_interval", "The interval is a whole number of minutes, at least one.")


@command("flows.add_counter", may=Permission.FLOW_IMPORT)
def add_counter(
    *,
    by: Actor,
    community: UUID,
    code: str,
    name: Mapping[str, str],
    lon: float | None = None,
    lat: float | None = None,
    interval_minutes: int = 60,
    unit: str = "passages",
    from_date: date | None = None,
    to_date: date | None = None,
) -> UUID:
    """Add a counter, or say anew what is known of the one with that code; its grid follows from its place (EPSG:4326).

    Returns its id. The same again changes nothing. BadInput for a code or an interval that can't be.
    """
    if not is_code(code):
        raise BadInput(BAD_COUNTER, remedy=BAD_COUNTER_REMEDY, code=code)
    if interval_minutes < 1:
        raise BadInput(BAD_INTERVAL)
    grid = None
    if lon is not None and lat is not None:
        grid = territory.grid_of_points(viewer=by, community=community, lon=[lon], lat=[lat])[0]
    counter, _ = Counter.objects.update_or_create(
        community_id=community,
        code=code,
        defaults={
            "name": dict(name),
            "lon": lon,
            "lat": lat,
            "grid_id": grid,
            "interval_minutes": interval_minutes,
            "unit": unit,
            "from_date": from_date,
            "to_date": to_date,
            "batch": None,
        },
    )
    record("flows.counter", ids=[counter.id], fields=["name", "place", "interval"])
    return counter.id


@command("flows.adopt_counters", may=Permission.FLOW_IMPORT)
def adopt_counters(*, by: Actor, community: UUID) -> dict[str, int]:
    """Set up every counter that the territory's file put on the map and that isn't known yet, and give grids to those without.

    Returns ``{"new", "placed"}``. Readings that name such a counter set it up themselves; this is for looking first.
    """
    known = list(Counter.objects.filter(community_id=community))
    made = counters_to_adopt(by, community, known={c.code for c in known})
    Counter.objects.bulk_create(made)
    waiting = [c for c in known if c.grid_id is None and c.lon is not None and c.lat is not None]
    lons, lats = [c.lon or 0.0 for c in waiting], [c.lat or 0.0 for c in waiting]
    grids = territory.grid_of_points(viewer=by, community=community, lon=lons, lat=lats)
    placed = 0
    for counter, grid in zip(waiting, grids, strict=True):
        if grid:
            counter.grid_id = grid
            counter.save(update_fields=["grid"])
            placed += 1
    record("flows.counter", ids=[c.id for c in made], counts={"new": len(made), "placed": placed})
    return {"new": len(made), "placed": placed}
