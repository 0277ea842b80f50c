"""``linli renew FILE``: take a population file in, as of a day."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from linli.site.verbs.output import result, say

if TYPE_CHECKING:
    from linli.intake import BatchReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, whose register it renews, and the day for which it speaks."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--community", required=True, metavar="CODE")
    parser.add_argument("--as-of", required=True, type=date.fromisoformat, metavar="DATE", help="the day it stands for")
    parser.add_argument("--mapping", metavar="NAME", help="read it by this mapping (default: recognised by name and headings)")
    parser.add_argument("--dry-run", action="store_true", help="show what would happen; write no record")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on standard output")


def run(arguments: argparse.Namespace) -> int:
    from linli.intake import Unrecognised, preview, take_in
    from linli.site.verbs.imports import name_refused
    from linli.territory.queries import community_zone
    from linli.trust import SYSTEM, community_by_code

    community = community_by_code(viewer=SYSTEM, code=arguments.community).id
    zone = ZoneInfo(community_zone(viewer=SYSTEM, community=community))
    as_of = datetime.combine(arguments.as_of, time(), zone)
    look = preview if arguments.dry_run else take_in
    try:
        report = look(by=SYSTEM, community=community, path=arguments.file, mapping=arguments.mapping, as_of=as_of)
    except Unrecognised:
        mapping = None if arguments.mapping else by_its_headings(arguments.file, community)
        if mapping is None:
            raise
        report = look(by=SYSTEM, community=community, path=arguments.file, mapping=mapping, as_of=as_of)
    told = figures(report)
    if arguments.json:
        result(told)
    if report.again:
        say(f"{report.file_name} was taken in before (import {report.batch}); nothing was written.")
        return 0
    said = ", ".join(f"{told[name]:,} {name.replace('_', ' ')}" for name in PARTS if told[name])
    say(f"{report.file_name}: {report.rows:,} rows = {said}. {told['seconds']} s.")
    if arguments.dry_run:
        say("Nothing was written.")
    elif report.waits:
        say(f"A second person has to look at it on Imports before it is written (import {report.batch}).")
    name_refused(report.refused)
    return 1 if report.anything_refused or told["review"] or report.waits else 0


def by_its_headings(path: Path, community: UUID) -> str | None:
    """Declare a mapping for a population file whose headings leave no doubt, and name it; None where they leave some.

    That it is a population file, whoever runs ``renew`` has said; it is read as showing some people, so that nobody is missing.
    """
    from linli.intake import declare_mapping
    from linli.site.verbs.imports import proposed, say_columns
    from linli.trust import SYSTEM

    definition, unread = proposed(path, community, "register.population")
    if not definition["columns"].keys() >= NEEDED or not definition["columns"].keys() & ONE_OF:
        return None
    declare_mapping(by=SYSTEM, community=community, definition=definition)
    name: str = definition["name"]
    say(f"No mapping fits {path.name}; its headings do. Declared as “{name}”, of some people: who is not in it has not left.")
    say_columns(definition, unread)
    return name


NEEDED, ONE_OF = {"name", "address"}, {"number", "birth"}
"""What the headings must name for a file to be read by them alone: who, where, and either of two that tell people apart."""
PARTS = ("new", "moved_in", "changed", "same", "left", "rejected", "review")
"""Into which the rows of a file fall: they add up to ``rows``."""


def figures(report: BatchReport) -> dict[str, Any]:
    """What became of the file's rows, and what it leaves to be asked."""
    verdicts, counts = report.verdicts, report.counts
    moved_in = counts.get("moved_in", 0)
    return {
        "rows": report.rows,
        "new": verdicts["new"] - moved_in,
        "moved_in": moved_in,
        "changed": verdicts["changed"],
        "same": verdicts["same"],
        "left": verdicts["left"],
        "rejected": verdicts["refused"],
        "review": verdicts["review"],
        "seconds": report.seconds,
        "conflicts": counts.get("conflicts", 0),
        "left_proposed": counts.get("left_proposed", 0),
        "linked": counts.get("linked", 0),
        "addresses": counts.get("addresses", 0),
        "addresses_found": counts.get("addresses_found", 0),
        "batch": str(report.batch),
        "state": report.state.value,
    }
