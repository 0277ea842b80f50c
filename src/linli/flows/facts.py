"""Readings as facts: what passed, when, on what kind of day."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from linli.facts import Column, ColumnKind, Grade, Table, fetch
from linli.flows.models import Reading
from linli.flows.rules import day_class
from linli.kernel.actor import SYSTEM
from linli.kernel.weeks import Week
from linli.territory import queries as territory

WEEKS_KEPT = 30
INSTANT = pa.timestamp("us", tz="UTC")
PASSAGES = "passages"
_READ = pa.schema(
    [
        ("counter", pa.string()),
        ("grid", pa.string()),
        ("at", INSTANT),
        ("value", pa.float64()),
        ("known_from", INSTANT),
        ("interval_minutes", pa.int64()),
        ("unit", pa.string()),
    ]
)


def build_reading(community: UUID, week: Week, as_of: datetime) -> pa.Table:
    """The readings of the 30 weeks before the round's Monday, as known at ``as_of``.

    ``counted``: a number of passages in the interval, which adds up over a day; else a level (percent, degrees), which does not.
    """
    place = territory.community(viewer=SYSTEM, community=community)
    end = week.starts_at(place.time_zone)
    start = end - timedelta(weeks=WEEKS_KEPT)
    rows = Reading.objects.filter(community=community, at__gte=start, at__lt=end, known_from__lte=as_of)
    asked = rows.values_list(
        "counter__code", "counter__grid__code", "at", "value", "known_from", "counter__interval_minutes", "counter__unit"
    )
    found = fetch(asked, _READ)
    at = found.column("at").combine_chunks()
    counted = pc.equal(found.column("unit"), PASSAGES)
    return (
        found.drop_columns(["unit"])
        .append_column("counted", counted)
        .append_column("day_class", _day_classes(at, place.time_zone, place.calendar))
    )


def _day_classes(instants: pa.Array, zone: str, calendar: str) -> pa.Array:
    """The kind of day, in the community's zone, of each instant; every day is looked up once."""
    days = pc.local_timestamp(instants.cast(pa.timestamp("us", tz=zone))).cast(pa.date32()).dictionary_encode()
    classes = pa.array([day_class(day.as_py(), calendar) for day in days.dictionary], pa.int64())
    return classes.take(days.indices)


READING = Table(
    "reading",
    Grade.LOCAL,
    (
        Column("counter", ColumnKind.CODE),
        Column("grid", ColumnKind.GRID),
        Column("at", ColumnKind.INSTANT),
        Column("value", ColumnKind.MEASURE),
        Column("day_class", ColumnKind.COUNT),
        Column("known_from", ColumnKind.INSTANT),
        Column("interval_minutes", ColumnKind.COUNT),
        Column("counted", ColumnKind.FLAG),
    ),
    build_reading,
)
TABLES = (READING,)
