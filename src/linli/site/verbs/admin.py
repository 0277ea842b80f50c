"""``linli admin``: accounts of an installation, the roles they hold, and tokens for programs."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from linli.site.verbs.output import result, say

if TYPE_CHECKING:
    from linli.trust import Role, Zone
    from linli.trust.models import Account

LONGEST_TOKEN = 3650
"""Days that a token may be good for."""
LONGEST_LABEL = 100


class _Unusable(Exception):
    """What the person at the terminal gave cannot be used; the message says why and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions and their options; a password comes from the terminal or $LINLI_PASSWORD."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make an account with a role")
    create.add_argument("username")
    create.add_argument("--name", default="")
    create.add_argument(
        "--zone", metavar="CODE", help="code of the zone the role is held in; an administrator's is the whole installation"
    )
    create.add_argument("--role", default="system_administrator")
    grant = actions.add_parser("grant", help="give an account a role in a zone")
    grant.add_argument("--from", dest="from_date", type=_day, metavar="DATE", help="first day (default: today)")
    grant.add_argument("--to", dest="to_date", type=_day, metavar="DATE", help="first day on which it is no longer held")
    grant.add_argument("--deputy-for", metavar="USERNAME", help="whom the account stands in for; needs --to")
    end = actions.add_parser("end", help="end a role of an account")
    end.add_argument("--on", type=_day, required=True, metavar="DATE", help="first day on which it is no longer held")
    for action in (grant, end):
        action.add_argument("username", metavar="USERNAME")
        action.add_argument("--role", required=True)
        action.add_argument("--zone", required=True, metavar="CODE", help="a community's, a sub-district's, or installation")
        action.add_argument("--grid", metavar="LABEL", help="only in this grid of the community")
    several = actions.add_parser("list", help="list who holds which role where")
    several.add_argument("--zone", metavar="CODE", help="only in this zone and below it")
    several.add_argument("--json", action="store_true")
    password = actions.add_parser("password", help="give an account another password")
    password.add_argument("username", metavar="USERNAME")
    token = actions.add_parser("token", help="make a token for a program; its secret is shown this once")
    token.add_argument("username", metavar="USERNAME")
    token.add_argument("--role", required=True)
    token.add_argument("--label", required=True, metavar="TEXT", help="what the token is for")
    token.add_argument("--days", required=True, type=int, metavar="N", help="how long it is good for")


def run(arguments: argparse.Namespace) -> int:
    actions = {"create": _create, "grant": _grant, "end": _end, "list": _list, "password": _change_password, "token": _token}
    try:
        actions[arguments.action](arguments)
    except _Unusable as fault:
        say(str(fault))
        return 2
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date. Write it as 2026-03-02.") from None


def _role(text: str) -> Role:
    from linli.trust import Role

    if text not in list(Role):
        raise _Unusable(f"{text} is not a role. The roles are: {', '.join(Role)}.")
    return Role(text)


def _account(username: str) -> Account:
    from linli.trust import SYSTEM
    from linli.trust.queries import account_by_username

    account = account_by_username(viewer=SYSTEM, username=username)
    if account is None:
        raise _Unusable(f"There is no account {username}. Make it first: linli admin create {username} --role … --zone CODE")
    return account


def _zone(code: str, grid: str | None = None) -> Zone:
    from linli.trust import SYSTEM, ZoneKind, grids_of, zone_by_code

    zone = zone_by_code(viewer=SYSTEM, code=code)
    if zone is None:
        raise _Unusable(f"There is no zone {code}. Add the community first: linli community add {code} --name …")
    if grid is None:
        return zone
    if zone.kind != ZoneKind.COMMUNITY:
        raise _Unusable(f"{code} is not a community, so it has no grids.")
    grids = {one.code: one for one in grids_of(viewer=SYSTEM, community=zone.id)}
    if grid not in grids:
        known = (
            f"Its grids are: {', '.join(grids)}." if grids else "It has none yet: linli territory import FILE --community CODE"
        )
        raise _Unusable(f"There is no grid {grid} in {code}. {known}")
    return grids[grid]


