"""The register of a million: first load, then the weekly file with two rows in a hundred changed.

    script/bench register                                        1,000,000 people on SQLite
    python benchmarks/register.py --database postgres            the same on PostgreSQL (a cluster of its own)
    python benchmarks/register.py --rows 100000 --keep FOLDER

Each step is a whole process (``linli renew``). Beside it, in the same run: the floor (DuckDB reads both files, joins them and
writes the difference as Parquet) and django-import-export on 20,000 rows.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import register_files
from _measure import Cost, Ran, open_here, run, scratch, tell

CODE = "999901001009"
MAPPING = {
    "name": "police-population",
    "kind": "register.population",
    "recognise": {"file": "residents_*.csv", "headings": ["姓名", "公民身份号码"]},
    "encodings": ["utf-8"],
    "columns": {
        "key": "登记号", "household": "户号", "relation": "户主关系", "name": "姓名", "sex": "性别", "number": "公民身份号码",
        "document": "证件类型", "birth": "出生日期", "ethnic": "民族", "education": "文化程度", "hukou_region": "户籍地区划",
        "address": "现住址", "residence": "居住类型", "since": "来此日期", "phone": "联系电话", "change": "变动类别",
        "change_date": "变动日期", "verified": "核实日期",
    },
    "options": {"coverage": "full", "zone": "Asia/Shanghai", "source": "police"},
}  # fmt: skip
LIMITS = {"sqlite": (180.0, 30.0), "postgres": (240.0, 45.0)}
"""Seconds for the first load and for a week of a million."""
PLAIN_ROWS = 20_000
WEEKS = ("2026-11-09", "2026-11-16")


def prepare(data: Path, rows: int, seed: int, url: str) -> list[Path]:
    """The town in the database, its mapping, and the files of two Mondays."""
    made = register_files.town(rows, seed=seed)
    files = [data / f"residents_{day}.csv" for day in WEEKS]
    for week, (path, day) in enumerate(zip(files, WEEKS, strict=True)):
        register_files.write(path, made, week=week, day=day, changed=0.02, seed=seed)
    (data / "mapping.json").write_text(json.dumps(MAPPING, ensure_ascii=False), "utf-8")
    linli(data, url, "community", "add", CODE, "--name", "Bench")
    run([__file__, "--build", str(made.buildings)], data=data, LINLI_DATABASE_URL=url)
    linli(data, url, "imports", "map", str(data / "mapping.json"), "--community", CODE)
    return files


def linli(data: Path, url: str, *arguments: str) -> Ran:
    """One verb of the command line, as its own process."""
    return run(["-m", "linli.site.cli", *arguments], data=data, LINLI_DATABASE_URL=url)


def build(count: int) -> None:
    """In a process on the data: ``count`` buildings."""
    open_here(Path(os.environ["LINLI_DATA"]))
    from linli.trust import SYSTEM, walls

    with walls.everything(SYSTEM):
        _buildings(count)


def _buildings(count: int) -> None:
    from linli.kernel.ids import new_id
    from linli.territory.models import Building
    from linli.trust import SYSTEM, community_by_code

    community = community_by_code(viewer=SYSTEM, code=CODE).id
    rows = []
    for at in range(count):
        name, number = register_files.estate(at)
        east, north = 121.0 + 0.001 * (at % 300), 31.0 + 0.001 * (at // 300)
        rows.append(
            Building(
                id=new_id(), community_id=community, source_key=str(at), name=f"{name}{number}号楼", estate=name,
                number=str(number), units=3, storeys=11, footprint=b"", west=east, south=north, east=east, north=north,
                lon=east, lat=north, area_m2=400,
            )
        )  # fmt: skip
    Building.objects.bulk_create(rows, batch_size=1000)


def renew(data: Path, url: str, path: Path, day: str) -> tuple[dict[str, Any], Cost]:
    """``linli renew`` as its own process."""
    ran = linli(data, url, "renew", str(path), "--community", CODE, "--as-of", day, "--json")
    return json.loads(ran.out.splitlines()[-1]), ran.cost


def floor(files: list[Path], data: Path) -> float:
    """Seconds in which DuckDB reads both files, joins them and writes what differs: less than this nothing can take."""
    import duckdb

    start = time.perf_counter()
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    old, new = (f"read_csv('{path}', all_varchar = true)" for path in files)
    connection.execute(
        f"COPY (SELECT n.* FROM {new} n LEFT JOIN {old} o USING (登记号) WHERE o.登记号 IS NULL OR o.现住址 <> n.现住址 OR"
        f" o.联系电话 <> n.联系电话 OR o.变动类别 <> n.变动类别) TO '{data / 'floor.parquet'}' (FORMAT parquet)"
    ).fetchall()
    return round(time.perf_counter() - start, 2)


def plain(files: list[Path], data: Path) -> dict[str, Any]:
    """django-import-export on the first 20,000 rows of the same files."""
    script = str(Path(__file__).with_name("register_plain.py"))
    ran = run([script, *map(str, files), str(PLAIN_ROWS), str(data / "plain.sqlite3")], data=data)
    told: dict[str, Any] = json.loads(ran.out.splitlines()[-1])
    return told


def adds_up(told: dict[str, Any], rows: int) -> bool:
    """Whether every row is in exactly one part."""
    parts = ("new", "moved_in", "changed", "same", "left", "rejected", "review")
    return told["rows"] == rows == sum(told[part] for part in parts)


def measure(data: Path, url: str, rows: int, seed: int) -> int:
    files = prepare(data, rows, seed, url)
    first, load = renew(data, url, files[0], WEEKS[0])
    second, week = renew(data, url, files[1], WEEKS[1])
    base = floor(files, data)
    other = plain(files, data)
    kind = "postgres" if url else "sqlite"
    value = {
        "first_s": load.wall_s, "week_s": week.wall_s, "peak_mb": week.peak_mb, "first_peak_mb": load.peak_mb,
    }  # fmt: skip
    limit = {"first_s": LIMITS[kind][0], "week_s": LIMITS[kind][1], "peak_mb": 3072.0, "first_peak_mb": 3072.0}
    own, theirs = second["rows"] / week.wall_s, other["rows"] / other["week_s"]
    return tell(
        "register", value=value, limit=limit, rows=rows, database=kind, cpu_s={"first": load.cpu_s, "week": week.cpu_s},
        floor_s=base, times_floor=round(week.wall_s / base, 1), first=first, week=second,
        adds_up=adds_up(first, rows) and adds_up(second, rows),
        rows_per_s={
            "first": round(rows / load.wall_s), "week": round(own), "times_week": round(own / theirs, 1),
            "import_export_first": round(other["rows"] / other["first_s"]), "import_export_week": round(theirs),
        },
        import_export=other,
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--build", type=int)
    arguments = parser.parse_args()
    if arguments.build:
        build(arguments.build)
        return 0
    with scratch(arguments.keep) as data:
        if arguments.database == "sqlite":
            return measure(data, "", arguments.rows, arguments.seed)
        sys.path.insert(0, str(Path(__file__).parents[1]))
        from tests.support.throwaway_postgres import cluster

        with cluster() as url:
            return measure(data, url, arguments.rows, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
