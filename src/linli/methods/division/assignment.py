"""Assignments as files: ``id,part``, a line for each unit; and parts by number where files call them by names."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linli.methods.division.faults import Fault, Unfit
from linli.methods.division.units import Parts, Units

ENCODINGS = ("utf-8-sig", "gb18030")


class Unreadable(ValueError):
    """A file that can't be used; the message says which, where and what to do."""


def decoded(path: Path) -> str:
    """The text of a file in UTF-8 or GB18030. Raises Unreadable."""
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise Unreadable(f"{path}: {fault.strerror}.") from None
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{path.name} is neither UTF-8 nor GB18030.")


def read_assignment(path: Path) -> dict[str, str]:
    """id → part; a unit without part is left out. Raises Unreadable."""
    rows = list(csv.reader(decoded(path).splitlines()))
    headings = [heading.strip().lower() for heading in rows[0]] if rows else []
    if "id" not in headings or "part" not in headings:
        raise Unreadable(f"{path.name} must have the columns id,part.")
    unit, part = headings.index("id"), headings.index("part")
    found: dict[str, str] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if len(row) != len(headings):
            raise Unreadable(f"{path.name}, row {line}: {len(row)} cells under {len(headings)} headings.")
        if row[unit] in found:
            raise Unreadable(f"{path.name}, row {line}: unit {row[unit]} stands there a second time.")
        found[row[unit]] = row[part].strip()
    return {name: label for name, label in found.items() if label}


def write_assignment(path: Path, ids: Iterable[str], labels: Iterable[str]) -> None:
    """The file appears when it is whole. Raises Unreadable where it can't be written."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            write = csv.writer(out, lineterminator="\n")
            write.writerow(["id", "part"])
            write.writerows(zip(ids, labels, strict=True))
        os.replace(part, path)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise Unreadable(f"{path} can't be written: {fault.strerror}.") from None


@dataclass(frozen=True)
class Named:
    """What parts are called (parts,), the part of each unit before and where it is fixed, each (n,) from −1 on or None; names
    that are no unit, and parts that are no more: there were more than there are to be, and these held least."""

    labels: tuple[str, ...]
    previous: Parts | None
    fixed: Parts | None
    strangers: tuple[str, ...] = ()
    dissolved: tuple[str, ...] = ()


def named(units: Units, parts: int, previous: Mapping[str, str] | None, fixed: Mapping[str, str] | None) -> Named:
    """Parts by number: those of files keep their names, new ones get numbers that are free. Raises Unfit."""
    known = {name: at for at, name in enumerate(units.ids)}
    strangers = sorted({name for given in (previous, fixed) for name in given or () if name not in known})
    weight = np.asarray(next(iter(units.weights.values())))
    held: dict[str, float] = {}
    for name, label in (previous or {}).items():
        if name in known:
            held[label] = held.get(label, 0.0) + float(weight[known[name]])
    must = {label for name, label in (fixed or {}).items() if name in known}
    if len(must) > parts:
        raise Unfit(Fault.FIXED, f"units are fixed in {len(must):,} parts, but there are to be {parts:,}")
    if previous is not None and not held:
        raise Unfit(Fault.PREVIOUS, "the previous division names none of the units")
    old = sorted(held.keys() - must, key=lambda label: (-held[label], label))
    kept, dissolved = old[: parts - len(must)], old[parts - len(must) :]
    labels = sorted({*must, *kept}, key=_order)
    taken = set(labels)
    fresh = (str(number) for number in range(2 * parts + 1) if str(number) not in taken)
    if labels and all(label.isdecimal() for label in labels):
        # New grids come after the old ones, so that no number that somebody knew comes back for another place.
        last = max(int(label) for label in [*labels, *dissolved] if label.isdecimal())
        fresh = (str(number) for number in range(last + 1, last + 1 + parts))
    labels += [next(fresh) for _ in range(parts - len(labels))]
    number = {label: at for at, label in enumerate(labels)}

    def column(given: Mapping[str, str] | None) -> Parts | None:
        if given is None:
            return None
        made: Parts = np.full(len(units), -1, np.int32)
        for name, label in given.items():
            if name in known:
                made[known[name]] = number.get(label, -1)
        return made

    return Named(tuple(labels), column(previous), column(fixed), tuple(strangers), tuple(sorted(dissolved, key=_order)))


def _order(label: str) -> tuple[int, str]:
    return (int(label) if label.isdecimal() else 1 << 60, label)
