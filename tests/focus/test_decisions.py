"""Decisions about findings: a task, known until a date, dismissed; by whom, within which scope, and what follows next week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from linli.focus import commands, queries
from linli.focus.models import Decision, Finding
from linli.focus.rules.kinds import Draft, FindingKind, Identity, Judgement, Ranked
from linli.kernel.actor import PUBLIC, SYSTEM, Actor
from linli.kernel.errors import BadInput, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.kernel.weeks import Week
from linli.kernel.words import Words
from linli.trust import Role, grant_role
from linli.trust import actor_for as as_actor
from linli.trust.models import Account, AuditEvent
from linli.work.commands import check_task, do_task
from tests.support.ground import lay

MakeActor = Callable[..., Actor]
WEEK = Week(date(2026, 11, 16))
LATER = timedelta(days=10)


def _ranked(rank: int, grid: str | None, matter: str | None = "road.lamp", kind: FindingKind = FindingKind.ABOVE) -> Ranked:
    title = Words("focus.title.matter", {"matter": {"en": f"Lamps {grid}", "zh-Hans": f"路灯 {grid}"}})
    reason = Words("focus.reason.above", {"seen": 9, "low": 1, "high": 5})
    draft = Draft(Identity(kind, grid, matter), 9.0, 3.0, 1.0, 5.0, 0.001, {"volume": 0.5}, title, reason, "counts-1")
    return Ranked(draft, rank, 5.0 - rank, 0.01)


def _keep(community: UUID, week: Week = WEEK, *findings: Ranked, weaker: tuple[Ranked, ...] = ()) -> None:
    judgement = Judgement(findings or (_ranked(1, "01"), _ranked(2, "02"), _ranked(3, None)), weaker, (), ())
    commands.keep_board(by=SYSTEM, community=community, week=week, snapshot="a" * 64, judgement=judgement)


def _board(viewer: Actor, community: UUID, week: Week = WEEK) -> queries.BoardView:
    found = queries.board(viewer=viewer, community=community, week=str(week), today=timezone.localdate())
    assert found is not None
    return found


@pytest.fixture
def zones(community: UUID) -> dict[str, UUID]:
    return lay(community)


@pytest.fixture
def manager(community: UUID, zones: dict[str, UUID], actor_for: MakeActor) -> Actor:
    _keep(community)
    return actor_for("community_manager", community)


@pytest.fixture
def worker(zones: dict[str, UUID], actor_for: MakeActor) -> Actor:
    return actor_for("grid_worker", zones["01"])


def _first(viewer: Actor, community: UUID) -> queries.FindingRow:
    return _board(viewer, community).findings[0]


def _task(manager: Actor, community: UUID, finding: UUID, owner: Actor) -> UUID:
    assert owner.account
    return commands.make_task(
        by=manager,
        community=community,
        finding=finding,
        owner=owner.account,
        due=timezone.localdate() + LATER,
        first_step="Go and see",
    )


@pytest.mark.django_db
def test_a_finding_becomes_a_task_of_somebody_by_a_date(community: UUID, manager: Actor, worker: Actor) -> None:
    first = _first(manager, community)
    assert first.open
    task = _task(manager, community, first.id, worker)
    row = _first(manager, community)
    assert row.task is not None
    assert (row.task.id, row.task.owner, row.task.grid, row.open) == (task, worker.account, "01", False)
    decision = Decision.objects.get()
    assert (decision.act, decision.actor, decision.role, decision.task_id) == ("task", manager.account, "community_manager", task)
    assert AuditEvent.objects.filter(command="focus.make_task", actor_id=manager.account).exists()


@pytest.mark.django_db
def test_known_until_a_date_is_off_the_board_till_then(community: UUID, manager: Actor) -> None:
    first = _first(manager, community)
    until = timezone.localdate() + LATER
    commands.know(by=manager, community=community, finding=first.id, until=until, reason="New lamps are ordered")
    board = _board(manager, community)
    assert [row.identity for row in board.known] == [first.identity]
    assert first.identity not in {row.identity for row in board.findings}
    within, after = (Week.of(until + timedelta(days=days)) for days in (0, 8))
    for week, known in ((within, True), (after, False)):
        _keep(community, week)
        assert (first.identity in {row.identity for row in _board(manager, community, week).known}) is known


@pytest.mark.django_db
def test_dismissed_is_dismissed_for_the_week_and_the_reason_is_kept(community: UUID, manager: Actor) -> None:
    first = _first(manager, community)
    commands.dismiss(by=manager, community=community, finding=first.id, reason="One man reported nine times")
    assert [row.decision.reason for row in _board(manager, community).dismissed if row.decision] == [
        "One man reported nine times"
    ]
    _keep(community, WEEK.next())
    assert first.identity in {row.identity for row in _board(manager, community, WEEK.next()).findings}
    before = queries.seen_before(viewer=manager, community=community, identity=first.identity, week=str(WEEK.next()))
    assert [row.act for row in before] == ["dismiss"]


@pytest.mark.django_db
def test_the_newest_decision_counts_and_all_are_kept(community: UUID, manager: Actor, worker: Actor) -> None:
    first = _first(manager, community)
    commands.dismiss(by=manager, community=community, finding=first.id, reason="no")
    _task(manager, community, first.id, worker)
    row = _first(manager, community)
    assert row.decision is not None
    assert row.decision.act == "task"
    assert Decision.objects.count() == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda by, c, f: commands.know(by=by, community=c, finding=f, until=timezone.localdate() + LATER, reason=" "),
        lambda by, c, f: commands.know(by=by, community=c, finding=f, until=None, reason="x"),
        lambda by, c, f: commands.know(by=by, community=c, finding=f, until=timezone.localdate() - timedelta(days=1), reason="x"),
        lambda by, c, f: commands.dismiss(by=by, community=c, finding=f, reason=""),
        lambda by, c, f: commands.make_task(by=by, community=c, finding=f, owner=new_id(), due=timezone.localdate() + LATER),
        lambda by, c, f: commands.make_task(by=by, community=c, finding=f, owner=by.account, due=date(2020, 1, 1)),
    ],
)
@pytest.mark.django_db
def test_half_a_decision_is_none(call: Callable[[Actor, UUID, UUID], Any], community: UUID, manager: Actor) -> None:
    with pytest.raises(BadInput):
        call(manager, community, _first(manager, community).id)
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_a_long_reason_is_cut_not_refused(community: UUID, manager: Actor) -> None:
    commands.dismiss(by=manager, community=community, finding=_first(manager, community).id, reason="x" * 900)
    assert len(Decision.objects.get().reason) == 500


@pytest.mark.django_db
def test_only_those_who_may_decide_do(community: UUID, manager: Actor, actor_for: MakeActor) -> None:
    finding = _first(manager, community).id
    for role in Role:
        if role is Role.COMMUNITY_MANAGER:
            continue
        with pytest.raises(NotAllowed):
            commands.dismiss(by=actor_for(role.value, community), community=community, finding=finding, reason="x")
    with pytest.raises(NotFound):
        commands.dismiss(by=PUBLIC, community=community, finding=finding, reason="x")


@pytest.mark.django_db
def test_a_deputy_decides_while_the_time_lasts_and_the_act_tells_the_role(
    community: UUID, manager: Actor, actor_for: MakeActor
) -> None:
    clerk = actor_for("desk_clerk", community)
    assert clerk.account
    today = timezone.localdate()
    grant_role(
        by=SYSTEM, account=clerk.account, role=Role.COMMUNITY_MANAGER, zone=community, from_date=today,
        to_date=today + timedelta(days=7), deputy_for=manager.account,
    )  # fmt: skip
    account = Account.objects.get(id=clerk.account)
    finding = _first(manager, community).id
    with pytest.raises(NotAllowed):
        commands.dismiss(by=clerk, community=community, finding=finding, reason="x")
    deputy = as_actor(account=account, role=Role.COMMUNITY_MANAGER)
    commands.dismiss(by=deputy, community=community, finding=finding, reason="x")
    decision = Decision.objects.get()
    assert (decision.actor, decision.role) == (clerk.account, "community_manager")
    assert as_actor(account=account, role=Role.COMMUNITY_MANAGER, today=today + timedelta(days=7)) is None


@pytest.mark.django_db
def test_whoever_decides_within_grids_decides_about_those(community: UUID, zones: dict[str, UUID], manager: Actor) -> None:
    one, two, nowhere = _board(manager, community).findings
    of_grid = replace(manager, grids=frozenset({zones["01"]}))
    for finding in (two, nowhere):
        with pytest.raises(NotFound):
            commands.dismiss(by=of_grid, community=community, finding=finding.id, reason="x")
    commands.dismiss(by=of_grid, community=community, finding=one.id, reason="x")


@pytest.mark.django_db
def test_a_grid_worker_sees_their_own_grids_with_the_ranks_of_all(community: UUID, manager: Actor, worker: Actor) -> None:
    one, two, nowhere = _board(manager, community).findings
    board = _board(worker, community)
    assert [(row.identity, row.rank) for row in board.findings] == [(one.identity, 1)]
    for finding in (two, nowhere):
        with pytest.raises(NotFound):
            queries.finding(viewer=worker, community=community, finding=finding.id, today=timezone.localdate())


@pytest.mark.django_db
def test_nothing_of_another_community_is_seen(
    community: UUID, other_community: UUID, manager: Actor, actor_for: MakeActor
) -> None:
    stranger = actor_for("community_manager", other_community)
    first = _first(manager, community)
    today = timezone.localdate()
    assert queries.board(viewer=stranger, community=community, today=today) is None
    assert queries.seen_before(viewer=stranger, community=community, identity=first.identity, week="2027-W01") == []
    for where in (community, other_community):
        with pytest.raises(NotFound):
            queries.finding(viewer=stranger, community=where, finding=first.id, today=today)
        with pytest.raises(NotFound):
            commands.dismiss(by=stranger, community=where, finding=first.id, reason="x")


@pytest.mark.django_db
def test_made_anew_the_board_keeps_ids_so_tasks_stay_with_their_finding(community: UUID, manager: Actor, worker: Actor) -> None:
    first = _first(manager, community)
    task = _task(manager, community, first.id, worker)
    _keep(community, WEEK, _ranked(1, "02"), _ranked(2, "01"), weaker=(_ranked(3, None),))
    rows = {row.identity: row for row in (*_board(manager, community).findings, *_board(manager, community).weaker)}
    again = rows[first.identity]
    assert (again.id, again.rank) == (first.id, 2)
    assert again.task is not None
    assert again.task.id == task
    assert Finding.objects.filter(board__week=str(WEEK)).count() == 3


@pytest.mark.django_db
def test_weeks_running_count_weeks_in_a_row(community: UUID, manager: Actor) -> None:
    for back in range(1, 3):
        _keep(community, WEEK.next().back(-back + 1))
    third = _board(manager, community, WEEK.next().next())
    assert {row.weeks_running for row in third.findings} == {3}
    _keep(community, WEEK.back(-3), _ranked(1, "02"))
    _keep(community, WEEK.back(-4))
    running = {row.grid: row.weeks_running for row in _board(manager, community, WEEK.back(-4)).findings}
    assert running == {"01": 1, "02": 5, None: 1}


@pytest.mark.django_db
def test_a_weaker_signal_does_not_run(community: UUID, manager: Actor) -> None:
    _keep(community, WEEK.next(), _ranked(1, "02"), weaker=(_ranked(2, "01"),))
    _keep(community, WEEK.next().next())
    running = {row.grid: row.weeks_running for row in _board(manager, community, WEEK.next().next()).findings}
    assert (running["01"], running["02"]) == (1, 3)


@pytest.mark.django_db
def test_next_week_the_matter_is_still_in_the_hands_of_an_open_task(community: UUID, manager: Actor, worker: Actor) -> None:
    task = _task(manager, community, _first(manager, community).id, worker)
    _keep(community, WEEK.next())
    row = _board(manager, community, WEEK.next()).findings[0]
    assert row.task is not None
    assert row.task.id == task
    assert not row.open
    do_task(by=worker, community=community, task=task, note="done")
    check_task(by=manager, community=community, task=task, good=True, note="checked")
    assert _board(manager, community, WEEK.next()).findings[0].open, "closed, and still there: somebody decides again"
    row = _first(manager, community)
    assert row.task is not None
    assert row.task.state == "closed"


@pytest.mark.django_db
def test_residents_are_told_what_was_taken_on_and_what_came_of_it(community: UUID, manager: Actor, worker: Actor) -> None:
    one, two, _ = _board(manager, community).findings
    task = _task(manager, community, one.id, worker)
    commands.know(by=manager, community=community, finding=two.id, until=timezone.localdate() + LATER, reason="private words")
    _keep(community, WEEK.next())
    do_task(by=worker, community=community, task=task, note="done")
    told = {str(t.grid_name): t.state for t in queries.public_attended(viewer=PUBLIC, community=community)}
    assert sorted(told.values()) == ["done", "known"]
    page = Client().get("/portal/999901001001/")
    assert page.status_code == 200
    assert "private words" not in page.content.decode()
    assert worker.name not in page.content.decode()


@pytest.mark.django_db
def test_deciding_on_the_page(community: UUID, manager: Actor, worker: Actor, signed_in: Callable[[Actor], Client]) -> None:
    finding = _first(manager, community)
    url = f"/desk/999901001001/focus/{finding.id}/"
    client = signed_in(manager)
    assert client.get(url).status_code == 200
    assert client.post(url, {"act": "dismiss"}).status_code == 200, "without a reason nothing is decided"
    assert not Decision.objects.exists()
    due = timezone.localdate() + LATER
    answer = client.post(url, {"act": "task", "owner": str(worker.account), "due": due.isoformat()})
    assert answer.status_code == 302
    assert Decision.objects.get().act == "task"
    theirs = signed_in(worker)
    assert theirs.get(url).status_code == 200
    theirs.post(url, {"act": "dismiss", "dismiss_reason": "x", "reason": "x"})
    assert Decision.objects.count() == 1, "a worker reads, and does not decide"
