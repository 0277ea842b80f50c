"""``linli register sweep``: look for people who are on the register twice."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

from linli.site.verbs.output import result, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``sweep``, for one community."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    sweep = actions.add_parser("sweep", help="ask about people who may be on the register twice; done weekly by itself")
    sweep.add_argument("--community", required=True, metavar="CODE")
    sweep.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def run(arguments: argparse.Namespace) -> int:
    from linli.register.jobs import sweep
    from linli.trust import SYSTEM, community_by_code

    start = time.perf_counter()
    community = community_by_code(viewer=SYSTEM, code=arguments.community).id
    swept = sweep(by=SYSTEM, community=community)
    told = {**asdict(swept), "seconds": round(time.perf_counter() - start, 2)}
    if arguments.json:
        result(told)
        return 0
    say(f"{swept.people:,} people, {swept.compared:,} pairs compared in {told['seconds']} s: {swept.pairs:,} may be one person.")
    say(f"{swept.asked:,} new questions, {swept.waiting:,} open before, {swept.answered:,} answered before.")
    if swept.left_over:
        say(f"{swept.left_over:,} more wait for the next sweep.")
    if swept.closed:
        say(f"{swept.closed:,} questions closed by themselves: the records are no longer alike.")
    return 0
