"""``linli link A.csv [B.csv]``: rows that are the same person. Starts without Django, touches no database."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    import numpy as np

    from linli.methods.linkage import Links, Model, Records

ENCODINGS = ("utf-8-sig", "gb18030")
HEADINGS = {
    "id": ("id", "rec_id", "record_id", "unique_id", "编号", "序号"),
    "given_name": ("given_name", "first_name", "forename", "名"),
    "surname": ("surname", "last_name", "family_name", "姓"),
    "birth_date": ("birth_date", "date_of_birth", "dob", "birthdate", "出生日期", "出生年月"),
    "sex": ("sex", "gender", "性别"),
    "phone": ("phone", "telephone", "mobile", "phone_number", "电话", "手机", "手机号", "联系电话"),
    "address": ("address", "地址", "住址", "现住址"),
    "dwelling": ("dwelling", "dwelling_id", "房屋编号", "住房编号"),
    "id_number": ("id_number", "national_id", "soc_sec_id", "ssn", "身份证号", "身份证号码", "公民身份号码", "证件号码"),
}
"""Headings that are understood without ``--map``; spaces and capitals don't matter."""
WHOLE_NAME = ("name", "full_name", "姓名")
ADDRESS_PARTS = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")


class _Unusable(Exception):
    """What was given can't be used; the message says what, where, and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``A.csv [B.csv] [--model NAME] [--threshold P] [--out FILE] [--map FIELD=HEADING] [--train FILE.json [--truth FILE]]``."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.csv", help="one: its duplicates; two: links between them")
    parser.add_argument("--model", metavar="NAME", help="household, person, chinese or a FILE.json (default: by the columns)")
    parser.add_argument("--threshold", type=float, default=0.5, metavar="P", help="pairs from this probability on (default: 0.5)")
    parser.add_argument("--out", type=Path, default=Path("pairs.csv"), metavar="FILE", help="(default: pairs.csv)")
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=HEADING", help=f"FIELD: {', '.join(HEADINGS)}; several headings: A+B"
    )
    parser.add_argument("--lenient", action="store_true", help="take birth dates that can't be read as missing")
    parser.add_argument("--train", type=Path, metavar="FILE.json", help="fit the model to the first file and keep it there")
    parser.add_argument("--truth", type=Path, metavar="PAIRS.csv", help="with --train: true pairs of that file, as id_1,id_2")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    """0; 2 where a file, a heading, a date or a model can't be used."""
    from linli.methods.linkage import UnknownModel, Unreadable

    files: list[Path] = arguments.files
    try:
        return _link(arguments)
    except Unreadable as fault:
        sys.stderr.write(
            f"{files[fault.file].name}, row {fault.row + 2}, column birth_date: {fault.text!r} is no date. "
            "Write it as 1985-03-02, or pass --lenient to take such dates as missing.\n"
        )
    except (_Unusable, UnknownModel) as fault:
        sys.stderr.write(f"{fault}\n")
    return 2


def _link(arguments: argparse.Namespace) -> int:
    from linli.methods.linkage import chosen, link_records, load_model, read_records, store

    start = time.perf_counter()
    if len(arguments.files) > 2:
        raise _Unusable("At most two files can be linked; give one for its duplicates.")
    if not 0.0 < arguments.threshold <= 1.0:
        raise _Unusable(f"--threshold {arguments.threshold} is no probability; give one above 0, at most 1.")
    if arguments.model:
        load_model(arguments.model)  # before a long read
    mapped = _mapped(arguments.map)
    read = [_read(path, mapped) for path in arguments.files]
    records = read_records(*[columns for _ids, columns in read], lenient=arguments.lenient)
    model = chosen(records, arguments.model)
    if arguments.train:
        model = _train(arguments, read[0], model)
        store(model, arguments.train)
    console = Console(stderr=True)
    bar_columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*bar_columns, console=console, disable=arguments.json or not console.is_terminal) as bar:
        task = bar.add_task("Comparing", total=None)
        links = link_records(
            records, model, arguments.threshold, step=lambda done, of: bar.update(task, completed=done, total=of)
        )
    _write(arguments.out, links, read[0][0], read[-1][0])
    _tell(arguments, records, links, round(time.perf_counter() - start, 2))
    return 0


def _tell(arguments: argparse.Namespace, records: Records, links: Links, seconds: float) -> None:
    told: dict[str, Any] = {
        "rows": list(records.sizes),
        "pairs": len(links.left),
        "compared": links.compared,
        "model": links.model.name,
        "version": links.model.version,
        "digest": links.model.digest,
        "threshold": arguments.threshold,
        "left_out": links.left_out,
        "out": str(arguments.out),
        "seconds": seconds,
    }
    if arguments.json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    rows = " and ".join(f"{size:,}" for size in records.sizes)
    sys.stderr.write(
        f"{rows} rows, {links.compared:,} pairs compared, {len(links.left):,} at {arguments.threshold} or above "
        f"(model {links.model.name} {links.model.version}) in {seconds:.1f} s: {arguments.out}\n"
    )


def _mapped(given: list[str]) -> dict[str, list[str]]:
    mapped = {}
    for pair in given:
        field, equals, heading = pair.partition("=")
        if not equals or field not in HEADINGS or not heading:
            raise _Unusable(f"--map {pair}: write FIELD=HEADING, with FIELD one of {', '.join(HEADINGS)}.")
        mapped[field] = heading.split("+")
    return mapped


