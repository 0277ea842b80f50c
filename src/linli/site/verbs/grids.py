"""``linli grids``: divisions as versions: list, draft, take in and write as a GeoPackage, check, publish."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from linli.site.verbs.output import progress, result, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linli.territory.queries import DraftRow
    from linli.territory.rules.faults import Fault

KINDS = ("people", "unit", "dedicated")
SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``list``, ``draft``, ``import FILE``, ``export``, ``check``, ``publish``, each with ``--community CODE [--json]``."""
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="every version of the community's layers, newest first")
    draft = actions.add_parser("draft", help="begin a draft: from the grids there are, or proposed afresh from the ground")
    draft.add_argument("--afresh", action="store_true", help="propose grids from buildings and streets alone")
    draft.add_argument("--weight", choices=("persons", "households", "workload", "area"), help="what grids are made equal in")
    draft.add_argument("--target", type=float, metavar="N", help="what a grid should hold of it")
    draft.add_argument("--tolerance", type=float, metavar="SHARE", help="by how much it may differ, such as 0.05")
    take = actions.add_parser("import", help="take the grids of a file in as a draft, with the check's report")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--crs", help="WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:n, where the file doesn't say it")
    take.add_argument("--layer", action="append", default=[], metavar="ROLE=NAME", help="e.g. grids=网格")
    export = actions.add_parser("export", help="write grids and their buildings as a GeoPackage, with the check's report")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.gpkg")
    export.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="as of this day (default: today)")
    check = actions.add_parser("check", help="name everything that is wrong with a draft; status 1 where it can't be published")
    publish = actions.add_parser("publish", help="check a draft and put it into force from a day on")
    publish.add_argument("--from", dest="valid_from", type=date.fromisoformat, required=True, metavar="DATE")
    publish.add_argument("--despite", default="", metavar="REASON", help="why they hold although the check finds faults")
    publish.add_argument("--duties-seen", action="store_true", help="who looks after grids that end is known")
    for below in (export, check, publish):
        below.add_argument("--version", type=UUID, metavar="ID", required=below is not export)
    for below in (listing, draft, take, export):
        below.add_argument("--kind", choices=KINDS, default=None if below is listing else "people", help="the layer of grids")
    for below in (draft, take):
        below.add_argument("--name", default="", help="what the draft is called")
    for below in (listing, draft, take, export, check, publish):
        below.add_argument("--community", required=True, metavar="CODE")
        below.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    from linli.trust import SYSTEM, community_by_code

    community = community_by_code(viewer=SYSTEM, code=arguments.community).id
    actions = {"list": _list, "draft": _draft, "import": _import, "export": _export, "check": _check, "publish": _publish}
    return actions[arguments.action](arguments, community)


