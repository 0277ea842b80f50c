"""What ``linli cases import`` and ``linli flows import`` share: declare a mapping, take a file in, say what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linli.site.verbs.output import progress, result, say

if TYPE_CHECKING:
    from linli.intake import BatchReport


def add_file_arguments(parser: argparse.ArgumentParser, *, default: str) -> None:
    """``FILE --community CODE [--mapping FILE] [--json]``."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to take in")
    parser.add_argument("--community", required=True, metavar="CODE", help="code of the community that it belongs to")
    parser.add_argument(
        "--mapping", metavar="MAPPING", help=f"a mapping file, or the name of one that comes with Linli (default: {default})"
    )
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def community_of(code: str) -> UUID:
    """The zone of the community with that code; NotFound where there is none."""
    from linli.trust import SYSTEM, community_by_code

    return community_by_code(viewer=SYSTEM, code=code).id


def definition(package: str, wanted: str | None, default: str) -> dict[str, Any]:
    """A mapping from a file, or one of those shipped in ``<package>/mappings``."""
    from linli.intake import read_definition

    if wanted and (Path(wanted).suffix == ".json" or Path(wanted).exists()):
        return read_definition(Path(wanted))
    shipped = files(package).joinpath("mappings", f"{wanted or default}.json")
    return read_definition(Path(str(shipped)))


def take(community: UUID, path: Path, mapping: Mapping[str, Any], *, quiet: bool) -> BatchReport:
    """Declare the mapping (the same again changes nothing) and take the file in."""
    from linli.intake import declare_mapping, take_in
    from linli.trust import SYSTEM

    declare_mapping(by=SYSTEM, community=community, definition=mapping)
    with progress(quiet=quiet) as bar:
        step = bar.add_task(path.name, total=1)
        report = take_in(by=SYSTEM, community=community, path=path, mapping=str(mapping["name"]))
        bar.advance(step)
    return report


def tell(report: BatchReport, *, as_json: bool) -> int:
    """Print what became of the rows. 0, or 1 where some were refused."""
    from django.utils.translation import override

    from linli.faces.words import render

    summary = {"rows": report.rows, **report.verdicts, **report.counts, "again": report.again, "batch": str(report.batch)}
    if as_json:
        result(summary)
    else:
        if report.waits:
            say(f"{report.file_name}: a second person has to approve it on its page; nothing was written.")
        elif report.again:
            say(f"{report.file_name} was taken in before; nothing was written.")
        say(", ".join(f"{name} {number:,}" for name, number in summary.items() if type(number) is int))
    with override("en"):
        for refused in report.refused[:20]:
            place = f"{report.file_name}, row {refused.row}" + (f", column {refused.column}" if refused.column else "")
            say(f"{place}: {render(refused.words) if refused.words else ''}")
            if refused.remedy:
                say(f"  {render(refused.remedy)}")
    if len(report.refused) > 20:
        say(f"… and {len(report.refused) - 20:,} more rows that were not taken.")
    return 1 if report.anything_refused or report.waits else 0
