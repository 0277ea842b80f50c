"""The structure of a community as tables that may be given away: coarse categories, small ones put together, rounded so that they
add up from grid to community."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.register.queries.structure import LARGEST, Structure, Tally, structure
from linli.register.rules.ages import COARSE
from linli.register.rules.left_behind import LeftBehind
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status
from linli.trust import Additive, additive, together

NOWHERE = "-"
"""People in no grid."""
TABLES = ("status", "age", "households", "origin", "needs", "left_behind")
"""``households`` counts households, the others people; ``needs``: some of whom have several;
``left_behind``: by GB/T 31000."""
_COLUMNS = ("week", "table", "grid", "category", "count", "rule")


@dataclass(frozen=True)
class Export:
    """Protected tables of one Monday by name, and the rule that protected them."""

    week: str
    tables: Mapping[str, Additive]
    rule: str
    joined: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A row per number: week, table, grid (``all``: the community, ``*``: small grids together), category, count, rule."""
        found = []
        for name, table in self.tables.items():
            cells = [(place, category, count) for (place, category), count in table.cells.items()]
            if name not in ("needs", "left_behind"):
                cells += [(place, "all", count) for place, count in table.by_place.items()]
                cells.append(("all", "all", table.total))
            cells += [("all", category, count) for category, count in table.by_category.items()]
            found += [dict(zip(_COLUMNS, (self.week, name, *cell, table.rule), strict=True)) for cell in cells]
        return found


def export_of(*, viewer: Actor, community: UUID, week: Week) -> Export | None:
    """Everything of a Monday's structure, within the viewer's scope, that may leave the community; None where nobody is known."""
    found = structure(viewer=viewer, community=community, week=week)
    return _protected(found) if found is not None and found.whole.residents else None


def _protected(found: Structure) -> Export:
    tallies = {label or NOWHERE: tally for label, tally in found.places.items() if label or tally.residents}
    joined = together({label: tally.residents for label, tally in tallies.items()})
    tables: dict[str, Additive] = {}
    totals: Mapping[str, int] | None = None
    for name in TABLES:
        counts = {(label, key): n for label, tally in tallies.items() for key, n in _of(name, tally).items() if n}
        known = [*_known(name), *sorted({category for _place, category in counts} - set(_known(name)))]
        tables[name] = additive(
            counts, places=list(tallies), categories=known, joined=joined, by_place=totals if name == "age" else None
        )  # fmt: skip
        totals = tables["status"].by_place
    return Export(str(found.week), tables, tables["status"].rule, tuple(sorted(joined)))


def _known(name: str) -> tuple[str, ...]:
    if name == "status":
        return tuple(status.value for status in Status if status is not Status.ABSENT)
    if name == "age":
        return tuple(f"{age}/{sex}" for age in COARSE for sex in ("1", "2", "0"))
    if name == "households":
        return tuple(str(size) for size in range(1, LARGEST + 1))
    if name == "left_behind":
        return tuple(how.value for how in LeftBehind)
    return tuple(need.value for need in Need) if name == "needs" else ()


def _of(name: str, tally: Tally) -> Mapping[str, int]:
    if name == "status":
        return tally.by_status()
    if name == "age":
        return {f"{age}/{sex}": count for (age, sex), count in tally.by_age().items()}
    if name == "households":
        return {str(size): count for size, count in tally.households.items()}
    if name == "left_behind":
        return tally.behind
    return tally.origins if name == "origin" else tally.needs
