"""Whether planted troubles are found: five in each synthetic community, each looked for on the board of its second week.

A trouble is found where a finding of its kind, grid, matter and counter is among the first seven. Limit: four of five each seed.
Boards of weeks without any trouble say how many findings are there by chance.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import _measure as measure

FIRST = 7
LEAST_FOUND = 4
LEARNT_FROM = 9
"""Boards of the first weeks judge little for want of history; they count for nothing here."""
IDENTITY = ("kind", "grid", "matter", "counter")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--from-seed", type=int, default=1)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--residents", type=int, default=9000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--one", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(_one(given.one)))
        return 0
    start = time.perf_counter()
    seeds = range(given.from_seed, given.from_seed + given.seeds)
    with measure.scratch() as folder, ThreadPoolExecutor(given.processes) as pool:
        told = list(pool.map(partial(_seed, folder, given.weeks, given.residents), seeds))
    troubles = [trouble for one in told for trouble in one["troubles"]]
    kinds = {kind: [t["rank"] for t in troubles if t["kind"] == kind] for kind in sorted({t["kind"] for t in troubles})}
    quiet = [n for one in told for n in one["quiet"]]
    chance: Counter[str] = sum((Counter(one["quiet_kinds"]) for one in told), Counter())
    return measure.tell(
        "planted",
        value={"least_found": min(one["found"] for one in told)},
        limit={"least_found": LEAST_FOUND},
        at_least=True,
        quality={
            "found": {str(one["seed"]): one["found"] for one in told},
            "of": len(troubles),
            "found_in_all": sum(one["found"] for one in told),
            "ranks_by_kind": kinds,
            "missed": [{"seed": one["seed"], **t} for one in told for t in one["troubles"] if not t["found"]],
            "quiet_boards": len(quiet),
            "findings_on_a_quiet_board": round(statistics.fmean(quiet), 2) if quiet else None,
            "on_quiet_boards_by_kind": dict(chance),
            "unrelated_on_a_board_with_trouble": round(statistics.fmean([n for one in told for n in one["unrelated"]]), 2),
        },
        detail={
            "wall_s": round(time.perf_counter() - start),
            "cpu_s_a_seed": round(statistics.fmean(o["cpu_s"] for o in told), 1),
        },
    )


def _seed(folder: Path, weeks: int, residents: int, seed: int) -> dict[str, Any]:
    """Write, load and look at one community, in processes of its own; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        data = Path(place) / "data"
        measure.write_files(Path(place) / "files", data=data, seed=seed, residents=residents, weeks=weeks, communities=1)
        ran = measure.run([__file__, "--one", place], data=data)
    told = {"seed": seed, "cpu_s": ran.cost.cpu_s, **json.loads(ran.out)}
    sys.stderr.write(f"seed {seed}: {told['found']} of {len(told['troubles'])}, quiet boards {told['quiet']}\n")
    for trouble in told["troubles"]:
        sys.stderr.write(f"    {trouble}\n")
    return told


def _one(folder: Path) -> dict[str, Any]:
    """Load what lies in ``folder`` week by week and compare the boards with what was planted."""
    measure.open_here(folder / "data")
    from linli.focus.queries import FindingRow, board
    from linli.kernel.actor import SYSTEM
    from linli.kernel.weeks import Week
    from linli.site import demonstration

    files = folder / "files"
    place = next(path.parent for path in files.glob("*/community.json"))
    planted = [t for t in json.loads((files / "planted.json").read_text("utf-8")) if t["community"] == place.name]
    community = demonstration.set_up(place)
    weeks = [str(week) for week in demonstration.weeks_of(place)]
    demonstration.run_weeks(place, community)
    boards: dict[str, tuple[list[FindingRow], list[FindingRow]]] = {}
    for week in weeks:
        found = board(viewer=SYSTEM, community=community, week=week, today=Week.parse(week).monday)
        boards[week] = (found.findings, found.weaker) if found else ([], [])

    def rank(rows: list[FindingRow], trouble: dict[str, Any]) -> FindingRow | None:
        return next((row for row in rows if all(getattr(row, key) == trouble[key] for key in IDENTITY)), None)

    troubles = []
    for trouble in planted:
        second = str(Week.parse(trouble["from_week"]).back(-1))
        strong, weak = boards[second]
        row = rank(strong, trouble) or rank(weak, trouble)
        at = strong.index(row) + 1 if row in strong else None
        troubles.append(
            {
                **{key: trouble[key] for key in IDENTITY},
                "week": second,
                "found": at is not None and at <= FIRST,
                "rank": at,
                "of": len(strong),
                "q": row and round(row.q, 4),
                "observed": row and row.observed,
                "expected": row and row.expected,
            }
        )
    last = {id(t): weeks.index(t["to_week"]) for t in planted}

    def related(at: int, row: FindingRow) -> bool:
        """Whether a planted trouble, going on or over for a week, explains a finding."""
        return any(
            weeks.index(t["from_week"]) <= at <= last[id(t)] + 1
            and (row.counter == t["counter"] if t["counter"] else row.grid == t["grid"])
            for t in planted
        )

    learnt = range(min(LEARNT_FROM, len(weeks)), len(weeks))
    busy = {at for t in planted for at in range(weeks.index(t["from_week"]), last[id(t)] + 2)}
    quiet = [at for at in learnt if at not in busy]
    return {
        "troubles": troubles,
        "found": sum(bool(t["found"]) for t in troubles),
        "quiet": [len(boards[weeks[at]][0]) for at in quiet],
        "quiet_kinds": Counter(row.kind for at in quiet for row in boards[weeks[at]][0]),
        "unrelated": [sum(not related(at, row) for row in boards[weeks[at]][0]) for at in learnt if at in busy],
    }


if __name__ == "__main__":
    raise SystemExit(main())
