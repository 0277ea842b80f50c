"""``linli divide --graph``: units with weights and neighbours in, ``id,part`` out."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from linli.methods.division import Cause, Division, Fault, Shortfall, Unfit, divide
from linli.methods.division.assignment import Named, named, read_assignment, write_assignment
from linli.methods.division.dividing import TOLERANCE
from linli.methods.division.graph_file import read_graph


def divide_graph(arguments: argparse.Namespace, begun: float) -> int:
    """Read, divide, write, tell. Raises Unfit, Unreadable."""
    if arguments.parts is None:
        raise Unfit(Fault.PARTS, "say how many parts to make: --parts K")
    tolerance = _weights(arguments.weight)
    graph = read_graph(arguments.graph, list(tolerance))
    units = graph.units
    if not 1 <= arguments.parts <= len(units):
        raise Unfit(
            Fault.PARTS, f"{len(units):,} units can be divided into 1 to {len(units):,} parts, not into {arguments.parts:,}"
        )
    files = {
        name: path and read_assignment(path) for name, path in (("previous", arguments.previous), ("fixed", arguments.fixed))
    }
    names = named(units, arguments.parts, files["previous"], files["fixed"])
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=arguments.json or not console.is_terminal) as bar:
        task = bar.add_task("Dividing", total=1.0)
        made = divide(
            units,
            parts=arguments.parts,
            tolerance=tolerance,
            seed=arguments.seed,
            time_limit=None if arguments.time_limit is None else arguments.time_limit - (time.perf_counter() - begun),
            previous=names.previous,
            fixed=names.fixed,
            progress=lambda done, worst: bar.update(task, completed=done, description=f"Dividing ({worst:.1%} off)"),
        )
    out: Path = arguments.out or Path("assignment.csv")
    write_assignment(out, units.ids, [names.labels[part] for part in made.part.tolist()])
    _tell(arguments, made, time.perf_counter() - begun, out)
    for note in [*graph.notes, *_named_notes(names)]:
        sys.stderr.write(f"{note}\n")
    for short in made.shortfall:
        sys.stderr.write(f"{reason(short, made, names.labels)}\n")
    return 1 if made.shortfall or names.strangers else 0


def _weights(given: Sequence[str]) -> dict[str, float]:
    """``ATTR`` or ``ATTR:TOLERANCE`` → tolerance. Raises Unfit."""
    if not given:
        raise Unfit(Fault.SHAPE, "say what parts are to hold alike: --weight ATTR[:TOLERANCE]")
    found: dict[str, float] = {}
    for one in given:
        name, colon, text = one.rpartition(":")
        share = _share(text) if colon else None
        if share is None:
            # A colon may stand in a name; what looks like a number after the last is the tolerance.
            if colon and text[:1] in set("0123456789.-+"):
                raise Unfit(Fault.TOLERANCE, f"--weight {one}: {text} is no tolerance; write a share such as 0.05, or 5%")
            name, share = one, TOLERANCE
        if not name:
            raise Unfit(Fault.SHAPE, f"--weight {one}: the attribute is missing")
        if name in found:
            raise Unfit(Fault.SHAPE, f"--weight {name} is given twice")
        found[name] = share
    return found


def _share(text: str) -> float | None:
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _tell(arguments: argparse.Namespace, made: Division, seconds: float, out: Path) -> None:
    compact = made.mean_polsby_popper
    if arguments.json:
        told = {
            "parts": made.parts,
            "max_deviation": made.deviation,
            "cut_edges": made.cut_edges,
            "broken": made.broken,
            "mean_polsby_popper": compact,
            "seconds": round(seconds, 3),
            "seed": made.seed,
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    worst = ", ".join(f"{name} {share:.2%} off at most" for name, share in made.deviation.items())
    shape = "" if compact is None else f", mean Polsby-Popper {compact:.3f}"
    moved = (
        ""
        if made.moved is None
        else f", {next(iter(made.moved.values())):.1%} of {next(iter(made.moved))} in another part than before"
    )
    sys.stderr.write(
        f"{len(made.part):,} units in {made.parts:,} parts: {worst}; {made.cut_edges:,} pairs cut{shape}{moved}; "
        f"{seconds:.1f} s: {out}\n"
    )


def _named_notes(names: Named) -> list[str]:
    notes = []
    if names.strangers:
        some = ", ".join(names.strangers[:5]) + (" …" if len(names.strangers) > 5 else "")
        notes.append(f"{len(names.strangers):,} ids of the given divisions are no units of the graph: {some}")
    if names.dissolved:
        notes.append(
            f"There were more parts than there are to be; those that held least were dissolved: {', '.join(names.dissolved)}"
        )
    return notes


def reason(short: Shortfall, made: Division, labels: Sequence[str]) -> str:
    """A sentence on why a tolerance isn't kept, and what could be done."""
    name, wanted = short.weight, made.tolerance[short.weight]
    told = f"{name}: part {labels[short.part]} is {short.deviation:.2%} off the mean, beyond {wanted:.2%}."
    some = ", ".join(short.units[:5]) + (" …" if len(short.units) > 5 else "")
    bound = (
        f"No division into {made.parts:,} parts can be below {short.least:.2%}; "
        f"the worst part without these units is {short.others:.2%} off."
    )
    match short.cause:
        case Cause.LARGE_UNIT:
            return f"{told} Units that alone hold more than a part may: {some}. {bound} Divide these units, or make fewer parts."
        case Cause.UNEVEN_REST:
            return f"{told} Units that alone hold more than a part may leave too little for the others: {some}. {bound}"
        case Cause.INDIVISIBLE:
            return f"{told} No division is better: {name} comes in steps too large to be shared out more evenly."
        case Cause.FIXED:
            return f"{told} Units fixed in that part: {some or 'none, but others around it are'}. Free some of them."
        case Cause.TIME:
            return f"{told} The time limit came first: give it longer."
        case Cause.NOT_FOUND:
            return f"{told} Nothing better was found; another --seed, fewer parts or a wider tolerance may help."
