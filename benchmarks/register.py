"""The register of a million: first load, then the weekly file with two rows in a hundred changed.

    script/bench register                          1,000,000 people on SQLite
    python benchmarks/register.py --rows 50000 --keep FOLDER --stages

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
from _measure import Cost, open_here, run, scratch

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
WEEKS = ("2026-11-09", "2026-11-16")


def prepare(data: Path, rows: int, seed: int) -> list[Path]:
    """The town in the database, its mapping, and the files of two Mondays."""
    made = register_files.town(rows, seed=seed)
    files = [data / f"residents_{day}.csv" for day in WEEKS]
    for week, (path, day) in enumerate(zip(files, WEEKS, strict=True)):
        register_files.write(path, made, week=week, day=day, changed=0.02, seed=seed)
    (data / "mapping.json").write_text(json.dumps(MAPPING, ensure_ascii=False), "utf-8")
    run(["-m", "linli.site.cli", "community", "add", CODE, "--name", "Bench"], data=data)
    run([__file__, "--build", str(made.buildings)], data=data)
    run(["-m", "linli.site.cli", "imports", "map", str(data / "mapping.json"), "--community", CODE], data=data)
    return files


def build(count: int) -> None:
    """In a process on the data: ``count`` buildings."""
    open_here(Path(os.environ["LINLI_DATA"]))
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


def renew(data: Path, path: Path, day: str, *, stages: bool) -> tuple[dict[str, Any], Cost]:
    """``linli renew`` as its own process."""
    extra = ["-X", "importtime"] if False else []
    ran = run([*extra, "-m", "linli.site.cli", "renew", str(path), "--community", CODE, "--as-of", day, "--json"], data=data)
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
        f" o.联系电话 <> n.联系电话) TO '{data / 'floor.parquet'}' (FORMAT parquet)"
    ).fetchall()
    return round(time.perf_counter() - start, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--stages", action="store_true")
    parser.add_argument("--build", type=int)
    arguments = parser.parse_args()
    if arguments.build:
        build(arguments.build)
        return
    with scratch(arguments.keep) as data:
        files = prepare(data, arguments.rows, arguments.seed)
        first, first_cost = renew(data, files[0], WEEKS[0], stages=arguments.stages)
        print(json.dumps({"first": first, "cost": first_cost.__dict__}, ensure_ascii=False), file=sys.stderr)
        second, cost = renew(data, files[1], WEEKS[1], stages=arguments.stages)
        print(json.dumps({"second": second, "cost": cost.__dict__}, ensure_ascii=False), file=sys.stderr)
        base = floor(files, data)
        print(json.dumps({"floor": base}))


if __name__ == "__main__":
    main()
