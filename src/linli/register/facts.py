"""The fact tables of the register: residents without a name, and counts that may leave the community."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from linli.facts import Column, ColumnKind, Grade, Table
from linli.kernel.weeks import Week
from linli.register.queries.asof import Moment, residents
from linli.register.queries.left_behind import left_behind_at
from linli.register.rules.ages import COARSE, age_on, band, coarse_of_band
from linli.register.rules.codes import province
from linli.register.rules.left_behind import LeftBehind
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status
from linli.territory.queries import grids
from linli.trust import SYSTEM, protect

_STATUS = frozenset(status.value for status in Status)


def build_residents(community: UUID, week: Week, as_of: datetime) -> pa.Table:
    """A row per resident. ``weeks_unverified``: rounds since a file last showed them, 0 where this round's did."""
    at = Moment(week.monday, as_of)
    found = residents(viewer=SYSTEM, community=community, at=at)
    behind = left_behind_at(viewer=SYSTEM, community=community, at=at)
    labels = {row.id: row.label for row in grids(viewer=SYSTEM, community=community, on=week.monday)}
    day = week.monday
    ages: dict[object, str] = {}
    bands = [ages.get(r.birth_month) or ages.setdefault(r.birth_month, band(age_on(r.birth_month, day))) for r in found]
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
            "left_behind": pa.array([behind.get(r.person) for r in found], pa.string()),
            **{f"need_{need}": [need.value in r.needs for r in found] for need in Need},
            "known_from": pa.array([r.known_from for r in found], pa.timestamp("us", tz="UTC")),
        },
        schema=RESIDENT.schema,
    )


def derive_population(residents: pa.Table, week: Week) -> pa.Table:
    """Residents by grid, coarse age and status, protected: small counts withheld, others rounded."""
    placed = residents.filter(pc.is_valid(residents.column("grid")))
    groups = [coarse_of_band(band) for band in placed.column("age_band").to_pylist()]
    counted = placed.select(["grid", "status"]).append_column("age_group", pa.array(groups, pa.string()))
    keys = ["grid", "age_group", "status"]
    counts = counted.group_by(keys).aggregate([([], "count_all")]).rename_columns([*keys, "n"])
    return protect(counts.append_column("week", pa.array([str(week)] * counts.num_rows, pa.string())), "n")


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
        Column("left_behind", ColumnKind.CODE, frozenset(LeftBehind)),
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
    source="resident",
    derive=derive_population,
)

TABLES = (RESIDENT, POPULATION)
