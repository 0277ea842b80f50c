"""What would change very much waits for a second person, who is never the one who brought it."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django.test
import pytest
from django.db import connection
from django.utils import timezone

from linli.intake import (
    KINDS,
    BatchReport,
    Plan,
    State,
    apply_preview,
    approve,
    batch_detail,
    batches,
    declare_mapping,
    latest_batches,
    preview,
    reasons,
    take_in,
)
from linli.intake.models import Batch
from linli.intake.taking import discard_preview
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import Conflict, LinliError, NotAllowed, NotFound
from linli.kernel.words import Words, sentence
from linli.trust import walls
from tests.intake import records
from tests.intake.records import House, state

MANY = sentence("tests.houses.many", "More than every tenth house would change.")
FIRST = "编号,名称,建成,价格\nA1,柳荫苑,1985-03-07,12.50\nA2,桂花里,,\n"


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file of houses asks for a second person."""

    def careful(**given: Any) -> Plan:
        plan = records.plan_houses(**given)
        return Plan(plan.outcomes, plan.work, plan.counts, needs_second=Words(MANY))

    monkeypatch.setitem(KINDS, records.HOUSES.name, replace(records.HOUSES, plan=careful))


@pytest.fixture
def clerks(place: UUID, actor_for: Callable[..., Actor]) -> tuple[Actor, Actor]:
    return actor_for("desk_clerk", place), actor_for("desk_clerk", place)


@pytest.mark.usefixtures("strict")
def test_it_waits_and_another_account_approves(place: UUID, csv_file: Callable[..., Path], clerks: tuple[Actor, Actor]) -> None:
    one, two = clerks
    report = take_in(by=one, community=place, path=csv_file(FIRST))
    assert (report.state, report.waits, report.verdicts["new"], state()) == (State.AWAITING, True, 2, [])
    found = batch_detail(viewer=one, community=place, batch=report.batch)
    assert (found.awaits, found.by) == (Words(MANY), one.account)
    for nobody in (one, SYSTEM):
        with pytest.raises(Conflict, match="cannot approve"):
            approve(by=nobody, community=place, batch=report.batch)
    assert state() == []
    done = approve(by=two, community=place, batch=report.batch)
    assert (done.state, House.objects.count()) == (State.APPLIED, 2)
    found = batch_detail(viewer=one, community=place, batch=report.batch)
    assert (found.by, found.approved_by) == (one.account, two.account)
    with pytest.raises(Conflict):
        approve(by=two, community=place, batch=report.batch)


