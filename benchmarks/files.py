"""What it takes to read a population file and understand every cell of it, against the plainest reader of the same format.

One week of 9,000 residents as CSV in GB18030, the same rows as XLSX and as Parquet. Ours finds the encoding and the headings, and
parses and checks every cell (dates, check digits, codes); the peers (the csv module, openpyxl, pyarrow) give bare values. The
ratio is therefore the price of understanding, not a race between equals. No limit is set.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _measure as measure
import openpyxl
import pyarrow
import pyarrow.parquet


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=9000)
    parser.add_argument("--times", type=int, default=5, help="the best of so many runs counts")
    given = parser.parse_args()
    with measure.scratch() as folder:
        return _run(folder, residents=given.residents, times=given.times)


def _run(folder: Path, *, residents: int, times: int) -> int:
    files = folder / "files"
    measure.write_files(files, data=folder / "data", residents=residents, weeks=1, communities=1)
    measure.open_here(folder / "data")
    from linli.intake.engine import read_file
    from linli.intake.kinds import KINDS
    from linli.intake.mapping import definition_of

    population = next(files.glob("*/inbox/*/人口_*.csv"))
    place = population.parents[2]
    declared = [json.loads(path.read_text("utf-8")) for path in (place / "mappings").glob("*.json")]
    found = [definition_of(m) for m in declared if isinstance(m, dict) and m["kind"] == "register.population"]
    definition = next(d for d in found if d.fits_name(population.name))
    book, parquet = population.with_suffix(".xlsx"), population.with_suffix(".parquet")
    rows = _plain_csv(population)
    _write_book(book, rows)
    _write_parquet(parquet, rows)

    def ours(path: Path) -> Any:
        return read_file(path, definition, KINDS[definition.kind], file_name=path.name)

    peers: dict[str, tuple[Path, Callable[[Path], Any], str]] = {
        "csv": (population, _plain_csv, "csv module"),
        "xlsx": (book, _plain_book, "openpyxl, read-only"),
        "parquet": (parquet, _plain_parquet, "pyarrow, to Python lists"),
    }
    value: dict[str, float] = {}
    detail: dict[str, dict[str, Any]] = {}
    understood: dict[str, dict[str, int]] = {}
    for name, (path, plain, peer) in peers.items():
        mine, theirs = _best(lambda path=path: ours(path), times), _best(lambda plain=plain, path=path: plain(path), times)
        value[f"{name}_ratio"] = round(mine / theirs, 2)
        detail[name] = {
            "ours_cpu_s": round(mine, 3),
            "peer_cpu_s": round(theirs, 3),
            "peer": peer,
            "kb": path.stat().st_size >> 10,
        }
        reading = ours(path)
        understood[name] = {"taken": len(reading.rows), "refused": len(reading.refused)}
    return measure.tell(
        "files",
        value=value,
        limit={},
        quality=understood,
        detail=detail,
        work={"rows": len(rows) - 1, "columns": len(rows[0]), "best_of": times, "peak_mb": measure.own_peak_mb()},
    )


def _best(work: Callable[[], Any], times: int) -> float:
    """CPU seconds of the quickest run: what another program takes from the same cores does not count."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def _plain_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="gb18030", newline="") as stream:
        return list(csv.reader(stream))


def _plain_book(path: Path) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return list(book.worksheets[0].iter_rows(values_only=True))
    finally:
        book.close()


def _plain_parquet(path: Path) -> list[list[Any]]:
    return [column.to_pylist() for column in pyarrow.parquet.read_table(path).columns]


def _write_book(path: Path, rows: list[list[str]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("人口")
    for row in rows:
        sheet.append(row)
    book.save(path)


def _write_parquet(path: Path, rows: list[list[str]]) -> None:
    columns = {heading: [row[at] for row in rows[1:]] for at, heading in enumerate(rows[0])}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)


if __name__ == "__main__":
    raise SystemExit(main())
