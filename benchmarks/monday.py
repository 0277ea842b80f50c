"""How long a Monday takes: the first load of a community of 9,000, week by week, and one more Monday from the command line.

Limits: 20 s for the Monday after the first load (the whole process), 3 s for each replayed week of the first load.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import time
from pathlib import Path

import _measure as measure

MONDAY_S, REPLAYED_S = 20.0, 3.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=9000)
    parser.add_argument("--weeks", type=int, default=26, help="weeks of the first load; one more follows from the command line")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with measure.scratch() as folder:
        return _run(folder, residents=given.residents, weeks=given.weeks, seed=given.seed)


def _run(folder: Path, *, residents: int, weeks: int, seed: int) -> int:
    data, files = folder / "data", folder / "files"
    written = measure.write_files(files, data=data, seed=seed, residents=residents, weeks=weeks + 1, communities=1)
    measure.open_here(data)
    from linli.kernel.actor import SYSTEM
    from linli.monday.jobs import RoundResult, run_round
    from linli.site import demonstration

    place = next(path.parent for path in files.glob("*/community.json"))
    begun, begun_cpu = time.perf_counter(), measure.own_cpu_s()
    community = demonstration.set_up(place)
    set_up_s = time.perf_counter() - begun
    *loaded, last = demonstration.weeks_of(place)
    walls: list[float] = []
    cpus: list[float] = []
    results: list[RoundResult] = []
    for week in loaded:
        start, start_cpu = time.perf_counter(), measure.own_cpu_s()
        results.append(run_round(by=SYSTEM, community=community, week=week, inbox=place / "inbox" / str(week)))
        walls.append(time.perf_counter() - start)
        cpus.append(measure.own_cpu_s() - start_cpu)
    load = measure.Cost(round(time.perf_counter() - begun, 1), round(measure.own_cpu_s() - begun_cpu, 1), measure.own_peak_mb())
    command = ["-m", "linli.site.cli", "monday", "--community", place.name, "--week", str(last), "--json"]
    monday = measure.run([*command, "--inbox", str(place / "inbox" / str(last))], data=data)
    again = measure.run([*command, "--inbox", str(place / "inbox" / str(last))], data=data)
    told = json.loads(monday.out)
    slowest = results[walls.index(max(walls[1:]))]
    return measure.tell(
        "monday",
        value={"monday_s": monday.cost.wall_s, "replayed_max_s": round(max(walls[1:]), 2)},
        limit={"monday_s": MONDAY_S, "replayed_max_s": REPLAYED_S},
        detail={
            "monday": vars(monday.cost),
            "monday_again": {**vars(again.cost), "changed_nothing": json.loads(again.out)["again"]},
            "monday_stages_s": told["seconds"],
            "monday_rows": {file["kind"]: file["rows"] for file in told["files"]},
            "set_up_s": round(set_up_s, 2),
            "first_week_s": round(walls[0], 2),
            "first_week_cpu_s": round(cpus[0], 2),
            "replayed_median_s": round(statistics.median(walls[1:]), 2),
            "replayed_median_cpu_s": round(statistics.median(cpus[1:]), 2),
            "replayed_max_cpu_s": round(max(cpus[1:]), 2),
            "slowest_week": {"week": slowest.week, **slowest.seconds},
            "whole_load": vars(load),
            "writing_files": vars(written),
        },
        rows=_rows(data),
        work={"residents": residents, "weeks": len(loaded), "seed": seed, "findings": told["findings"]},
    )


def _rows(data: Path) -> dict[str, int]:
    """Rows of the largest tables after the load, and what the installation weighs on disk."""
    with sqlite3.connect(data / "db" / "linli.sqlite3") as base:
        names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {name: int(base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}
    largest = dict(sorted(counts.items(), key=lambda it: -it[1])[:8])
    weight = {
        room: sum(file.stat().st_size for file in (data / room).rglob("*") if file.is_file()) >> 20 for room in ("db", "facts")
    }
    return {**largest, "all": sum(counts.values()), **{f"{room}_mb": size for room, size in weight.items()}}


if __name__ == "__main__":
    raise SystemExit(main())
