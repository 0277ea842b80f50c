"""``linli territory``: take in a territory, check it, lay squares, put grids into force."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from linli.site.verbs.output import complain, result, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from linli.territory.reports import ImportReport
    from linli.territory.rules.faults import Fault

SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``import FILE``, ``dwellings FILE``, ``check``, ``grid``, ``publish``, each with ``--community CODE [--json]``."""
    actions = parser.add_subparsers(dest="action", required=True)
    take = actions.add_parser("import", help="take in a GeoPackage, GeoJSON, Shapefile or OpenStreetMap extract")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--crs", help="WGS84, CGCS2000, GCJ-02, BD-09 or EPSG:n, where the file doesn't say it")
    take.add_argument("--layer", action="append", default=[], metavar="ROLE=NAME", help="e.g. buildings=houses")
    take.add_argument("--encoding", help="of a Shapefile's texts, e.g. gb18030")
    take.add_argument("--despite-shift", action="store_true", help="take the file although it would fit only after a shift")
    dwellings = actions.add_parser("dwellings", help="take in a list of dwellings (楼栋, 单元, 室, 面积, 用途)")
    dwellings.add_argument("file", type=Path, metavar="FILE")
    check = actions.add_parser("check", help="name each gap, overlap, cut building; status 1 where there is one")
    grid = actions.add_parser("grid", help="lay squares where nobody has divided the territory")
    grid.add_argument(
        "--from-points",
        action="store_true",
        required=True,
        help="over the places of reported matters; where none has one, over the buildings",
    )
    grid.add_argument("--cell", type=int, default=500, metavar="METRES")
    publish = actions.add_parser("publish", help="put the newest grids into force")
    publish.add_argument("--from", dest="valid_from", type=date.fromisoformat, required=True, metavar="DATE")
    publish.add_argument("--despite", default="", metavar="REASON", help="why they hold although the check finds faults")
    for below in (take, dwellings, check, grid, publish):
        below.add_argument("--community", required=True, metavar="CODE")
        below.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    from linli.trust import SYSTEM, community_by_code

    community = community_by_code(viewer=SYSTEM, code=arguments.community).id
    actions = {"import": _import, "dwellings": _dwellings, "check": _check, "grid": _grid, "publish": _publish}
    return actions[arguments.action](arguments, community)


def _import(arguments: argparse.Namespace, community: UUID) -> int:
    from django.conf import settings

    from linli.territory.commands import import_territory
    from linli.territory.reader import read_delivery
    from linli.trust import SYSTEM

    wrong = [text for text in arguments.layer if "=" not in text]
    if wrong:
        say(f"{wrong[0]} is not of the form ROLE=NAME, for example --layer buildings=houses.")
        return 2
    delivery = read_delivery(
        arguments.file,
        crs=arguments.crs,
        layers=dict(text.split("=", 1) for text in arguments.layer),
        encoding=arguments.encoding,
        limit_bytes=settings.LINLI_MAX_FILE_BYTES,
    )
    report = import_territory(by=SYSTEM, community=community, delivery=delivery, despite_shift=arguments.despite_shift)
    if arguments.json:
        result(report.as_json())
    else:
        _tell(report, delivery.notes)
    return 1 if report.refused or any(fault.blocking for fault in report.faults) else 0


def _tell(report: ImportReport, notes: Sequence[str]) -> None:
    if report.again:
        say(f"{report.file} was taken in before; nothing has changed.")
        return
    for layer in report.layers:
        say(
            f"{layer.role} ({layer.layer}, {layer.crs}): {layer.features} = {layer.new} new + {layer.changed} changed + "
            f"{layer.same} the same + {layer.refused} refused"
        )
    if report.ignored:
        say(f"Left aside, their names say no role: {', '.join(report.ignored)}.")
    for note in notes:
        say(f"The file's reader says: {note}")
    _list(report.faults)
    if report.state == "checked":
        say("The grids differ from those in force. They hold once they are published: linli territory publish --from DATE")


def _list(faults: Sequence[Fault]) -> None:
    from django.utils.translation import override

    from linli.faces.words import render

    with override("en"):
        for fault in faults[:SHOWN]:
            say(render(fault.words))
    if len(faults) > SHOWN:
        say(f"… and {len(faults) - SHOWN} more; --json lists all.")


def _dwellings(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.territory.commands import import_dwellings
    from linli.territory.dwelling_file import read_dwellings
    from linli.trust import SYSTEM

    report = import_dwellings(by=SYSTEM, community=community, file=read_dwellings(arguments.file))
    if arguments.json:
        result(report.as_json())
    else:
        refused = len(report.faults)
        say(f"{report.rows} rows = {report.new} new + {report.changed} changed + {report.same} the same + {refused} refused")
        for fault in report.faults[:SHOWN]:
            complain(fault)
    return 1 if report.faults else 0


def _check(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.territory.queries import faults_of, grids
    from linli.trust import SYSTEM

    faults = faults_of(viewer=SYSTEM, community=community)
    if arguments.json:
        result({"community": arguments.community, "faults": [fault.as_json() for fault in faults]})
    elif faults:
        _list(faults)
    else:
        count = len(grids(viewer=SYSTEM, community=community))
        say(f"{count} grids; no gap, no overlap, no building cut." if count else "There are no grids yet: nothing to check.")
    return 1 if faults else 0


def _grid(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.cases.commands import place_cases
    from linli.territory.commands import grid_from_points
    from linli.trust import SYSTEM

    points = _points(community)
    report = grid_from_points(by=SYSTEM, community=community, points=points, cell_m=arguments.cell)
    # What had been taken in before there was any grid belongs to one now.
    placed = place_cases(by=SYSTEM, community=community)
    if arguments.json:
        told = {"grids": report.grids, "points": report.points, "left_out": report.left_out, "state": report.state}
        result({**told, "cases_placed": placed})
    else:
        laid = report.points - report.left_out
        say(f"{report.grids} grids of {arguments.cell} m over {laid} points; {report.left_out} left out; {placed} cases placed.")
    return 0


def _points(community: UUID) -> list[tuple[float, float]]:
    """Longitude and latitude of reported matters; where none has a place, of buildings."""
    from linli.cases.queries import case_points
    from linli.territory.queries import buildings
    from linli.trust import SYSTEM

    points = list(case_points(viewer=SYSTEM, community=community))
    return points or [(row.lon, row.lat) for row in buildings(viewer=SYSTEM, community=community)]


def _publish(arguments: argparse.Namespace, community: UUID) -> int:
    from linli.territory.commands import publish_grids
    from linli.territory.queries import versions
    from linli.trust import SYSTEM

    newest = next((row for row in versions(viewer=SYSTEM, community=community) if row.state != "published"), None)
    if newest is None:
        say("There are no grids that wait for publishing.")
        return 2
    publish_grids(
        by=SYSTEM, community=community, version=newest.id, valid_from=arguments.valid_from, despite_faults=arguments.despite
    )
    if arguments.json:
        result({"version": str(newest.id), "grids": newest.grids, "from": arguments.valid_from.isoformat()})
    else:
        say(f"{newest.grids} grids hold from {arguments.valid_from:%d %B %Y}.")
    return 0