def _password() -> str:
    password = os.environ.get("LINLI_PASSWORD")
    if password:
        return password
    if not sys.stdin.isatty():
        raise _Unusable("No password was given. Set LINLI_PASSWORD, or run this at a terminal.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise _Unusable("The two were not the same; nothing was changed.")
    return password


def _create(arguments: argparse.Namespace) -> None:
    from linli.trust import SYSTEM, Role, add_account, communities_of, grant_role, root_zone

    role = _role(arguments.role)
    if arguments.zone:
        held = _zone(arguments.zone).id
    elif role is Role.SYSTEM_ADMINISTRATOR:
        held = root_zone(by=SYSTEM)
    else:
        communities = communities_of(viewer=SYSTEM)
        if len(communities) != 1:
            raise _Unusable(
                "Say which zone the account works in: --zone CODE. A community is added with: linli community add CODE --name …"
            )
        held = communities[0].id
    account = add_account(by=SYSTEM, username=arguments.username, password=_password(), name=arguments.name)
    grant_role(by=SYSTEM, account=account, role=role, zone=held, from_date=timezone.localdate())
    say(f"{arguments.username} can sign in now.")


def _grant(arguments: argparse.Namespace) -> None:
    from linli.trust import SYSTEM, grant_role
    from linli.trust.queries import grants

    account, role, zone = _account(arguments.username), _role(arguments.role), _zone(arguments.zone, arguments.grid)
    deputy_for = _account(arguments.deputy_for) if arguments.deputy_for else None
    if deputy_for == account:
        raise _Unusable(f"{account.username} cannot be deputy for the same account.")
    begins, ends = arguments.from_date or timezone.localdate(), arguments.to_date
    for held in grants(viewer=SYSTEM, account=account.id, role=role, exactly=zone.id, running_on=begins):
        same = held.deputy_for == (deputy_for.username if deputy_for else None)
        if same and (ends is None or held.from_date < ends):
            raise _Unusable(f"{account.username} holds {role} there already, {_span(held.from_date, held.to_date)}.")
    grant_role(
        by=SYSTEM,
        account=account.id,
        role=role,
        zone=zone.id,
        from_date=begins,
        to_date=ends,
        deputy_for=deputy_for.id if deputy_for else None,
    )
    stands_in = f" as deputy for {deputy_for.username}" if deputy_for else ""
    say(f"{account.username} holds {role} in {_place(arguments.zone, arguments.grid)}{stands_in}, {_span(begins, ends)}.")


def _end(arguments: argparse.Namespace) -> None:
    from linli.trust import SYSTEM, end_role
    from linli.trust.queries import grants

    account, role, zone = _account(arguments.username), _role(arguments.role), _zone(arguments.zone, arguments.grid)
    place = _place(arguments.zone, arguments.grid)
    # One that is over by then stays as it is: ending it again would lengthen it.
    held = grants(viewer=SYSTEM, account=account.id, role=role, exactly=zone.id, running_on=arguments.on)
    if not held:
        raise _Unusable(f"{account.username} does not hold {role} in {place} on {arguments.on} or later.")
    # Each is an act of its own; cut short and said again, the rest is ended.
    for one in held:
        end_role(by=SYSTEM, grant=one.id, on=arguments.on)
    say(f"{account.username} holds {role} in {place} until {arguments.on}, and not on that day any more.")


def _list(arguments: argparse.Namespace) -> None:
    from linli.trust import SYSTEM
    from linli.trust.queries import grants

    below = _zone(arguments.zone).id if arguments.zone else None
    rows = grants(viewer=SYSTEM, below=below, running_on=timezone.localdate())
    if arguments.json:
        result([asdict(row) for row in rows])
        return
    for row in rows:
        stands_in = f", deputy for {row.deputy_for}" if row.deputy_for else ""
        named = f" ({row.name})" if row.name else ""
        say(f"{row.username}{named}  {row.role}  {_place(row.zone, row.grid)}  {_span(row.from_date, row.to_date)}{stands_in}")
    if not rows:
        say("Nobody holds a role there.")


def _change_password(arguments: argparse.Namespace) -> None:
    from linli.trust import SYSTEM, set_password

    account = _account(arguments.username)
    set_password(by=SYSTEM, account=account.id, password=_password())
    say(f"{account.username} signs in with the new password from now on.")


def _token(arguments: argparse.Namespace) -> None:
    from linli.trust import SYSTEM, add_token, roles_of

    account, role = _account(arguments.username), _role(arguments.role)
    if role not in roles_of(account=account.id):
        raise _Unusable(
            f"{account.username} does not hold {role} today. Give the role first: linli admin grant {account.username} …"
        )
    if not 1 <= arguments.days <= LONGEST_TOKEN:
        raise _Unusable(f"A token is good for 1 to {LONGEST_TOKEN} days.")
    label = arguments.label.strip()
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise _Unusable(f"A label has 1 to {LONGEST_LABEL} signs.")
    expires_at = timezone.now() + timedelta(days=arguments.days)
    secret = add_token(by=SYSTEM, account=account.id, role=role, label=label, expires_at=expires_at)
    sys.stdout.write(f"{secret}\n")
    until = timezone.localtime(expires_at)
    say(f"This secret is shown only now. It acts as {account.username} in the role {role} until {until:%Y-%m-%d %H:%M %Z}.")


def _place(zone: str, grid: str | None) -> str:
    return f"{zone} grid {grid}" if grid else zone


def _span(begins: date, ends: date | None) -> str:
    return f"from {begins} until {ends}" if ends else f"from {begins}"
