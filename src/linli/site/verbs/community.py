"""``linli community add CODE``: a community, and its sub-district where it is new."""

from __future__ import annotations

import argparse

from linli.site.verbs.output import result, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``add CODE --name NAME [--name-zh NAME] [--zone TZ] [--subdistrict CODE] [--subdistrict-name NAME] [--json]``; ``list``."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="add a community")
    add.add_argument("code", metavar="CODE", help="12 digits; a place without official codes: small letters, digits, hyphens")
    add.add_argument("--name", required=True, metavar="NAME", help="its name in English, or in the one language there is")
    add.add_argument("--name-zh", default="", metavar="NAME", help="its name in Chinese")
    add.add_argument("--zone", default="Asia/Shanghai", metavar="TZ", help="time zone (default: Asia/Shanghai)")
    add.add_argument("--calendar", default="CN", help="whose holidays and working days hold (default: CN)")
    add.add_argument("--subdistrict", metavar="CODE", help="9 digits; made where it is new")
    add.add_argument("--subdistrict-name", default="", metavar="NAME")
    add.add_argument("--subdistrict-name-zh", default="", metavar="NAME")
    add.add_argument("--json", action="store_true")
    several = actions.add_parser("list", help="list the communities of this installation")
    several.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    from linli.intake import inbox_of
    from linli.territory.commands import add_community
    from linli.territory.queries import communities
    from linli.trust import SYSTEM

    if arguments.action == "list":
        rows = communities(viewer=SYSTEM)
        if arguments.json:
            result([{"code": row.code, "name": row.name, "zone": row.time_zone} for row in rows])
        for row in [] if arguments.json else rows:
            say(f"{row.code}  {row.name.get('en', '')}  {row.name.get('zh-Hans', '')}  {row.time_zone}")
        return 0
    above = {"en": arguments.subdistrict_name, "zh-Hans": arguments.subdistrict_name_zh}
    community = add_community(
        by=SYSTEM,
        code=arguments.code,
        name={"en": arguments.name, "zh-Hans": arguments.name_zh},
        zone=arguments.zone,
        calendar=arguments.calendar,
        subdistrict=arguments.subdistrict,
        subdistrict_name=above if any(above.values()) else None,
    )
    inbox = inbox_of(community)
    inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    if arguments.json:
        result({"community": arguments.code, "id": str(community), "inbox": str(inbox)})
    else:
        say(f"{arguments.name} is there now. Next: linli territory import FILE --community {arguments.code}")
        say(f"Each week's files go into {inbox}")
    return 0
