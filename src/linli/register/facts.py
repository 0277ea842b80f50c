"""The fact tables of the register: residents without a name, and counts that may leave the community."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

import pyarrow as pa

from linli.facts import Column, ColumnKind, Grade, Table
from linli.kernel.weeks import Week
from linli.register.queries.asof import Moment, Resident, residents
from linli.register.rules.ages import COARSE, age_on, band, coarse
from linli.register.rules.codes import province
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status
from linli.territory.queries import grids
from linli.trust import SYSTEM, protect

_STATUS = frozenset(status.value for status in Status)


def _people(community: UUID, week: Week, as_of: datetime) -> tuple[list[Resident], dict[UUID, str]]:
    found = residents(viewer=SYSTEM, community=community, at=Moment(week.monday, as_of))
    labels = {row.id: row.label for row in grids(viewer=SYSTEM, community=community, on=week.monday)}
    return found, labels


def build_residents(community: UUID, week: Week, as_of: datetime) -> pa.Table:
    """A row per resident. ``weeks_unverified``: rounds since a file last showed them, 0 where this round's did."""
    found, labels = _people(community, week, as_of)
    day = week.monday
    ages: dict[object, str] = {}
    bands = [ages.get(r.birth_date) or ages.setdefault(r.birth_date, band(age_on(r.birth_date, day))) for r in found]
    return pa.table(
        {
            "person": [r.pseudonym for r in found],
            "building": [str(r.building) for r in found],
            "grid": pa.array([labels.get(r.grid) if r.grid else None for r in found], pa.string()),
            "sex": [r.sex for r in found],
            "age_band": bands,
            "status": [r.status.value for r in found],
            "origin": [province(r.region) for r in found],
            "household": pa.array([r.household or None for r in found], pa.string()),
            "household_size": [r.household_size for r in found],
            "weeks_unverified": [max(0, (day - r.verified).days // 7) for r in found],
            **{f"need_{need}": [need.value in r.needs for r in found] for need in Need},
            "known_from": pa.array([r.known_from for r in found], pa.timestamp("us", tz="UTC")),
        },
        schema=RESIDENT.schema,
    )


def build_population(community: UUID, week: Week, as_of: datetime) -> pa.Table:
    """Residents by grid, coarse age and status, protected: small counts withheld, others rounded."""
    found, labels = _people(community, week, as_of)
    counts: Counter[tuple[str, str, str]] = Counter()
    for r in found:
        if r.grid in labels:
            counts[(labels[r.grid], coarse(age_on(r.birth_date, week.monday)), r.status.value)] += 1
    keys = sorted(counts)
    table = pa.table(
        {
            "week": pa.array([str(week)] * len(keys), pa.string()),
            "grid": pa.array([key[0] for key in keys], pa.string()),
            "age_group": pa.array([key[1] for key in keys], pa.string()),
            "status": pa.array([key[2] for key in keys], pa.string()),
            "n": pa.array([counts[key] for key in keys], pa.int64()),
        }
    )
    return protect(table, "n")


RESIDENT = Table(
    "resident",
    Grade.LOCAL,
    (
        Column("person", ColumnKind.PSEUDONYM),
        Column("building", ColumnKind.BUILDING),
        Column("grid", ColumnKind.GRID),
        Column("sex", ColumnKind.CODE, frozenset("0129")),
        Column("age_band", ColumnKind.AGE_BAND),
        Column("status", ColumnKind.CODE, _STATUS),
        Column("origin", ColumnKind.CODE),
        Column("household", ColumnKind.PSEUDONYM),
        Column("household_size", ColumnKind.COUNT),
        Column("weeks_unverified", ColumnKind.COUNT),
        *(Column(f"need_{need}", ColumnKind.FLAG) for need in Need),
        Column("known_from", ColumnKind.INSTANT),
    ),
    build_residents,
)

POPULATION = Table(
    "population",
    Grade.SHARED,
    (
        Column("week", ColumnKind.WEEK),
        Column("grid", ColumnKind.GRID),
        Column("age_group", ColumnKind.CODE, frozenset(COARSE)),
        Column("status", ColumnKind.CODE, _STATUS),
        Column("n", ColumnKind.COUNT),
        Column("rule", ColumnKind.CODE),
    ),
    build_population,
)

TABLES = (RESIDENT, POPULATION)
