"""How many live in each building and what work it asks for: read from the newest facts, never from the register."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from linli.facts import read, snapshots
from linli.territory.queries.buildings import building_grids
from linli.territory.queries.grids import grids
from linli.territory.rules.workload import WEEKS, Load, minutes
from linli.trust import Actor, Permission

RESIDENTS, REPORTS = "resident", "report"
"""The fact tables that are read, where a round has written them: a row per resident, a row per reported matter."""
_AWAY = "absent"
_HELP = "need_"


@dataclass(frozen=True)
class Loads:
    """``week`` of the facts, "" before the first round. ``buildings``: load by building; ``open_cases`` by grid's label;
    ``label_of``: the grid that a building lies in today, for those that lie in one."""

    week: str = ""
    buildings: dict[UUID, Load] = field(default_factory=dict)
    open_cases: dict[str, int] = field(default_factory=dict)
    label_of: dict[UUID, str] = field(default_factory=dict)


def building_loads(*, viewer: Actor, community: UUID) -> Loads:
    """Load of every building within scope, for those who may read the register's counts.

    Matters are known by grid only: their minutes are spread over the grid's buildings by residents.
    """
    if not viewer.sees_community(community) or not viewer.may(Permission.REGISTER_READ):
        return Loads()
    known = snapshots(viewer=viewer, community=community)
    if not known:
        return Loads()
    newest = known[-1]
    try:
        people = read(RESIDENTS, community=community, week=newest.week, digest=newest.digest)
        reports = read(
            REPORTS, community=community, week=newest.week, digest=newest.digest, columns=["grid", "weeks_back", "open"]
        )
    except (FileNotFoundError, KeyError):
        return Loads()
    held = building_grids(viewer=viewer, community=community)
    labels = {row.id: row.label for row in grids(viewer=viewer, community=community)}
    label_of = {building: labels[grid] for building, grid in held.items() if grid in labels}
    recent = _counted(reports, pc.less_equal(reports["weeks_back"], WEEKS)) if "weeks_back" in reports.column_names else Counter()
    open_cases = _counted(reports, reports["open"]) if "open" in reports.column_names else Counter()
    found = _by_building(people)
    if viewer.grids is not None:
        found = {building: load for building, load in found.items() if building in held}
    lived = Counter(dict.fromkeys(labels.values(), 0))
    for building, load in found.items():
        lived[label_of.get(building, "")] += load.persons
    for building, load in found.items():
        label = label_of.get(building, "")
        cases = recent[label] * load.persons / lived[label] if label and lived[label] else 0.0
        found[building] = Load(load.persons, load.households, load.help, minutes(load.households, load.help, cases))
    seen = set(labels.values())
    return Loads(newest.week, found, {label: count for label, count in open_cases.items() if label in seen}, label_of)


def _counted(reports: pa.Table, mask: pa.ChunkedArray) -> Counter[str]:
    return Counter(label for label in reports.filter(mask)["grid"].to_pylist() if label)


def _by_building(people: pa.Table) -> dict[UUID, Load]:
    """Residents, homes and residents who need help, by building; who has only the hukou here doesn't count."""
    here = people.filter(pc.not_equal(people["status"], _AWAY)) if "status" in people.column_names else people
    needs = [pc.fill_null(here[name], False) for name in here.column_names if name.startswith(_HELP)]
    wanted = needs[0] if needs else pa.chunked_array([pa.array([False] * len(here))])
    for need in needs[1:]:
        wanted = pc.or_(wanted, need)
    # Somebody without a household number is a home of their own.
    home = pc.coalesce(here["household"], here["person"])
    table = pa.table({"building": here["building"], "home": home, "help": pc.cast(wanted, pa.int64())})
    grouped = table.group_by("building").aggregate([([], "count_all"), ("home", "count_distinct"), ("help", "sum")])
    rows = zip(*(grouped[name].to_pylist() for name in ("building", "count_all", "home_count_distinct", "help_sum")), strict=True)
    return {UUID(building): Load(persons, homes, helped or 0) for building, persons, homes, helped in rows if building}