def _list(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.territory.queries import divisions
    from linli.territory.rules.layers import LayerKind
    from linli.trust import SYSTEM

    kind = LayerKind(arguments.kind) if arguments.kind else None
    rows = divisions(viewer=SYSTEM, community=community, kind=kind)
    if arguments.json:
        result([vars(row) for row in rows])
        return 0
    for row in rows:
        since = f"from {row.valid_from}" if row.valid_from else ""
        until = f"until {row.valid_to}" if row.valid_to else ""
        say(" ".join(part for part in (str(row.id), row.kind, row.state, f"{row.grids} grids", since, until, row.name) if part))
    if not rows:
        say("There are no grids yet.")
    return 0


def _draft(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.territory import jobs
    from linli.territory.commands import begin_draft
    from linli.territory.queries import draft
    from linli.territory.rules.layers import LayerKind
    from linli.trust import SYSTEM

    version = begin_draft(
        by=SYSTEM,
        community=community,
        kind=LayerKind(arguments.kind),
        name=arguments.name,
        weight=arguments.weight or "",
        target=arguments.target,
        tolerance=arguments.tolerance,
        afresh=arguments.afresh,
    )
    with progress(quiet=arguments.json) as bar:
        task = bar.add_task("Dividing" if arguments.afresh else "Cutting cells", total=None)
        jobs.drafts(community)
        bar.remove_task(task)
    row = draft(viewer=SYSTEM, community=community, version=version)
    return _tell(row, arguments.json)


def _tell(row: DraftRow, as_json: bool, faults: Sequence[Fault] = ()) -> int:
    from django.utils.translation import override

    from linli.faces.words import render

    failed = not row.ready or row.proposal.stage.value == "failed"
    if as_json:
        result({**row.as_json(), "faults": [fault.as_json() for fault in faults]})
        return 1 if failed or faults else 0
    with override("en"):
        for words in row.words:
            say(render(words))
    _say(faults)
    say(f"Draft {row.id}: {len([part for part in row.parts if part.label])} grids.")
    return 1 if failed or faults else 0


def _say(faults: Sequence[Fault]) -> None:
    from django.utils.translation import override

    from linli.faces.words import render

    with override("en"):
        for fault in faults[:SHOWN]:
            say(" ".join(render(words) for words in (fault.words, fault.remedy) if words))
    if len(faults) > SHOWN:
        say(f"… and {len(faults) - SHOWN} more; --json lists all.")


def _import(arguments: argparse.Namespace, community: UUID) -> int:
    from django.conf import settings

    from linli.territory.commands import import_draft
    from linli.territory.exchange import lay_file
    from linli.territory.queries import draft
    from linli.territory.reader import read_delivery
    from linli.territory.rules.layers import LayerKind
    from linli.trust import SYSTEM

    wrong = [text for text in arguments.layer if "=" not in text]
    if wrong:
        say(f"{wrong[0]} is not of the form ROLE=NAME, for example --layer grids=NAME.")
        return 2
    roles = dict(text.split("=", 1) for text in arguments.layer)
    delivery = read_delivery(arguments.file, crs=arguments.crs, layers=roles, limit_bytes=settings.LINLI_MAX_FILE_BYTES)
    kind = LayerKind(arguments.kind)
    laid, faults = lay_file(community, delivery, kind)
    version = import_draft(by=SYSTEM, community=community, laid=laid, faults=faults, kind=kind, name=arguments.name)
    return _tell(draft(viewer=SYSTEM, community=community, version=version), arguments.json, faults)


def _export(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.territory.exchange import write_division
    from linli.territory.rules.layers import LayerKind
    from linli.trust import SYSTEM

    written = write_division(
        viewer=SYSTEM,
        community=community,
        path=arguments.out,
        kind=LayerKind(arguments.kind),
        on=arguments.on,
        version=arguments.version,
    )
    if arguments.json:
        faults = [fault.as_json() for fault in written.faults]
        result({"file": str(arguments.out), "grids": written.grids, "buildings": written.buildings, "faults": faults})
    else:
        _say(written.faults)
        say(f"{written.grids} grids and {written.buildings} buildings stand in {arguments.out}.")
    return 1 if any(fault.blocking for fault in written.faults) else 0


def _check(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.territory.queries import draft, draft_faults
    from linli.trust import SYSTEM

    row = draft(viewer=SYSTEM, community=community, version=arguments.version)
    faults = draft_faults(viewer=SYSTEM, community=community, version=arguments.version)
    if arguments.json:
        told = [fault.as_json() | {"allowed": row.allowed.get(fault.key, "")} for fault in faults]
        result({"version": str(row.id), "faults": told})
    else:
        _say(faults)
        if not faults:
            say(f"{len(row.parts)} grids; nothing is wrong with them.")
    return 1 if any(fault.blocking and fault.key not in row.allowed for fault in faults) else 0


def _publish(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.territory.commands import check_draft, publish_grids
    from linli.territory.queries import divisions
    from linli.trust import SYSTEM

    row = next((row for row in divisions(viewer=SYSTEM, community=community) if row.id == arguments.version), None)
    if row and row.state == "draft":
        check_draft(by=SYSTEM, community=community, version=row.id)
    publish_grids(
        by=SYSTEM,
        community=community,
        version=arguments.version,
        valid_from=arguments.valid_from,
        despite_faults=arguments.despite,
        duties_seen=arguments.duties_seen,
    )
    if arguments.json:
        result({"version": str(arguments.version), "from": arguments.valid_from.isoformat()})
    else:
        say(f"{row.grids if row else 0} grids hold from {arguments.valid_from:%d %B %Y}.")
    return 0
