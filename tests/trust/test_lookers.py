"""Who looked at a person: told to the person, late where telling it would warn somebody, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.ids import new_id
from linli.trust import Permission, record
from linli.trust.door import COMMANDS, command
from linli.trust.lookers import look_of, lookers
from linli.trust.models import AuditTouch, Grant

MakeActor = Callable[..., Actor]


@pytest.fixture
def act() -> Iterator[Callable[..., None]]:
    """``act(by, community, kind, ids, reason)``: one command that records one event."""
    COMMANDS.pop("test.looked", None)

    @command("test.looked", may=Permission.PERSON_SEARCH)
    def run(*, by: Actor, community: UUID, kind: str = "test.thing", ids: list[UUID] | None = None, reason: str = "") -> None:
        record(kind, ids=ids if ids is not None else [new_id()], fields=["名"], counts={"found": 1}, reason=reason)

    yield run
    COMMANDS.pop("test.looked", None)


def test_a_person_sees_who_looked(community: UUID, act: Callable[..., None], actor_for: MakeActor) -> None:
    subject, person, other = new_id(), new_id(), new_id()
    clerk = actor_for("desk_clerk", community)
    act(by=clerk, community=community, kind="register.person.opened", ids=[person], reason="asked at the counter")
    act(by=clerk, community=community, kind="register.person.opened", ids=[other])
    act(by=SYSTEM, community=community, kind="register.round", ids=[person])
    me = Actor(account=new_id(), role="resident", permissions=frozenset(), communities=frozenset({community}), subject=subject)
    rows = lookers(viewer=me, community=community, subject=subject, objects=[person])
    assert [(row.role, row.reason, row.act["zh-Hans"]) for row in rows] == [("desk_clerk", "asked at the counter", "打开了档案")]
    assert rows[0].unit["en"] == "Willow Court"
    stranger = replace(me, subject=new_id())
    assert lookers(viewer=stranger, community=community, subject=subject, objects=[person]) == []
    assert lookers(viewer=clerk, community=community, subject=subject, objects=[person]) == []
    assert lookers(viewer=actor_for("auditor", community), community=community, subject=subject, objects=[person]) == rows
    Grant.objects.all().delete()
    assert lookers(viewer=me, community=community, subject=subject, objects=[person])[0].unit == {}


def test_what_would_warn_somebody_is_told_later(community: UUID, act: Callable[..., None], actor_for: MakeActor) -> None:
    subject = new_id()
    clerk = actor_for("desk_clerk", community)
    act(by=clerk, community=community, kind="trust.compartment.minors", ids=[subject])
    act(by=clerk, community=community, kind="register.person.opened", ids=[subject])
    me = Actor(account=new_id(), role="resident", permissions=frozenset(), communities=frozenset({community}), subject=subject)
    withheld = look_of("trust.compartment.minors").withheld_days
    assert withheld > 0
    now = datetime.now(UTC)
    assert [row.kind for row in lookers(viewer=me, community=community, subject=subject)] == ["register.person.opened"]
    almost = lookers(viewer=me, community=community, subject=subject, now=now + timedelta(days=withheld, minutes=-5))
    assert len(almost) == 1
    assert len(lookers(viewer=me, community=community, subject=subject, now=now + timedelta(days=withheld, minutes=5))) == 2
    assert len(lookers(viewer=actor_for("privacy_officer", community), community=community, subject=subject)) == 2


def test_looks_are_read_page_by_page(community: UUID, act: Callable[..., None], actor_for: MakeActor) -> None:
    subject, clerk = new_id(), actor_for("desk_clerk", community)
    for number in range(7):
        act(by=clerk, community=community, ids=[subject, subject, new_id()], reason=str(number))
    auditor = actor_for("auditor", community)
    told: list[str] = []
    before = None
    while rows := lookers(viewer=auditor, community=community, subject=subject, before=before, limit=3):
        told += [row.reason for row in rows]
        before = rows[-1].event
    assert told == ["6", "5", "4", "3", "2", "1", "0"]


def test_lists_are_not_looked_up_by_person(community: UUID, act: Callable[..., None]) -> None:
    many = [new_id() for _ in range(51)]
    act(by=SYSTEM, community=community, ids=many)
    act(by=SYSTEM, community=community, ids=many[:50])
    assert AuditTouch.objects.filter(object_id__in=many).count() == 50


def test_every_look_has_words_in_both_languages() -> None:
    for kind in ("register.person.opened", "no.such.kind"):
        assert all(look_of(kind).words.values())
