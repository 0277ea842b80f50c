"""``linli retention show|run``: what has had its time, what is announced, what the law holds; and the week's deletion."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from uuid import UUID

from linli.site.verbs.output import result, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``show`` and ``run``, each for one community."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("show", help="list how long things are kept, what is announced and what is held")
    actions.add_parser("run", help="delete what was announced a week ago, announce what has had its time; done weekly by itself")
    for action in actions.choices.values():
        action.add_argument("--community", required=True, metavar="CODE")
        action.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def run(arguments: argparse.Namespace) -> int:
    from linli.trust import SYSTEM, community_by_code

    community = community_by_code(viewer=SYSTEM, code=arguments.community).id
    return {"show": _show, "run": _run}[arguments.action](arguments, community)


def _show(arguments: argparse.Namespace, community: UUID) -> int:
    from django.utils import timezone

    from linli.trust import SYSTEM
    from linli.trust.retention.queries import announcements, keeping, legal_holds

    kept = keeping(viewer=SYSTEM, community=community, now=timezone.now())
    listed = [row for row in announcements(viewer=SYSTEM, community=community) if row.closed_at is None]
    held = legal_holds(viewer=SYSTEM, community=community)
    if arguments.json:
        told = {"keeping": [asdict(row) for row in kept], "announced": [asdict(row) for row in listed]}
        result({**told, "holds": [asdict(row) for row in held]})
        return 0
    for row in kept:
        say(f"{row.purpose}: kept {row.days:,} days; {row.due:,} have had their time")
    for one in listed:
        say(f"announced {one.announced_at.date()}: {one.count:,} of {one.purpose} go from {one.goes_on} on")
    for hold in held:
        whose = f"subject {hold.subject}" if hold.subject else "everybody"
        until = f" until {hold.to_date}" if hold.to_date else ""
        say(f"held since {hold.from_date}{until}: {hold.purpose or 'every purpose'}, {whose} ({hold.reason})")
    return 0


def _run(arguments: argparse.Namespace, community: UUID) -> int:
    from django.utils import timezone

    from linli.trust import SYSTEM
    from linli.trust.retention.running import run_retention

    report = run_retention(by=SYSTEM, community=community, now=timezone.now())
    if arguments.json:
        result(asdict(report))
        return 0
    for purpose, count in report.deleted.items():
        say(f"{purpose}: {count:,} deleted")
    for purpose, count in report.announced.items():
        say(f"{purpose}: {count:,} announced; they go in a week")
    if not report.deleted and not report.announced:
        say("Nothing has had its time.")
    return 0
