"""Loading a delivered community: the same commands and the same Monday job as for a real one, no back door."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from django.utils.timezone import localdate

from linli.cases.commands import import_categories
from linli.flows.commands import add_counter
from linli.intake import declare_mapping
from linli.kernel.errors import Conflict
from linli.kernel.weeks import Week
from linli.monday.jobs import RoundResult, run_round
from linli.register.commands.ties import tie_account
from linli.register.queries.asof import Resident, moment, residents
from linli.register.rules.ages import age_on
from linli.register.rules.ties import Shown
from linli.territory.commands import (
    add_community,
    import_dwellings,
    import_territory,
    set_duty_phone,
    set_supervision_phone,
)
from linli.territory.dwelling_file import read_dwellings
from linli.territory.queries import counter_sites, duty_plan
from linli.territory.reader import read_delivery
from linli.trust import SYSTEM, Role, add_account, grant_role, grids_of, set_password
from linli.trust.queries import account_by_username, zone_by_code
from linli.work import plan_schedule

MONDAY_CRON = "0 6 * * 1"
# Made-up names for the demonstration's staff.
WORKERS = ("孙伟", "何岚", "徐静", "马骏", "林可", "高敏", "罗平", "郑一")
STAFF_NAMES = {
    Role.RESIDENT: "张兰",
    Role.GRID_WORKER: "孙伟",
    Role.BUILDING_HEAD: "李梅",
    Role.VOLUNTEER: "陈晨",
    Role.DESK_CLERK: "方瑜",
    Role.COMMUNITY_MANAGER: "周敏",
    Role.DEPARTMENT_OFFICER: "胡军",
    Role.SUPERVISOR: "曹颖",
    Role.SUBDISTRICT_ANALYST: "邓辉",
    Role.PRIVACY_OFFICER: "许宁",
    Role.AUDITOR: "韩冰",
    Role.SYSTEM_ADMINISTRATOR: "吴涛",
}


@dataclass(frozen=True)
class Account:
    """A demonstration account as ``demo-accounts.json`` gives it."""

    role: str
    username: str
    password: str
    community: str


def set_up(folder: Path) -> UUID:
    """Add the community that ``folder`` delivers: territory, dwellings, counters, categories, mappings. Returns its zone id.

    Done again it changes nothing, so a load that was cut short goes on where it was.
    """
    told = json.loads((folder / "community.json").read_text("utf-8"))
    zone = zone_by_code(viewer=SYSTEM, code=told["code"])
    community = (
        zone.id
        if zone
        else add_community(
            by=SYSTEM,
            code=told["code"],
            name=told["name"],
            zone=told["zone"],
            subdistrict=told["subdistrict"]["code"],
            subdistrict_name=told["subdistrict"]["name"],
        )
    )
    first = Week.parse(told["first_week"]).back(4).monday
    import_territory(by=SYSTEM, community=community, delivery=read_delivery(folder / "territory.gpkg"), valid_from=first)
    import_dwellings(by=SYSTEM, community=community, file=read_dwellings(folder / "dwellings.csv"))
    for site in counter_sites(viewer=SYSTEM, community=community):
        add_counter(by=SYSTEM, community=community, **site)
    categories = json.loads((folder / "mappings" / "categories.json").read_text("utf-8"))
    import_categories(by=SYSTEM, community=community, categories=categories, on=first)
    for path in sorted((folder / "mappings").glob("*.json")):
        if path.name != "categories.json":
            declare_mapping(by=SYSTEM, community=community, definition=json.loads(path.read_text("utf-8")))
    plan_schedule(by=SYSTEM, community=community, job="monday", cron=MONDAY_CRON, zone=told["zone"])
    return community


def weeks_of(folder: Path) -> list[Week]:
    """The weeks that ``folder`` delivers files for, oldest first."""
    return sorted(Week.parse(path.name) for path in (folder / "inbox").iterdir() if path.is_dir())


def run_weeks(folder: Path, community: UUID, *, after: Callable[[Week, RoundResult], None] | None = None) -> list[RoundResult]:
    """Run every delivered Monday in order."""
    results = []
    for week in weeks_of(folder):
        done = run_round(by=SYSTEM, community=community, week=week, inbox=folder / "inbox" / str(week))
        results.append(done)
        if after:
            after(week, done)
    return results


def add_accounts(communities: list[tuple[str, UUID]], data: Path) -> list[Account]:
    """One account for each role in the first community, a manager and a grid worker in the others; random passwords.

    They are written to ``DATA/demo-accounts.json`` (mode 0600). Accounts that exist keep their passwords.
    """
    path = data / "demo-accounts.json"
    if path.exists():
        return [Account(**entry) for entry in json.loads(path.read_text("utf-8"))]
    accounts: list[Account] = []
    for place, (code, community) in enumerate(communities):
        labels = [(grid.code, grid.id) for grid in grids_of(viewer=SYSTEM, community=community)]
        roles = list(Role) if place == 0 else [Role.COMMUNITY_MANAGER, Role.GRID_WORKER]
        for role in roles:
            username = role.value if place == 0 else f"{role.value}_{place + 1}"
            accounts.append(_account(role, username, code, community, labels))
        _colleagues(place, community, labels)
        _publish_duties(community)
    draft = path.with_suffix(".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([vars(account) for account in accounts], file, ensure_ascii=False, indent=2)
    os.replace(draft, path)
    return accounts


def tie_resident(community: UUID, username: str = Role.RESIDENT.value) -> None:
    """Let the resident's account speak for somebody with a child at home, so that every page of a resident can be seen.

    Done again, or where nobody fits, it changes nothing.
    """
    at = moment(viewer=SYSTEM, community=community, week=Week.of(localdate()))
    homes: dict[str, list[Resident]] = {}
    for one in residents(viewer=SYSTEM, community=community, at=at):
        homes.setdefault(one.household, []).append(one)
    for household in sorted(name for name, people in homes.items() if name and len(people) > 2):
        ages = [(age_on(one.birth_month, at.day), one.person) for one in homes[household]]
        grown = sorted(person for age, person in ages if 30 <= age <= 50)
        if grown and any(age < 14 for age, _person in ages):
            with suppress(Conflict):
                tie_account(by=SYSTEM, community=community, person=grown[0], shown=Shown.IDENTITY_CARD, account=username)
            return


def _account(role: Role, username: str, code: str, community: UUID, labels: list[tuple[str, UUID]]) -> Account:
    password = secrets.token_urlsafe(9)
    name = STAFF_NAMES[role]
    found = account_by_username(viewer=SYSTEM, username=username)
    if found:
        # Only one that a load which was cut short has made: a colleague of that user name keeps account and password.
        if found.name != name:
            raise Conflict("trust.username_taken", username=username)
        set_password(by=SYSTEM, account=found.id, password=password)
    account = found.id if found else add_account(by=SYSTEM, username=username, password=password, name=name)
    if not found:
        for zone in _zones(role, community, labels):
            grant_role(by=SYSTEM, account=account, role=role, zone=zone, from_date=date(2026, 1, 1))
    return Account(role.value, username, password, code)


def _publish_duties(community: UUID) -> None:
    """The telephones that stand on the grids' cards; such numbers are given to nobody."""
    plan = duty_plan(viewer=SYSTEM, community=community, today=localdate())
    for number, worker in enumerate(plan.workers, start=1):
        set_duty_phone(by=SYSTEM, community=community, account=worker.account, phone=f"000 5550 {8000 + number}")
    set_supervision_phone(by=SYSTEM, community=community, phone="000 5550 9000")


