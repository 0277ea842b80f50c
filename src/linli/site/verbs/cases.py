"""``linli cases``: take in a file of reported matters, the categories, or put cases on new grids."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from linli.site.verbs.output import result, say
from linli.site.verbs.taking import add_file_arguments, community_of, definition, take, tell


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``import FILE``, ``categories FILE``, ``place``."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="import|categories|place")
    add_file_arguments(verbs.add_parser("import", help="take in a file of reported matters"), default="sf311")
    categories = verbs.add_parser("categories", help="take in categories with their names and limits")
    categories.add_argument("file", type=Path, metavar="FILE.json")
    categories.add_argument("--community", required=True, metavar="CODE")
    categories.add_argument("--json", action="store_true")
    place = verbs.add_parser("place", help="give cases without a grid the one they lie in, after grids were made")
    place.add_argument("--community", required=True, metavar="CODE")
    place.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 where rows were refused; unusable input ends with 2 in the command line's frame."""
    from linli.cases.commands import import_categories, place_cases
    from linli.kernel.errors import BadInput, Where
    from linli.trust import SYSTEM

    community = community_of(arguments.community)
    if arguments.what == "import":
        mapping = definition("linli.cases", arguments.mapping, "sf311")
        return tell(take(community, arguments.file, mapping, quiet=arguments.json), as_json=arguments.json)
    if arguments.what == "place":
        counts = {"placed": place_cases(by=SYSTEM, community=community)}
    else:
        try:
            entries = json.loads(arguments.file.read_text("utf-8-sig"))
        except (OSError, ValueError):
            raise BadInput(
                "cases.bad_category", where=Where(file=arguments.file.name), reason="this is no readable JSON file"
            ) from None
        counts = import_categories(by=SYSTEM, community=community, categories=entries)
    if arguments.json:
        result(counts)
    else:
        say(", ".join(f"{name} {number:,}" for name, number in counts.items()))
    return 0
