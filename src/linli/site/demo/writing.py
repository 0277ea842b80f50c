"""Put everything together: make the communities, live through the weeks, write what would have been delivered."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from linli.kernel.weeks import Week
from linli.site.demo import categories, census, counters, mappings, population_file, reports, troubles
from linli.site.demo.addresses import Addresses
from linli.site.demo.buildings import build, fit
from linli.site.demo.gazetteer import SUBDISTRICT_CODE, Names, numbered_community
from linli.site.demo.geopackage import write_territory
from linli.site.demo.ground import lay_out
from linli.site.demo.households import MEAN_SIZE, settle
from linli.site.demo.people import Numbers, Phones, Registry
from linli.site.demo.real_territory import read_territory
from linli.site.demo.town import Town
from linli.site.demo.troubles import Trouble

SMALLEST_COMMUNITY = 5000
"""Below so many residents it is no community of the field, but something to try with."""
PEOPLE_PER_GRID = 428
LAST_WEEK = Week.parse("2026-W47")
ZONE = "Asia/Shanghai"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class DemoReport:
    """What was written. ``communities``: codes, the main one first; ``planted``: path of planted.json."""

    communities: list[str]
    planted: Path


def write_demo(
    out: Path,
    *,
    seed: int = 1,
    residents: int = 9000,
    weeks: int = 26,
    last_week: Week | None = None,
    territory: Path | None = None,
    communities: int = 2,
    progress: Progress | None = None,
) -> DemoReport:
    """Write the synthetic communities below ``out``; the same arguments give the same bytes.

    The first community has ``residents`` people at the start (and the planted troubles), every other a third of that.
    ``weeks`` rounds end with ``last_week`` (2026-W47). ``territory``: a file with buildings (GeoPackage, OSM, …) for the first
    community to live in. ``progress(stage, done, total)`` is called after each week written.
    Raises ValueError for numbers too small to make a community of, or for a territory without usable buildings.
    """
    if residents < 200 or weeks < 1 or communities < 1:
        raise ValueError("a demonstration needs at least 200 residents, one week and one community")
    last = last_week or LAST_WEEK
    rounds = [last.back(weeks - 1 - k) for k in range(weeks)]
    out.mkdir(parents=True, exist_ok=True)
    planted: list[dict[str, object]] = []
    codes: list[str] = []
    numbers = Numbers()
    for index in range(communities):
        community = Community(
            out,
            names=numbered_community(index),
            index=index,
            seed=seed,
            residents=residents if index == 0 else max(200, residents // 3),
            rounds=rounds,
            territory=territory if index == 0 else None,
            numbers=numbers,
        )
        community.write(progress, index * weeks, communities * weeks)
        codes.append(community.names.code)
        labels = [grid.label for grid in community.plan.grids]
        counter_grids = {site.code: site.grid for site in community.plan.sites}
        planted += [troubles.as_json(t, codes[-1], labels, counter_grids, rounds) for t in community.planted]
    path = out / "planted.json"
    _write_json(path, planted)
    return DemoReport(codes, path)


class Community:
    """One community: made in full at once, then lived through while its files are written."""

    def __init__(
        self,
        out: Path,
        *,
        names: Names,
        index: int,
        seed: int,
        residents: int,
        rounds: list[Week],
        territory: Path | None,
        numbers: Numbers,
    ) -> None:
        self.names, self.rounds, self.both_ways, self.seed = names, rounds, index == 0, seed
        self.small = residents < SMALLEST_COMMUNITY
        self.folder = out / names.code
        # One stream of chance for each part, so that a change in one leaves the others as they were.
        draws = [np.random.default_rng([seed, index, part]) for part in range(9)]
        grids = max(4, round(residents / PEOPLE_PER_GRID))
        self.plan = read_territory(territory, names, grids, draws[0]) if territory else lay_out(names, grids, draws[0], index)
        homes = _homes(round(residents / MEAN_SIZE), grids, draws[1])
        for grid, count in zip(self.plan.grids, homes, strict=True):
            grid.homes = count
        if territory:
            fit(self.plan, draws[2])
        else:
            build(self.plan, draws[2])
        counters.place(self.plan, residents, 12 if index == 0 else 5, draws[3])
        grid_of = [self.plan.buildings[dwelling.building].grid for dwelling in self.plan.dwellings]
        rooms: list[list[int]] = [[] for _ in range(grids)]
        for at, grid_index in enumerate(grid_of):
            rooms[grid_index].append(at)
        start = rounds[0].first_day - timedelta(days=1)
        registry = Registry(draws[4], numbers, Phones(draws[4]), "AB"[index] if index < 2 else f"C{index}")
        households, empty = settle(residents, rooms, homes, registry, start, draws[4])
        self.town = Town(households, empty, grid_of, registry, draws[4])
        self.town.begin()
        people_by_grid = [len(self.town.people_of(at)) for at in range(grids)]
        rates = reports.base_rates(self.plan, people_by_grid, draws[5])
        self.planted: list[Trouble] = []
        if index == 0:
            sites = [site.code for site in self.plan.sites if site.code in counters.STURDY]
            self.planted = troubles.draw(rounds, people_by_grid, categories.BUSY_MATTERS, categories.NEW_MATTERS, sites, draws[6])
        reports.make_room(rates, self.planted)
        addresses = Addresses(self.plan, names.subdistrict[0], names.community[0])
        first_dwelling: dict[int, str] = {}
        for at, dwelling in enumerate(self.plan.dwellings):
            first_dwelling.setdefault(dwelling.building, addresses.formal(at))
        adults = [[person for person in self.town.people_of(at) if person.phone] for at in range(grids)]
        self.hotline = reports.Hotline(self.plan, rates, self.planted, adults, first_dwelling, draws[7])
        self.counters = counters.Counters(self.plan, rounds, self.planted, draws[8])
        self.population = population_file.PopulationFile(addresses, np.random.default_rng([seed, index, 99]))
        self._unseen: set[int] = set()

    def write(self, progress: Progress | None, done: int, total: int) -> None:
        if (self.folder / "community.json").exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_json(self.folder / "community.json", self._description())
        write_territory(self.plan, self.folder / "territory.gpkg")
        self._write_dwellings()
        folder = self.folder / "mappings"
        folder.mkdir()
        for name, mapping in mappings.all_of(self.both_ways, small=self.small).items():
            _write_json(folder / name, mapping)
        _write_json(folder / "categories.json", categories.as_json())
        for index, week in enumerate(self.rounds):
            self._write_week(index, week)
            if progress:
                progress(self.names.code, done + index + 1, total)

    def _write_week(self, index: int, week: Week) -> None:
        folder = self.folder / "inbox" / str(week)
        folder.mkdir(parents=True)
        self._hide(index)
        lines = self.population.lines(self.town.live(week, first=index == 0), week, self._unseen)
        count = len(self.rounds)
        if index and index == count * 2 // 3:
            (folder / f"人口_{week}.xlsx").write_bytes(population_file.as_workbook(lines))
        else:
            encoding = "utf-8-sig" if index and index == count // 3 else "gb18030"
            (folder / f"人口_{week}.csv").write_bytes(population_file.as_csv(lines, encoding))
        rows = [reports.row(*entry) for entry in self.hotline.week(week, index)]
        (folder / f"热线_{week}.csv").write_bytes(_csv(reports.HEADINGS, rows).encode())
        (folder / f"客流_{week}.csv").write_bytes(self._readings(week).encode())

    def _hide(self, index: int) -> None:
        """Begin and end the planted trouble of people who are no longer verified."""
        for trouble in self.planted:
            if trouble.kind != troubles.UNVERIFIED or trouble.grid is None:
                continue
            if index == trouble.first:
                there = self.town.people_of(trouble.grid)
                rng = np.random.default_rng([self.seed, index])
                chosen = rng.choice(len(there), size=round(len(there) * trouble.strength), replace=False)
                self._unseen = {id(there[int(at)]) for at in chosen}
            elif index == trouble.last + 1:
                self._unseen = set()
            self.town.kept = self._unseen

    def _readings(self, week: Week) -> str:
        lines = [",".join(mappings.reading_headings(self.both_ways))]
        for reading in self.counters.week(week):
            passages = f"{reading.inward},{reading.outward}" if self.both_ways else str(reading.inward + reading.outward)
            lines.append(f"{reading.counter},{reading.at:%Y-%m-%d %H:%M},{passages}")
        return "\n".join(lines) + "\n"

    def _write_dwellings(self) -> None:
        rows = [
            [self.plan.buildings[home.building].name, home.unit, home.room, str(home.area_m2), "住宅"]
            for home in self.plan.dwellings
        ]
        text = _csv(("楼栋", "单元", "室", "面积", "用途"), rows)
        (self.folder / "dwellings.csv").write_bytes(text.encode("gb18030"))

    def _description(self) -> dict[str, Any]:
        names = self.names
        return {
            "code": names.code,
            "name": _both(names.community),
            "subdistrict": {"code": SUBDISTRICT_CODE, "name": _both(names.subdistrict)},
            "zone": ZONE,
            "grids": [{"label": grid.label, "name": _both((grid.name_zh, grid.name_en))} for grid in self.plan.grids],
            "first_week": str(self.rounds[0]),
            "last_week": str(self.rounds[-1]),
        }


def _homes(households: int, grids: int, rng: np.random.Generator) -> list[int]:
    """Households of each grid: uneven, but every grid within 300 to 550 people."""
    return [int(count) for count in census.largest_remainder(rng.uniform(0.82, 1.18, grids), households)]


def _both(pair: tuple[str, str]) -> dict[str, str]:
    return {"en": pair[1], "zh-Hans": pair[0]}


def _csv(headings: tuple[str, ...], rows: list[list[str]]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue()


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
