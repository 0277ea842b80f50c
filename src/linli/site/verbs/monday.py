"""``linli monday``: the Monday round of a community."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linli.site.verbs.output import progress, result, say

if TYPE_CHECKING:
    from uuid import UUID

    from linli.kernel.weeks import Week


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--community CODE [--week 2026-W47] [--inbox DIR] [--json]``."""
    parser.add_argument("--community", required=True, metavar="CODE")
    parser.add_argument("--week", metavar="2026-W47", help="the round that stands on that week's Monday (default: this week's)")
    parser.add_argument("--inbox", metavar="DIR", type=Path, help="the folder with the week's files (default: DATA/inbox/CODE)")
    parser.add_argument("--json", action="store_true", help="machine output on standard output")


def run(arguments: argparse.Namespace) -> int:
    """Exit status 0 done, 1 done but something was refused, 2 unusable input."""
    from linli.faces.words import both, render
    from linli.kernel.errors import BadInput
    from linli.monday.jobs import run_round
    from linli.monday.rules import NO_INBOX, STAGE_NAMES, Stage
    from linli.site.verbs.scope import community_zone, week_of
    from linli.trust import SYSTEM

    zone = community_zone(arguments.community)
    week = week_of(arguments.week, zone.id)
    if arguments.inbox and not arguments.inbox.is_dir():
        raise BadInput(NO_INBOX, path=str(arguments.inbox))
    with progress(quiet=arguments.json) as bar:
        task = bar.add_task(str(week), total=len(Stage) - 1)

        def step(stage: Stage) -> None:
            bar.update(task, description=f"{week} {render({'key': STAGE_NAMES[stage], 'params': {}}, 'en')}", advance=1)

        done = run_round(by=SYSTEM, community=zone.id, week=week, inbox=arguments.inbox, step=step)
    files = [{**asdict(f), "error": both(f.error) if f.error else None} for f in done.files]
    waiting = _waiting(zone.id, week)
    unjudged = [{"subject": both(u["subject"]), "reason": both(u["reason"])} for u in done.unjudged]
    if arguments.json:
        result(
            {
                "community": arguments.community,
                "week": done.week,
                "again": done.again,
                "files": files,
                "snapshot": done.snapshot,
                "findings": done.findings,
                "unjudged": unjudged,
                "register": waiting,
                "seconds": done.seconds,
            }
        )
    else:
        for file in files:
            counts = ", ".join(f"{n} {verdict}" for verdict, n in file["verdicts"].items() if n)
            told = (
                file["error"]["en"]
                if file["error"]
                else f"{file['rows']} rows: {counts}{' (known already)' if file['again'] else ''}"
            )
            say(f"{file['file']}: {told}")
        say(f"{done.week}: {'nothing new; ' if done.again else ''}{done.findings} findings, snapshot {done.snapshot[:8]}")
        for missing in unjudged:
            say(f"Could not be judged: {missing['subject']['en']}. {missing['reason']['en']}")
        for one in waiting["open"]:
            since = f", the oldest of {one['oldest']}" if one["oldest"] else ""
            say(f"{one['what']['en']}: {one['count']}{since}")
        if waiting["unsigned"]:
            say(f"Not signed yet: grids {', '.join(waiting['unsigned'])}")
    return 1 if done.rejected else 0


def _waiting(community: UUID, week: Week) -> dict[str, Any]:
    """What of the register waits for somebody now, both languages; and the grids that nobody has signed for."""
    from django.utils import timezone

    from linli.faces.words import both
    from linli.register.queries.open_matters import open_matters
    from linli.trust import SYSTEM, clock_of

    with clock_of(community):
        found = open_matters(viewer=SYSTEM, community=community, week=week, day=timezone.localdate())
    rows = [
        {"what": both(row.name), "count": row.count, "oldest": row.oldest.isoformat() if row.oldest else None}
        for row in found.rows
    ]
    return {"open": rows, "unsigned": found.unsigned}
