"""``linli audit``: seal the trail, check it, hand out its signed heads, remove what is past its time."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from linli.site.verbs.output import result, say

if TYPE_CHECKING:
    from linli.trust.chain.verify import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``seal``, ``verify``, ``heads``, ``drop``; each ``[--community CODE] [--json]``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("seal", help="seal what waits and sign the end of the chain; done daily by itself")
    verify = actions.add_parser("verify", help="check every sealed event and every signed head")
    verify.add_argument("--heads", type=Path, metavar="FILE", help="heads kept elsewhere, as `linli audit heads` printed them")
    heads = actions.add_parser("heads", help="print the signed heads, for others to keep")
    heads.add_argument("--all", action="store_true", help="every day's; without, the newest of each chain")
    drop = actions.add_parser("drop", help="remove what was sealed and happened before a day, at least 180 days ago")
    drop.add_argument("--before", required=True, type=date.fromisoformat, metavar="DATE")
    for action in actions.choices.values():
        action.add_argument("--community", metavar="CODE", help="one community's trail (default: all and the installation's)")
        action.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def run(arguments: argparse.Namespace) -> int:
    from linli.trust import SYSTEM, communities_of, community_by_code

    if arguments.community:
        zone = community_by_code(viewer=SYSTEM, code=arguments.community)
        chosen: list[tuple[str, UUID | None]] = [(zone.code, zone.id)]
    else:
        chosen = [(zone.code, zone.id) for zone in communities_of(viewer=SYSTEM)]
        chosen.append(("installation", None))
    actions = {"seal": _seal, "verify": _verify, "heads": _heads, "drop": _drop}
    return actions[arguments.action](arguments, chosen)


def _seal(arguments: argparse.Namespace, chosen: list[tuple[str, UUID | None]]) -> int:
    from linli.trust import SYSTEM
    from linli.trust.chain.commands import seal

    done = [(name, seal(by=SYSTEM, community=community)) for name, community in chosen]
    if arguments.json:
        result([{"name": name, **asdict(sealed)} for name, sealed in done])
        return 0
    for name, sealed in done:
        say(f"{name}: {sealed.events:,} events sealed." + (f" {sealed.late:,} of them came late." if sealed.late else ""))
    return 0


def _verify(arguments: argparse.Namespace, chosen: list[tuple[str, UUID | None]]) -> int:
    from linli.trust import SYSTEM
    from linli.trust.chain.heads import parsed
    from linli.trust.chain.verify import verify

    kept = list(parsed(arguments.heads.read_text("utf-8").splitlines())) if arguments.heads else []
    reports = [(name, verify(viewer=SYSTEM, community=community, kept=kept)) for name, community in chosen]
    told = [(name, report) for name, report in reports if report is not None]
    if arguments.json:
        result([{"name": name, "holds": report.holds, **asdict(report)} for name, report in told])
    else:
        for name, report in told:
            _tell(name, report)
    return 0 if all(report.holds for _, report in told) else 1


def _tell(name: str, report: Report) -> None:
    counts = f"{report.sealed:,} events sealed in {report.blocks:,} blocks, {report.unsealed:,} not sealed yet"
    if report.dropped:
        counts += f", {report.dropped:,} removed for their age"
    say(f"{name}: {'holds' if report.holds else 'DOES NOT HOLD'}; {counts}.")
    if report.late_sealed or report.late_waiting:
        say(f"  {report.late_sealed + report.late_waiting:,} events came more than a day late ({report.late_waiting:,} wait).")
    for fault in report.faults:
        place = f"block {fault.block}" if fault.block is not None else "not sealed"
        place += f", event {fault.place}" if fault.place is not None else ""
        say(f"  {fault.kind.value}: {place}" + (f", {fault.event}" if fault.event else ""))


def _heads(arguments: argparse.Namespace, chosen: list[tuple[str, UUID | None]]) -> int:
    import json
    import sys

    from linli.trust import SYSTEM
    from linli.trust.chain.heads import heads
    from linli.trust.chain.links import chain_of

    lines: list[dict[str, object]] = []
    for _, community in chosen:
        found = heads(viewer=SYSTEM, chain=chain_of(community))
        lines.extend(asdict(head) for head in (found if arguments.all else found[-1:]))
    if arguments.json:
        result(lines)
    else:
        # One head a line: a file of them is what `verify --heads` reads.
        sys.stdout.writelines(json.dumps(line) + "\n" for line in lines)
    return 0


def _drop(arguments: argparse.Namespace, chosen: list[tuple[str, UUID | None]]) -> int:
    from linli.trust import SYSTEM
    from linli.trust.chain.commands import drop_audit

    before = timezone.make_aware(datetime.combine(arguments.before, time()))
    gone = {name: drop_audit(by=SYSTEM, before=before, community=community) for name, community in chosen}
    if arguments.json:
        result([{"name": name, "removed": number} for name, number in gone.items()])
    for name, number in [] if arguments.json else gone.items():
        say(f"{name}: {number:,} events removed.")
    return 0
