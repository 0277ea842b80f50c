"""``linli flows``: take in a file of counter readings, or the counters that a territory file brought."""

from __future__ import annotations

import argparse

from linli.site.verbs.output import result, say
from linli.site.verbs.taking import add_file_arguments, community_of, definition, take, tell


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``import FILE [--counter CODE]``, ``counters``."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="import|counters")
    taking = verbs.add_parser("import", help="take in a file of readings")
    add_file_arguments(taking, default="timestamp_value")
    taking.add_argument("--counter", metavar="CODE", help="the counter that a file without a counter column comes from")
    counters = verbs.add_parser("counters", help="set up the counters that the territory's file named")
    counters.add_argument("--community", required=True, metavar="CODE")
    counters.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 where rows were refused; unusable input ends with 2 in the command line's frame."""
    from linli.flows.commands import adopt_counters
    from linli.flows.rules import code_of
    from linli.trust import SYSTEM

    community = community_of(arguments.community)
    if arguments.what == "counters":
        counts = adopt_counters(by=SYSTEM, community=community)
        if arguments.json:
            result(counts)
        else:
            say(", ".join(f"{name} {number:,}" for name, number in counts.items()))
        return 0
    mapping = definition("linli.flows", arguments.mapping, "timestamp_value")
    columns, options = mapping.get("columns"), mapping.get("options")
    if isinstance(columns, dict) and "counter" not in columns and isinstance(options, dict) and not options.get("counter"):
        # A file that names no counter is one counter's: the one said, or one called as the file is.
        code = arguments.counter or code_of(arguments.file.stem)
        mapping = {**mapping, "name": f"{mapping.get('name')}-{code}"[:64], "options": {**options, "counter": code}}
    return tell(take(community, arguments.file, mapping, quiet=arguments.json), as_json=arguments.json)
