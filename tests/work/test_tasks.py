"""Tasks in the database: whose they are, who may do and check them, and that their state follows from their events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, LinliError, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.kernel.words import Words
from linli.trust import Role, grant_role
from linli.work import queries
from linli.work.commands import add_task, check_task, do_task
from linli.work.models import Task, TaskEvent
from linli.work.rules import TaskAct, derive
from tests.support.zones import add_community, add_grid

MakeActor = Callable[..., Actor]
TITLE = Words("focus.title.matter", {"matter": {"en": "Lamps", "zh-Hans": "路灯"}}).as_json()
DUE = date(2026, 12, 4)


@pytest.fixture
def manager(community: UUID, actor_for: MakeActor) -> Actor:
    return actor_for("community_manager", community)


@pytest.fixture
def grids(community: UUID) -> dict[str, UUID]:
    return {label: add_grid(community, label) for label in ("01", "02")}


@pytest.fixture
def workers(grids: dict[str, UUID], actor_for: MakeActor) -> dict[str, Actor]:
    return {label: actor_for("grid_worker", zone) for label, zone in grids.items()}


def _give(manager: Actor, community: UUID, owner: Actor, grid: UUID | None = None) -> UUID:
    assert owner.account
    return add_task(by=manager, community=community, title=TITLE, owner=owner.account, due=DUE, grid=grid)


@pytest.mark.django_db
def test_a_task_is_done_by_its_owner_and_checked_by_somebody_else(
    community: UUID, manager: Actor, workers: dict[str, Actor], grids: dict[str, UUID]
) -> None:
    task = _give(manager, community, workers["01"], grids["01"])
    with pytest.raises(NotAllowed):
        do_task(by=manager, community=community, task=task, note="")
    do_task(by=workers["01"], community=community, task=task, note="Lamp changed")
    with pytest.raises(NotAllowed):
        check_task(by=workers["01"], community=community, task=task, good=True, note="")
    check_task(by=manager, community=community, task=task, good=False, note="Still dark")
    do_task(by=workers["01"], community=community, task=task, note="Fuse")
    check_task(by=manager, community=community, task=task, good=True, note="Bright")
    row, history = queries.task(viewer=manager, community=community, task=task, today=DUE)
    assert row.state == "closed"
    assert [event.act for event in history] == ["assign", "do", "send_back", "do", "check"]
    assert [event.role for event in history] == [
        "community_manager", "grid_worker", "community_manager", "grid_worker", "community_manager"
    ]  # fmt: skip
    with pytest.raises(Conflict):
        do_task(by=workers["01"], community=community, task=task, note="")


@pytest.mark.django_db
def test_who_did_it_cannot_check_it_in_another_role(community: UUID, manager: Actor) -> None:
    assert manager.account
    task = _give(manager, community, manager)
    do_task(by=manager, community=community, task=task, note="")
    grant_role(by=SYSTEM, account=manager.account, role=Role.SUPERVISOR, zone=community, from_date=date(2026, 1, 5))
    from linli.trust import actor_for
    from linli.trust.models import Account

    supervisor = actor_for(account=Account.objects.get(id=manager.account), role=Role.SUPERVISOR)
    assert supervisor is not None
    with pytest.raises(NotAllowed):
        check_task(by=supervisor, community=community, task=task, good=True, note="")


@pytest.mark.django_db
def test_a_task_goes_to_somebody_who_works_here(
    community: UUID, other_community: UUID, manager: Actor, actor_for: MakeActor
) -> None:
    for stranger in (
        actor_for("grid_worker", other_community),
        actor_for("resident", community),
        actor_for("auditor", community),
    ):
        with pytest.raises(BadInput):
            _give(manager, community, stranger)
    with pytest.raises(NotFound):
        _give(manager, community, manager, add_grid(other_community, "01"))
    with pytest.raises(NotFound):
        _give(manager, other_community, manager)
    assert not Task.objects.exists()


@pytest.mark.django_db
def test_only_those_who_may_assign_do(community: UUID, manager: Actor, workers: dict[str, Actor], actor_for: MakeActor) -> None:
    for role in ("desk_clerk", "supervisor", "department_officer", "auditor", "system_administrator", "resident"):
        with pytest.raises(NotAllowed):
            _give(actor_for(role, community), community, workers["01"])
    with pytest.raises(NotAllowed):
        _give(workers["01"], community, workers["01"])


@pytest.mark.django_db
def test_a_grid_worker_sees_their_own_tasks_and_their_grids(
    community: UUID, manager: Actor, workers: dict[str, Actor], grids: dict[str, UUID]
) -> None:
    here = _give(manager, community, workers["01"], grids["01"])
    there = _give(manager, community, workers["02"], grids["02"])
    nowhere = _give(manager, community, workers["02"])
    lent = _give(manager, community, workers["01"], grids["02"])

    def seen(viewer: Actor) -> set[UUID]:
        return {row.id for row in queries.worklist(viewer=viewer, community=community, today=DUE, which="open")}

    assert seen(manager) == {here, there, nowhere, lent}
    assert seen(workers["01"]) == {here, lent}
    assert seen(workers["02"]) == {there, nowhere, lent}
    with pytest.raises(NotFound):
        queries.task(viewer=workers["01"], community=community, task=there, today=DUE)
    with pytest.raises(NotFound):
        do_task(by=workers["01"], community=community, task=there, note="")
    assert set(queries.tasks_by_id(viewer=workers["01"], community=community, tasks=[here, there], today=DUE)) == {here}


@pytest.mark.django_db
def test_a_clerk_sees_their_own_tasks_only(
    community: UUID, manager: Actor, workers: dict[str, Actor], actor_for: MakeActor
) -> None:
    clerk = actor_for("department_officer", community)
    mine = _give(manager, community, clerk)
    _give(manager, community, workers["01"])
    rows = queries.worklist(viewer=clerk, community=community, today=DUE, which="open")
    assert [row.id for row in rows] == [mine]
    assert queries.task_counts(viewer=clerk, community=community) == {"mine": 1, "check": 0, "open": 1, "closed": 0}


@pytest.mark.django_db
def test_nothing_of_another_community_is_seen(
    community: UUID, other_community: UUID, manager: Actor, actor_for: MakeActor
) -> None:
    task = _give(manager, community, manager)
    stranger = actor_for("community_manager", other_community)
    for where in (community, other_community):
        assert queries.worklist(viewer=stranger, community=where, today=DUE, which="open") == []
        assert queries.task_counts(viewer=stranger, community=where)["open"] == 0
        assert queries.tasks_by_id(viewer=stranger, community=where, tasks=[task], today=DUE) == {}
        with pytest.raises(NotFound):
            queries.task(viewer=stranger, community=where, task=task, today=DUE)
        with pytest.raises(NotFound):
            check_task(by=stranger, community=where, task=task, good=True, note="")


@pytest.mark.django_db
def test_late_is_the_day_after_its_date(community: UUID, manager: Actor) -> None:
    _give(manager, community, manager)
    late = [queries.worklist(viewer=manager, community=community, today=day)[0].late for day in (DUE, DUE + timedelta(days=1))]
    assert late == [False, True]


@pytest.mark.django_db
def test_the_lists_agree_with_their_counts(
    community: UUID, manager: Actor, workers: dict[str, Actor], grids: dict[str, UUID]
) -> None:
    tasks = [_give(manager, community, workers["01"], grids["01"]) for _ in range(4)]
    for task in tasks[:2]:
        do_task(by=workers["01"], community=community, task=task, note="")
    check_task(by=manager, community=community, task=tasks[0], good=True, note="")
    for viewer in (manager, workers["01"], workers["02"]):
        counts = queries.task_counts(viewer=viewer, community=community)
        for which, n in counts.items():
            assert len(queries.worklist(viewer=viewer, community=community, today=DUE, which=which)) == n, (viewer.role, which)
    assert queries.task_counts(viewer=manager, community=community) == {"mine": 0, "check": 1, "open": 2, "closed": 1}
    assert queries.task_counts(viewer=workers["01"], community=community)["check"] == 0, "nobody is asked to check their own work"


@pytest.mark.django_db
@given(acts=st.lists(st.tuples(st.sampled_from(["do", "check", "send_back"]), st.integers(0, 2)), max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_stored_state_is_what_the_events_derive(
    acts: list[tuple[str, int]], community: UUID, actor_for: MakeActor, people: dict[str, Any]
) -> None:
    """Whatever is tried, in whatever order, by whomever: refused or written, state and events never part."""
    everybody: list[Actor] = people["actors"]
    task = _give(everybody[0], community, everybody[1])
    for act, who in acts:
        call: Callable[[], None] = {
            "do": lambda who=who: do_task(by=everybody[who], community=community, task=task, note="x"),
            "check": lambda who=who: check_task(by=everybody[who], community=community, task=task, good=True, note="x"),
            "send_back": lambda who=who: check_task(by=everybody[who], community=community, task=task, good=False, note="x"),
        }[act]
        try:
            call()
        except LinliError:
            continue
    events = list(TaskEvent.objects.filter(task=task).order_by("id"))
    stored = Task.objects.get(id=task)
    assert derive(TaskAct(event.act) for event in events) == stored.state
    done = [event for event in events if event.act == "do"]
    assert stored.done_by == (done[-1].actor if done else None)
    for place, event in enumerate(events):
        if event.act in ("check", "send_back"):
            doer = next(e.actor for e in reversed(events[:place]) if e.act == "do")
            assert event.actor != doer


@pytest.fixture
def people(community: UUID, actor_for: MakeActor) -> dict[str, Any]:
    return {
        "actors": [
            actor_for("community_manager", community),
            actor_for("desk_clerk", community),
            actor_for("supervisor", community),
        ]
    }


@pytest.mark.django_db
def test_done_and_checked_through_the_pages(
    community: UUID, manager: Actor, actor_for: MakeActor, signed_in: Callable[[Actor], Client]
) -> None:
    worker = actor_for("desk_clerk", community)
    task = _give(manager, community, worker)
    url = f"/desk/999901001001/work/{task}/"
    mine, theirs = signed_in(worker), signed_in(manager)
    assert "路灯" in mine.get("/field/999901001001/", headers={"accept-language": "zh-hans"}).content.decode()
    assert mine.post(url, {"act": "do", "note": ""}).status_code == 200, "a note is needed"
    assert mine.post(url, {"act": "do", "note": "changed"}).status_code == 302
    assert mine.post(url, {"act": "good", "note": "fine"}).status_code == 200, "one's own work is not checked by oneself"
    assert Task.objects.get(id=task).state == "done"
    assert theirs.post(url, {"act": "good", "note": "fine"}).status_code == 302
    assert Task.objects.get(id=task).state == "closed"
    assert theirs.get(f"/desk/999901001001/work/{new_id()}/").status_code == 404


@pytest.mark.django_db
def test_a_task_belongs_to_its_community_even_in_the_address(community: UUID, actor_for: MakeActor) -> None:
    """Somebody of two communities finds a task below its own address only."""
    second = add_community("999901001002", "Bridge Lane", "桥巷")
    manager = actor_for("community_manager", community)
    task = _give(manager, community, manager)
    assert manager.account
    grant_role(by=SYSTEM, account=manager.account, role=Role.COMMUNITY_MANAGER, zone=second, from_date=timezone.localdate())
    from linli.trust import actor_for as again
    from linli.trust.models import Account

    both = again(account=Account.objects.get(id=manager.account))
    assert both is not None
    with pytest.raises(NotFound):
        queries.task(viewer=both, community=second, task=task, today=DUE)
    with pytest.raises(NotFound):
        do_task(by=both, community=second, task=task, note="")