def _read(path: Path, mapped: Mapping[str, list[str]]) -> tuple[list[str], dict[str, list[str]]]:
    """Ids and columns of a file. Raises ``_Unusable``."""
    headings, rows = _table(path)
    places = {_plain(heading): at for at, heading in reversed(list(enumerate(headings)))}
    found = _columns(path, headings, places, mapped)
    if "id" not in found:
        raise _Unusable(f"{path.name} has no column id. Its columns are: {', '.join(headings)}. Name one with --map id=HEADING.")
    if not found.keys() - {"id", "sex"}:
        raise _Unusable(f"{path.name} has no column to compare by. Name some with --map FIELD=HEADING.")
    width = len(headings)
    for at, row in enumerate(rows, start=2):
        if len(row) != width:
            raise _Unusable(f"{path.name}, row {at}: {len(row)} cells under {width} headings.")
    taken = {field: _cells(rows, at) for field, at in found.items()}
    ids = taken.pop("id")
    seen: dict[str, int] = {}
    for at, one in enumerate(ids, start=2):
        if not one:
            raise _Unusable(f"{path.name}, row {at}, column id: empty. Every row needs an id of its own.")
        if seen.setdefault(one, at) != at:
            raise _Unusable(f"{path.name}, rows {seen[one]} and {at}: both have the id {one}. Every row needs an id of its own.")
    return ids, taken


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Headings and rows; empty lines don't count."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise _Unusable(f"{path}: {fault.strerror}.") from None
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _Unusable(f"{path.name} is neither UTF-8 nor GB18030. Save it as CSV in UTF-8.")
    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True), skipinitialspace=True) if row]
    except csv.Error as fault:
        raise _Unusable(f"{path.name} is no readable CSV: {fault}.") from None
    if not rows:
        raise _Unusable(f"{path.name} is empty. It needs a line of headings and at least one row.")
    if len(rows) == 1:
        raise _Unusable(f"{path.name} has headings and no row.")
    return [heading.strip() for heading in rows[0]], rows[1:]


def _columns(path: Path, headings: list[str], places: Mapping[str, int], mapped: Mapping[str, list[str]]) -> dict[str, list[int]]:
    """Field → places of its columns: as mapped, else by heading."""
    found: dict[str, list[int]] = {}
    for field, known in HEADINGS.items():
        if field in mapped:
            missing = [heading for heading in mapped[field] if _plain(heading) not in places]
            if missing:
                raise _Unusable(f"{path.name} has no column {missing[0]}. Its columns are: {', '.join(headings)}.")
            found[field] = [places[_plain(heading)] for heading in mapped[field]]
        elif (heading := next((one for one in known if one in places), None)) is not None:
            found[field] = [places[heading]]
    if "given_name" not in found and "surname" not in found:
        whole = next((one for one in WHOLE_NAME if one in places), None)
        if whole is not None:
            found["given_name"] = [places[whole]]
    parts = [places[one] for one in ADDRESS_PARTS if one in places]
    if "address" not in found and parts:
        found["address"] = parts
    return found


def _cells(rows: list[list[str]], places: list[int]) -> list[str]:
    if len(places) == 1:
        at = places[0]
        return [row[at].strip() for row in rows]
    return [" ".join(cell for at in places if (cell := row[at].strip())) for row in rows]


def _plain(heading: str) -> str:
    return heading.strip().lower().replace(" ", "_")


def _train(arguments: argparse.Namespace, read: tuple[list[str], dict[str, list[str]]], model: Model) -> Model:
    from linli.methods.linkage import read_records
    from linli.methods.linkage.training import adapt, candidates, learn

    ids, columns = read
    records = read_records(columns, lenient=arguments.lenient)
    name = arguments.train.stem
    if arguments.truth is None:
        return adapt(records, model, candidates(records), name=name)
    truth = _truth(arguments.truth, {one: at for at, one in enumerate(ids)})
    matched = (len(truth) / records.count, model.matched[1])
    source = f"{records.count} rows, {len(truth)} true pairs"
    return learn(records, truth, name=name, version="1", trained_on=source, matched=matched)


def _truth(path: Path, rows: Mapping[str, int]) -> np.ndarray[Any, Any]:
    import numpy as np

    headings, lines = _table(path)
    if headings[:2] != ["id_1", "id_2"]:
        raise _Unusable(f"{path.name} must have the columns id_1,id_2.")
    for at, line in enumerate(lines, start=2):
        for one in line[:2]:
            if one not in rows:
                raise _Unusable(f"{path.name}, row {at}: there is no row with the id {one} in the first file.")
    return np.array([sorted((rows[line[0]], rows[line[1]])) for line in lines], np.int64)


def _write(path: Path, links: Links, left: list[str], right: list[str]) -> None:
    """All or nothing: the file appears when it is whole."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            write = csv.writer(out, lineterminator="\n")
            write.writerow(["id_1", "id_2", "probability"])
            chances = (f"{chance:.6f}" for chance in links.probability.tolist())
            write.writerows(
                zip(
                    map(left.__getitem__, links.left.tolist()), map(right.__getitem__, links.right.tolist()), chances, strict=True
                )
            )
        os.replace(part, path)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise _Unusable(f"{path} can't be written: {fault.strerror}.") from None
