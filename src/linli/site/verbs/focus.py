"""``linli focus list``: what deserves attention, as a list."""

from __future__ import annotations

import argparse
from typing import Any

from linli.site.verbs.output import result, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``list --community CODE [--week W] [--json]``."""
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="the findings of a week, by rank")
    listing.add_argument("--community", required=True, metavar="CODE")
    listing.add_argument("--week", metavar="2026-W47", help="default: the newest round")
    listing.add_argument("--weaker", action="store_true", help="also the signals that did not pass the false discovery rate")
    listing.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from linli.faces.words import both
    from linli.focus.queries import board
    from linli.site.verbs.scope import community_zone, week_of
    from linli.trust import SYSTEM, clock_of

    zone = community_zone(arguments.community)
    week = str(week_of(arguments.week, zone.id)) if arguments.week else None
    with clock_of(zone.id):
        found = board(viewer=SYSTEM, community=zone.id, week=week, today=timezone.localdate())
    if found is None:
        say(f"There is no round of {week or 'any week'} yet. Run: linli monday --community {arguments.community}")
        if arguments.json:
            result({"week": week, "findings": []})
        return 1
    shown = [*found.findings, *(found.weaker if arguments.weaker else [])]
    findings: list[dict[str, Any]] = [
        {
            "rank": row.rank,
            "kind": row.kind,
            "grid": row.grid,
            "matter": row.matter,
            "counter": row.counter,
            "score": round(row.score, 3),
            "parts": row.parts,
            "observed": row.observed,
            "expected": row.expected,
            "low": row.low,
            "high": row.high,
            "q": row.q,
            "title": both(row.title),
            "reason": both(row.reason),
            "method": row.method,
            "snapshot": row.snapshot,
        }
        for row in shown
    ]
    if arguments.json:
        result({"week": found.week, "findings": findings})
    else:
        say(f"{found.week}, snapshot {found.snapshot[:8]}")
        for row in findings:
            place = f"grid {row['grid']}" if row["grid"] else ""
            say(f"{row['rank']:>3}  {row['title']['en']} ({place}): {row['reason']['en']}")
    return 0
