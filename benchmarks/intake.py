"""Intake alone: a file of a million rows, then the same with two in a hundred changed, with a kind that keeps nothing but ids.

    python benchmarks/intake.py [--rows N]        JSON, one line a figure; the database as the environment says

What the register adds to it (decryption, comparison, relations) is measured by ``script/bench register``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HEADINGS = (
    "公民身份号码,姓名,性别,民族,出生日期,户号,与户主关系,现住址,居住类型,居住起始,联系电话,文化程度,户籍地址,户籍区划,核实日期"
)
FIELDS = (
    "number", "name", "sex", "ethnic", "birth", "household", "relation", "address", "residence", "since", "phone", "education",
    "hukou_address", "hukou_region", "verified",
)  # fmt: skip
MADE: dict[str, float] = {}


def _write(path: Path, rows: int, *, changed: float, week: str, seed: int = 7) -> None:
    """A population-like file of 15 columns; ``changed``: the share of rows in which a telephone is another one."""
    chance = random.Random(seed)
    names = ["张伟", "王芳", "李秀英", "刘洋", "陈静", "杨帆", "赵磊", "黄丽", "周强", "吴敏"]
    with path.open("w", encoding="gb18030", newline="") as stream:
        stream.write(HEADINGS + "\n")
        for i in range(rows):
            phone = (i * 7) % 10_000 if chance.random() >= changed else 9_999 - (i * 7) % 10_000
            stream.write(
                f"999999{1940 + i % 80}{1 + i % 12:02}{1 + i % 28:02}{i % 10_000:04},{names[i % 10]}{i},{'男女'[i % 2]},汉族,"
                f"{1940 + i % 80}-{1 + i % 12:02}-{1 + i % 28:02},H{i // 3},{'户主' if i % 3 == 0 else '子'},"
                f"柳荫苑{i % 90}号楼{1 + i % 4}单元{101 + i % 2000}室,户籍常住,2019-05-{1 + i % 28:02},0005550{phone:04},本科,"
                f"柳荫区青石街道{i % 300}号,999901,{week}\n"
            )


@contextmanager
def _timed(stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    MADE[stage] = round(MADE.get(stage, 0.0) + time.perf_counter() - start, 2)


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024, 2)


def _watch() -> None:
    """The stages of intake, timed from outside."""
    from linli.intake import bulk, commands, engine, prints, recognition, store, taking
    from linli.intake.tally import Results

    def wrap(place: Any, name: str, stage: str) -> None:
        inner = getattr(place, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            with _timed(stage):
                return inner(*args, **kwargs)

        setattr(place, name, timed)

    wrap(taking, "mapping_for", "recognise the mapping")
    wrap(taking, "fingerprint", "SHA-256")
    wrap(engine, "open_table", "read")
    wrap(engine, "prints_of", "fingerprint rows")
    wrap(engine, "recognise_rows", "join")
    wrap(engine._Texts, "take", "parse")
    wrap(store, "keep", "seal the copy")
    wrap(commands, "_write", "write (one transaction)")
    wrap(Results, "write", "… of it row results")
    wrap(commands, "keep_prints", "… of it prints")
    _ = bulk, prints, recognition


def _kind() -> Any:
    from linli.intake import Field, Kind, Outcome, Plan, Undone, Verdict
    from linli.kernel.ids import new_id
    from linli.trust import Permission, command, record

    known: dict[str, Any] = {}

    def plan(*, viewer: Any, community: Any, rows: Any, options: Any, as_of: Any, recognised: Any) -> Plan:
        outcomes = []
        for row in rows:
            key = row.values["name"]
            if key in known:
                outcomes.append(Outcome(row.number, Verdict.CHANGED, object_id=known[key], fields=("phone",)))
            else:
                known[key] = made = new_id()
                outcomes.append(Outcome(row.number, Verdict.NEW, object_id=made))
        return Plan(outcomes, counts={"recognised": len(recognised)})

    @command("benchmark.apply", may=Permission.REGISTER_RENEW)
    def apply(*, by: Any, community: Any, batch: Any, plan: Plan, as_of: Any) -> None:
        record("benchmark.row", counts={"rows": len(plan.outcomes)})

    @command("benchmark.undo", may=Permission.IMPORT_UNDO)
    def undo(*, by: Any, community: Any, batch: Any) -> Undone:
        record("benchmark.row", counts={"undo": 1})
        return Undone(0)

    fields = tuple(Field(name, "benchmark.rows", required=name == "name") for name in FIELDS)
    return Kind(
        "benchmark.rows", "benchmark.rows", Permission.REGISTER_RENEW, fields, plan, apply, undo, recalls=True,
        volatile=frozenset({"verified"}),
    )  # fmt: skip


def _bulk(rows: int, community: Any) -> dict[str, float]:
    """Rows a second through ``bulk`` on the table of prints: five columns, two indexes."""
    from itertools import repeat

    from django.db import transaction

    from linli.intake import bulk
    from linli.intake.models import RowPrint
    from linli.kernel.ids import new_id

    ids = [new_id() for _ in range(rows)]
    batch = new_id()
    made: dict[str, float] = {}
    with transaction.atomic():
        start = time.perf_counter()
        given = zip(repeat(community), repeat("speed"), [i.bytes + b"\0" for i in ids], ids, repeat(batch))
        bulk.insert(RowPrint, ("community", "source", "print", "object_id", "batch"), given)
        made["insert"] = rows / (time.perf_counter() - start)
        start = time.perf_counter()
        found = bulk.fetch(RowPrint, ("id", "print", "object_id"), community=community, source="speed")
        made["fetch"] = rows / (time.perf_counter() - start)
        start = time.perf_counter()
        bulk.update(RowPrint, ("source", "batch"), zip(found["id"].to_pylist(), repeat("other"), ids))
        made["update"] = rows / (time.perf_counter() - start)
        start = time.perf_counter()
        bulk.delete(RowPrint, ids, column="object_id", community=community)
        made["delete"] = rows / (time.perf_counter() - start)
    return {name: round(rate) for name, rate in made.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LINLI_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.site.settings"
        first, second = Path(folder) / "人口_1.csv", Path(folder) / "人口_2.csv"
        _write(first, arguments.rows, changed=0.0, week="2026-11-09")
        _write(second, arguments.rows, changed=0.02, week="2026-11-16")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        from linli.intake import declare_mapping, offer, take_in
        from linli.kernel.words import sentence
        from linli.trust import SYSTEM, ZoneKind, add_zone, walls

        with walls.everything(SYSTEM):
            sentence("benchmark.rows", "Rows")
            offer(_kind())
            above = add_zone(
                by=SYSTEM, kind=ZoneKind.SUBDISTRICT, code="999901001", name={"en": "Riverside", "zh-Hans": "河畔街道"}
            )
            name = {"en": "Willow Court", "zh-Hans": "柳荫"}
            community = add_zone(by=SYSTEM, kind=ZoneKind.COMMUNITY, code="999901001001", name=name, parent=above)
            mapping = {
                "name": "rows", "kind": "benchmark.rows", "recognise": {"file": "人口_*.csv", "headings": ["姓名"]},
                "encodings": ["gb18030", "utf-8-sig"], "columns": dict(zip(FIELDS, HEADINGS.split(","), strict=True)),
            }  # fmt: skip
            declare_mapping(by=SYSTEM, community=community, definition=mapping)
            _watch()
            for name_of, path in (("first load", first), ("renewal", second)):
                MADE.clear()
                start, worked = time.perf_counter(), time.process_time()
                report = take_in(by=SYSTEM, community=community, path=path)
                seconds, cpu = round(time.perf_counter() - start, 2), round(time.process_time() - worked, 2)
                figures = {"bench": f"intake {name_of}", "database": connection.vendor, "rows": report.rows, **report.verdicts}
                print(
                    json.dumps(
                        {**figures, "seconds": seconds, "cpu": cpu, "stages": dict(MADE), "peak_gb": _peak()}, ensure_ascii=False
                    )
                )
            bulk = {
                "bench": "bulk, rows a second",
                "database": connection.vendor,
                **_bulk(min(arguments.rows, 500_000), community),
            }
            print(json.dumps(bulk))
    return 0


if __name__ == "__main__":
    sys.exit(main())
