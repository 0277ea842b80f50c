"""``linli admin create``: accounts of an installation, the first one among them."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from django.utils import timezone

from linli.site.verbs.output import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``create USERNAME [--zone CODE] [--role ROLE]``; the password comes from the terminal or $LINLI_PASSWORD."""
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", help="make an account with a role")
    create.add_argument("username")
    create.add_argument("--name", default="")
    create.add_argument(
        "--zone", metavar="CODE", help="code of the zone the role is held in; an administrator's is the whole installation"
    )
    create.add_argument("--role", default="system_administrator")


def run(arguments: argparse.Namespace) -> int:
    from linli.trust import SYSTEM, Role, add_account, communities_of, grant_role, root_zone
    from linli.trust.queries import zone_by_code

    if arguments.role not in list(Role):
        say(f"{arguments.role} is not a role. The roles are: {', '.join(Role)}.")
        return 2
    if arguments.zone:
        zone = zone_by_code(viewer=SYSTEM, code=arguments.zone)
        if zone is None:
            say(f"There is no zone {arguments.zone}. Add the community first: linli community add {arguments.zone} --name …")
            return 2
        held = zone.id
    elif arguments.role == Role.SYSTEM_ADMINISTRATOR:
        held = root_zone(by=SYSTEM)
    else:
        communities = communities_of(viewer=SYSTEM)
        if len(communities) != 1:
            say("Say which zone the account works in: --zone CODE. A community is added with: linli community add CODE --name …")
            return 2
        held = communities[0].id
    password = os.environ.get("LINLI_PASSWORD") or (getpass.getpass("Password: ") if sys.stdin.isatty() else "")
    account = add_account(by=SYSTEM, username=arguments.username, password=password, name=arguments.name)
    grant_role(by=SYSTEM, account=account, role=Role(arguments.role), zone=held, from_date=timezone.localdate())
    say(f"{arguments.username} can sign in now.")
    return 0