@pytest.mark.usefixtures("strict")
def test_a_command_behind_the_page_checks_it_again(
    place: UUID, csv_file: Callable[..., Path], clerks: tuple[Actor, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.intake import commands, taking

    report = take_in(by=clerks[0], community=place, path=csv_file(FIRST))
    monkeypatch.setattr(taking, "may_approve", lambda *_: True)
    with pytest.raises(Conflict, match="cannot approve"):
        approve(by=clerks[0], community=place, batch=report.batch)
    draft = commands.Draft(
        report.batch, Batch.objects.get().mapping_id, KINDS[records.HOUSES.name], "f", "s", 1, "", timezone.now(), timezone.now()
    )
    plan = Plan([], needs_second=Words(MANY))
    with pytest.raises(Conflict, match="second person"):
        commands.apply_batch(by=clerks[0], community=place, draft=draft, plan=plan, results=commands.Results([]))
    assert state() == []


@pytest.mark.usefixtures("strict")
def test_what_the_inbox_brought_any_clerk_may_approve_and_it_waits_once(
    place: UUID, csv_file: Callable[..., Path], clerks: tuple[Actor, Actor], actor_for: Callable[..., Actor],
    other_community: UUID,
) -> None:  # fmt: skip
    first = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    again = take_in(by=SYSTEM, community=place, path=csv_file(FIRST))
    assert (again.batch, again.again, again.waits, Batch.objects.count()) == (first.batch, True, True, 1)
    assert preview(by=clerks[0], community=place, path=csv_file(FIRST)).batch == first.batch
    with pytest.raises(NotAllowed):
        approve(by=actor_for("grid_worker", place), community=place, batch=first.batch)
    with pytest.raises(NotFound):
        approve(by=actor_for("desk_clerk", other_community), community=place, batch=first.batch)
    assert approve(by=clerks[0], community=place, batch=first.batch).state is State.APPLIED
    assert take_in(by=SYSTEM, community=place, path=csv_file(FIRST)).state is State.APPLIED


@pytest.mark.usefixtures("strict")
def test_a_preview_that_is_written_waits_and_can_be_thrown_away(
    place: UUID, csv_file: Callable[..., Path], clerks: tuple[Actor, Actor]
) -> None:
    seen = preview(by=clerks[0], community=place, path=csv_file(FIRST))
    assert batch_detail(viewer=SYSTEM, community=place, batch=seen.batch).awaits == Words(MANY)
    waiting = apply_preview(by=clerks[1], community=place, batch=seen.batch)
    assert (waiting.state, waiting.batch) == (State.AWAITING, seen.batch)
    with pytest.raises(Conflict, match="cannot approve"):
        approve(by=clerks[1], community=place, batch=seen.batch)
    discard_preview(by=clerks[1], community=place, batch=seen.batch)
    assert (state(), Batch.objects.count()) == ([], 0)


@pytest.mark.usefixtures("strict")
def test_what_is_no_longer_true_is_looked_at_anew(
    place: UUID, csv_file: Callable[..., Path], clerks: tuple[Actor, Actor]
) -> None:
    report = take_in(by=clerks[0], community=place, path=csv_file(FIRST))
    House.objects.create(community=place, code="A1", name="柳荫里")
    with pytest.raises(Conflict, match="Since the preview"):
        approve(by=clerks[1], community=place, batch=report.batch)
    found = batch_detail(viewer=SYSTEM, community=place, batch=report.batch)
    assert (found.state, found.by, found.verdicts["changed"]) == (State.AWAITING, clerks[0].account, 1)
    assert approve(by=clerks[1], community=place, batch=report.batch).verdicts["changed"] == 1


@pytest.mark.usefixtures("strict")
def test_the_page_asks_the_second_person(
    place: UUID, csv_file: Callable[..., Path], clerks: tuple[Actor, Actor], signed_in: Callable[..., django.test.Client]
) -> None:
    report = take_in(by=clerks[0], community=place, path=csv_file(FIRST))
    address = f"/desk/999901001001/imports/{report.batch}/"
    own = signed_in(clerks[0]).get(address).content.decode()
    assert "More than every tenth house would change." in own
    assert 'value="approve"' not in own
    other = signed_in(clerks[1])
    assert 'value="approve"' in other.get(address).content.decode()
    assert other.post(address, {"act": "approve"}).status_code == 302
    assert House.objects.count() == 2
    assert "approved by" in other.get(address).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_same_file_from_two_clerks_at_once_counts_once(
    place: UUID, csv_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have planned before either writes; one is told that the file was taken in already."""
    together = threading.Barrier(2, timeout=20)
    waited = threading.local()

    def slow(**given: Any) -> Plan:
        plan = records.plan_houses(**given)
        if not getattr(waited, "once", False):
            waited.once = True
            together.wait()
        return plan

    monkeypatch.setitem(KINDS, records.HOUSES.name, replace(records.HOUSES, plan=slow))
    path = csv_file(FIRST)
    answers: list[BatchReport | LinliError] = []

    def clerk() -> None:
        try:
            with walls.everything(SYSTEM):
                answers.append(take_in(by=SYSTEM, community=place, path=path))
        except LinliError as fault:
            answers.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=contextvars.copy_context().run, args=(clerk,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    reports = [a for a in answers if isinstance(a, BatchReport)]
    assert sorted(r.again for r in reports) == [False, True]
    assert (House.objects.count(), Batch.objects.count()) == (2, 1)


def test_a_clock_that_went_back_loses_nothing(place: UUID, csv_file: Callable[..., Path]) -> None:
    now = timezone.now()
    take_in(by=SYSTEM, community=place, path=csv_file(FIRST), received_at=now)
    second = FIRST.replace("桂花里", "桂花东里")
    early = now - timedelta(days=400)
    late = take_in(by=SYSTEM, community=place, path=csv_file(second, name="房屋_2.csv"), received_at=early, as_of=early)
    assert late.verdicts["changed"] == 1
    listed = batches(viewer=SYSTEM, community=place)
    assert listed[0].id == late.batch
    latest = latest_batches(viewer=SYSTEM, community=place)[records.HOUSES.name]
    assert latest.id != late.batch
    assert House.objects.get(code="A2").name == "桂花东里"


def test_ten_thousand_rows_with_the_number_0(place: UUID, csv_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.intake import parse

    kind = KINDS[records.HOUSES.name]
    fields = tuple(replace(f, parse=parse.citizen_number) if f.name == "code" else f for f in kind.fields)
    monkeypatch.setitem(KINDS, kind.name, replace(kind, fields=fields))
    declare_mapping(by=SYSTEM, community=place, definition=records.MAPPING)
    rows = "".join(f"0,甲{n},,\n" for n in range(10_000))
    report = take_in(by=SYSTEM, community=place, path=csv_file("编号,名称,建成,价格\n" + rows))
    assert (report.verdicts["refused"], state()) == (10_000, [])
    told = reasons(viewer=SYSTEM, community=place, batch=report.batch)
    assert [(words.key, rows) for words, rows in told] == [("intake.cell.id_length", 10_000)]