def _zones(role: Role, community: UUID, labels: list[tuple[str, UUID]]) -> list[UUID]:
    """Where a role is held: grid workers in three grids, building heads in one, analysts in a sub-district, others everywhere."""
    if role is Role.GRID_WORKER:
        return [zone for _label, zone in labels[:3]] or [community]
    if role in (Role.BUILDING_HEAD, Role.VOLUNTEER):
        return [zone for _label, zone in labels[:1]] or [community]
    if role is Role.SUBDISTRICT_ANALYST:
        above = zone_by_code(viewer=SYSTEM, code=_subdistrict_code(community))
        return [above.id] if above else [community]
    return [community]


def _subdistrict_code(community: UUID) -> str:
    from linli.trust import communities_of

    code = next(zone.code for zone in communities_of(viewer=SYSTEM) if zone.id == community)
    return code[:9]


def _colleagues(place: int, community: UUID, labels: list[tuple[str, UUID]]) -> None:
    """The other grid workers, three grids each, so that every grid has somebody. Nobody knows their passwords."""
    groups = [labels[i : i + 3] for i in range(3, len(labels), 3)]
    for number, group in enumerate(groups):
        username = f"worker_{place + 1}_{number + 2}"
        if account_by_username(viewer=SYSTEM, username=username):
            continue
        account = add_account(
            by=SYSTEM, username=username, password=secrets.token_urlsafe(24), name=WORKERS[(number + 1) % len(WORKERS)]
        )
        for _label, zone in group:
            grant_role(by=SYSTEM, account=account, role=Role.GRID_WORKER, zone=zone, from_date=date(2026, 1, 1))
