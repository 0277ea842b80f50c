"""The door of every write: permission, scope, one transaction, an audit event; and who may give what to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from linli.kernel.actor import PUBLIC, SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.trust import Permission, Role, ZoneKind, actor_for, grant_role, record
from linli.trust.commands import add_account, add_token, add_zone, answer_once, end_role, end_token, root_zone, set_password
from linli.trust.door import COMMANDS, command
from linli.trust.models import Account, ApiToken, AuditEvent, Grant, KeptAnswer, Zone
from linli.trust.queries import audit_events, holders, reaches, roles_of
from tests.support.zones import PASSWORD, add_grid

MakeActor = Callable[..., Actor]
MONDAY = date(2026, 11, 16)


@pytest.fixture
def try_command() -> Iterator[Callable[..., Any]]:
    """``try_command(body)``: the body as a command called ``test.act``; forgotten again afterwards."""

    def make(body: Callable[..., Any], *, may: Permission = Permission.FOCUS_DECIDE, system: bool = False) -> Callable[..., Any]:
        COMMANDS.pop("test.act", None)
        return command("test.act", may=may, system=system)(body)

    yield make
    COMMANDS.pop("test.act", None)


def test_a_command_takes_keywords_an_actor_and_a_community(try_command: Callable[..., Any]) -> None:
    def positional(by: Actor, community: UUID) -> None: ...

    def nobody(*, community: UUID) -> None: ...

    def nowhere(*, by: Actor) -> None: ...

    for body in (positional, nobody, nowhere):
        with pytest.raises(TypeError):
            try_command(body)


@pytest.mark.django_db
def test_what_is_no_actor_and_no_community_is_refused(try_command: Callable[..., Any], community: UUID) -> None:
    def act(*, by: Actor, community: UUID) -> None:
        record("test.thing")

    run = try_command(act)
    for bad in (
        {"by": None, "community": community},
        {"by": SYSTEM, "community": None},
        {"by": SYSTEM, "community": str(community)},
    ):
        with pytest.raises(TypeError):
            run(**bad)
    with pytest.raises(TypeError):
        run(by=SYSTEM)


@pytest.mark.django_db
def test_without_an_audit_event_nothing_stays(try_command: Callable[..., Any], community: UUID) -> None:
    def act(*, by: Actor, community: UUID) -> None:
        Zone.objects.filter(id=community).update(code="changed")

    with pytest.raises(RuntimeError, match="recorded no audit event"):
        try_command(act)(by=SYSTEM, community=community)
    assert Zone.objects.get(id=community).code != "changed"


@pytest.mark.django_db
def test_a_fault_takes_everything_back_and_leaves_no_event(try_command: Callable[..., Any], community: UUID) -> None:
    def act(*, by: Actor, community: UUID) -> None:
        record("test.thing")
        Zone.objects.filter(id=community).update(code="changed")
        raise Conflict("test.conflict")

    with pytest.raises(Conflict):
        try_command(act)(by=SYSTEM, community=community)
    assert not AuditEvent.objects.filter(command="test.act").exists()
    assert Zone.objects.get(id=community).code != "changed"


@pytest.mark.django_db
def test_scope_comes_before_permission(
    try_command: Callable[..., Any], community: UUID, other_community: UUID, actor_for: MakeActor
) -> None:
    """Out of scope is not found, whatever the role may do: nothing tells that it exists."""

    def act(*, by: Actor, community: UUID) -> None:
        record("test.thing")

    run = try_command(act)
    manager, worker = actor_for("community_manager", community), actor_for("grid_worker", community)
    run(by=manager, community=community)
    for actor in (manager, worker, PUBLIC):
        with pytest.raises(NotFound):
            run(by=actor, community=other_community)
        with pytest.raises(NotFound):
            run(by=actor, community=new_id())
    with pytest.raises(NotAllowed):
        run(by=worker, community=community)


@pytest.mark.django_db
def test_the_event_tells_who_in_which_role_and_where(
    try_command: Callable[..., Any], community: UUID, actor_for: MakeActor
) -> None:
    thing = new_id()

    def act(*, by: Actor, community: UUID) -> None:
        record("test.thing", ids=[thing], fields=["state"], counts={"n": 2}, reason="because")

    manager = actor_for("community_manager", community)
    try_command(act)(by=manager, community=community)
    event = AuditEvent.objects.get(command="test.act")
    assert (event.actor_id, event.role, event.community_id) == (manager.account, "community_manager", community)
    assert (event.kind, event.ids, event.fields, event.counts, event.reason) == (
        "test.thing", [str(thing)], ["state"], {"n": 2}, "because"
    )  # fmt: skip


@pytest.mark.django_db
def test_a_command_within_a_command_keeps_a_trail_of_its_own(try_command: Callable[..., Any], community: UUID) -> None:
    def act(*, by: Actor, community: UUID) -> None:
        record("test.before")
        add_zone(by=by, kind=ZoneKind.GRID, code="77", name={"en": "Grid 77"}, parent=community)
        record("test.after")

    before = AuditEvent.objects.filter(command="trust.add_zone").count()
    try_command(act)(by=SYSTEM, community=community)
    assert sorted(AuditEvent.objects.filter(command="test.act").values_list("kind", flat=True)) == ["test.after", "test.before"]
    assert AuditEvent.objects.filter(command="trust.add_zone").count() == before + 1


def test_events_are_recorded_inside_commands_only() -> None:
    with pytest.raises(RuntimeError):
        record("test.thing")


@pytest.mark.django_db
def test_a_role_holds_between_its_dates(community: UUID) -> None:
    account = add_account(by=SYSTEM, username="mei", password=PASSWORD)
    grant_role(
        by=SYSTEM, account=account, role=Role.DESK_CLERK, zone=community, from_date=date(2026, 3, 2), to_date=date(2026, 3, 9)
    )
    held = {day: roles_of(account=account, today=date(2026, 3, day)) for day in (1, 2, 8, 9)}
    assert held == {1: [], 2: [Role.DESK_CLERK], 8: [Role.DESK_CLERK], 9: []}
    assert actor_for(account=Account.objects.get(id=account), role=Role.DESK_CLERK, today=date(2026, 3, 9)) is None


@pytest.mark.django_db
def test_a_deputy_stands_in_until_a_date_and_is_named_as_one(community: UUID) -> None:
    chief = add_account(by=SYSTEM, username="chief", password=PASSWORD, name="Chief")
    deputy = add_account(by=SYSTEM, username="deputy", password=PASSWORD)
    grant = {"by": SYSTEM, "account": deputy, "role": Role.COMMUNITY_MANAGER, "zone": community, "from_date": MONDAY}
    with pytest.raises(BadInput):
        grant_role(**grant, deputy_for=chief)  # type: ignore[arg-type]
    grant_role(**grant, deputy_for=chief, to_date=MONDAY + timedelta(days=7))  # type: ignore[arg-type]
    (row,) = holders(viewer=SYSTEM, community=community, roles=[Role.COMMUNITY_MANAGER], today=MONDAY)
    assert (row["account"], row["deputy_for"], row["until"]) == (deputy, "Chief", date(2026, 11, 23))
    actor = actor_for(account=Account.objects.get(id=deputy), today=MONDAY)
    assert actor is not None
    assert actor.may(Permission.FOCUS_DECIDE)
    assert actor_for(account=Account.objects.get(id=deputy), today=MONDAY + timedelta(days=7)) is None


@pytest.mark.django_db
def test_whoever_left_takes_no_work(community: UUID, actor_for: MakeActor) -> None:
    worker = actor_for("grid_worker", community)
    Account.objects.filter(id=worker.account).update(is_active=False)
    assert holders(viewer=SYSTEM, community=community, roles=[Role.GRID_WORKER]) == []


@pytest.mark.django_db
def test_several_roles_of_one_account_act_one_at_a_time(community: UUID) -> None:
    account = add_account(by=SYSTEM, username="both", password=PASSWORD)
    grid = add_grid(community, "01")
    grant_role(by=SYSTEM, account=account, role=Role.AUDITOR, zone=community, from_date=MONDAY)
    grant_role(by=SYSTEM, account=account, role=Role.GRID_WORKER, zone=grid, from_date=MONDAY)
    made = Account.objects.get(id=account)
    auditor, worker = (actor_for(account=made, role=role, today=MONDAY) for role in (Role.AUDITOR, Role.GRID_WORKER))
    assert auditor is not None
    assert worker is not None
    assert (auditor.grids, worker.grids) == (None, frozenset({grid}))
    assert auditor.may(Permission.AUDIT_READ)
    assert not worker.may(Permission.AUDIT_READ)
    assert not auditor.may(Permission.TASK_DO)


@pytest.mark.django_db
def test_an_administrator_gives_nothing_beyond_their_own_reach(
    community: UUID, other_community: UUID, actor_for: MakeActor
) -> None:
    """Of another community they can neither give a role nor end one, nor make a token that opens it, nor add a zone there."""
    administrator = actor_for("system_administrator", community)
    stranger = actor_for("community_manager", other_community)
    assert stranger.account
    theirs = Grant.objects.get(account=stranger.account)
    subdistrict = Zone.objects.get(id=community).parent_id
    assert subdistrict
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    for zone in (other_community, subdistrict, new_id()):
        with pytest.raises(NotFound):
            grant_role(
                by=administrator, account=stranger.account, role=Role.COMMUNITY_MANAGER, zone=zone, from_date=date(2026, 1, 1)
            )
    with pytest.raises(NotFound):
        end_role(by=administrator, grant=theirs.id, on=date(2026, 11, 20))
    with pytest.raises(NotFound):
        add_token(by=administrator, account=stranger.account, role=Role.COMMUNITY_MANAGER, label="x", expires_at=in_an_hour)
    for above in (other_community, subdistrict, None):
        with pytest.raises(NotFound):
            add_zone(by=administrator, kind=ZoneKind.GRID, code="66", name={"en": "66"}, parent=above)
    with pytest.raises(NotFound):
        root_zone(by=administrator)
    own = actor_for("desk_clerk", community)
    assert own.account
    grant_role(by=administrator, account=own.account, role=Role.AUDITOR, zone=community, from_date=MONDAY)
    assert add_token(by=administrator, account=own.account, role=Role.AUDITOR, label="x", expires_at=in_an_hour)


@pytest.mark.django_db
def test_an_administrator_of_the_installation_reaches_every_community(community: UUID, other_community: UUID) -> None:
    account = add_account(by=SYSTEM, username="first", password=PASSWORD)
    grant_role(by=SYSTEM, account=account, role=Role.SYSTEM_ADMINISTRATOR, zone=root_zone(by=SYSTEM), from_date=date(2026, 1, 5))
    first = actor_for(account=Account.objects.get(id=account))
    assert first is not None
    assert first.communities == {community, other_community}
    assert all(reaches(viewer=first, zone=zone) for zone in Zone.objects.all())
    later = add_zone(by=first, kind=ZoneKind.COMMUNITY, code="999901001009", name={"en": "Later"})
    again = actor_for(account=Account.objects.get(id=account))
    assert again is not None
    assert later in (again.communities or ())


@pytest.mark.django_db
def test_a_grant_ends_on_its_day_and_one_not_begun_is_taken_back(community: UUID, actor_for: MakeActor) -> None:
    clerk = actor_for("desk_clerk", community, today=MONDAY)
    grant = Grant.objects.get(account=clerk.account)
    end_role(by=SYSTEM, grant=grant.id, on=MONDAY + timedelta(days=1))
    assert clerk.account
    assert roles_of(account=clerk.account, today=MONDAY) == [Role.DESK_CLERK]
    assert roles_of(account=clerk.account, today=MONDAY + timedelta(days=1)) == []
    end_role(by=SYSTEM, grant=grant.id, on=MONDAY)
    assert not Grant.objects.filter(id=grant.id).exists()


@pytest.mark.django_db
def test_acts_on_accounts_stand_in_the_trail_of_the_community(community: UUID, actor_for: MakeActor) -> None:
    actor_for("desk_clerk", community)
    kinds = [event.kind for event in audit_events(viewer=SYSTEM, community=community)]
    assert "trust.grant" in kinds


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("", PASSWORD),
        ("a b", PASSWORD),
        ("x" * 151, PASSWORD),
        ("mei", "short"),
        ("mei", "password12"),
        ("longusername", "longusername"),
    ],
)
@pytest.mark.django_db
def test_bad_names_and_weak_passwords_make_no_account(username: str, password: str) -> None:
    with pytest.raises(BadInput):
        add_account(by=SYSTEM, username=username, password=password)
    assert not Account.objects.exists()


@pytest.mark.django_db
def test_a_name_is_taken_in_any_case() -> None:
    add_account(by=SYSTEM, username="Mei", password=PASSWORD)
    with pytest.raises(BadInput):
        add_account(by=SYSTEM, username="mei", password=PASSWORD)


@pytest.mark.django_db
def test_of_a_token_only_the_digest_is_kept_and_it_ends_at_once(community: UUID, actor_for: MakeActor) -> None:
    manager = actor_for("community_manager", community)
    assert manager.account
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    secret = add_token(by=SYSTEM, account=manager.account, role=Role.COMMUNITY_MANAGER, label="x", expires_at=in_an_hour)
    token = ApiToken.objects.get()
    assert secret not in "".join(str(value) for value in vars(token).values())
    end_token(by=SYSTEM, token=token.id)
    token.refresh_from_db()
    assert token.expires_at <= datetime.now(UTC)
    with pytest.raises(NotFound):
        add_token(by=SYSTEM, account=manager.account, role=Role.AUDITOR, label="x", expires_at=in_an_hour)


@pytest.mark.django_db
def test_a_password_is_changed_by_whom_the_account_is_within_reach_of(
    community: UUID, other_community: UUID, actor_for: MakeActor
) -> None:
    manager = actor_for("community_manager", community)
    assert manager.account
    stranger = actor_for("system_administrator", other_community)
    with pytest.raises(NotFound):
        set_password(by=stranger, account=manager.account, password="quite-another-one")
    with pytest.raises(BadInput):
        set_password(by=SYSTEM, account=manager.account, password="short")
    set_password(by=actor_for("system_administrator", community), account=manager.account, password="quite-another-one")
    assert Account.objects.get(id=manager.account).check_password("quite-another-one")
    assert AuditEvent.objects.filter(command="trust.set_password", fields=["password"]).count() == 1


@pytest.mark.django_db
def test_a_call_sent_twice_counts_once(community: UUID, actor_for: MakeActor) -> None:
    manager = actor_for("community_manager", community)
    done = []

    def act() -> dict[str, Any]:
        done.append(1)
        return {"n": len(done)}

    call = {"by": manager, "community": community, "key": "key-0001", "act": act}
    assert answer_once(**call, digest="a" * 64) == {"n": 1}  # type: ignore[arg-type]
    assert answer_once(**call, digest="a" * 64) == {"n": 1}  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        answer_once(**call, digest="b" * 64)  # type: ignore[arg-type]
    assert done == [1]
    other = replace(manager, account=actor_for("desk_clerk", community).account)
    assert answer_once(**{**call, "by": other}, digest="b" * 64) == {"n": 2}  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_call_that_failed_may_be_sent_again(community: UUID, actor_for: MakeActor) -> None:
    manager = actor_for("community_manager", community)

    def fail() -> dict[str, Any]:
        raise BadInput("test.bad")

    with pytest.raises(BadInput), transaction.atomic():
        answer_once(by=manager, community=community, key="key-0001", digest="a" * 64, act=fail)
    assert not KeptAnswer.objects.exists()
    assert answer_once(by=manager, community=community, key="key-0001", digest="a" * 64, act=lambda: {"ok": 1}) == {"ok": 1}


@pytest.mark.django_db
def test_strangers_have_nothing_answered_once(community: UUID) -> None:
    stranger = replace(PUBLIC, communities=frozenset({community}))
    with pytest.raises(NotAllowed):
        answer_once(by=stranger, community=community, key="key-0001", digest="a" * 64, act=dict)


@pytest.mark.django_db
def test_the_trail_of_a_community_is_not_for_those_who_work_in_one_grid(community: UUID, actor_for: MakeActor) -> None:
    grid = add_grid(community, "09")
    assert audit_events(viewer=actor_for("auditor", community), community=community)
    assert audit_events(viewer=actor_for("auditor", grid), community=community) == []
