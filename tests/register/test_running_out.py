"""Papers that run out: who is on the list and who isn't, what the figures say, and what a resident reads of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.models import Permit, PermitApplication, Person, Residence
from linli.register.queries.mine import my_data
from linli.register.queries.record import person_record
from linli.register.queries.running_out import running_out, running_out_summary
from linli.register.rules.by_hand import Place, Refused
from linli.register.rules.permits import Ground, Paper
from linli.register.rules.permits import Permit as Held
from linli.register.rules.running_out import Matter, of_document, of_permit, summed
from tests.register.ground import Town
from tests.register.hands import TODAY, register, said

CODE = "999901001001"
PROOF = [Paper.IDENTITY, Paper.PHOTO, Paper.PROOF_OF_ADDRESS, Paper.PROOF_OF_EMPLOYMENT]


def at(name: str, **rest: object) -> str:
    return reverse(f"register:{name}", kwargs={"code": CODE, **rest})


@given(st.integers(-400, 400), st.integers(0, 200))
def test_a_document_is_listed_once_its_end_is_near_enough(left: int, ahead: int) -> None:
    day = date(2026, 3, 2)
    due = of_document(new_id(), "111", day + timedelta(days=left), day, day + timedelta(days=ahead))
    assert (due is not None) == (left <= ahead)
    if due is not None:
        assert due.left == left
        assert due.fresh == any(-7 < left - step <= 0 for step in (90, 30, 0))


def test_a_permit_is_listed_from_the_month_of_its_endorsement_on() -> None:
    person, permit = new_id(), Held(date(2025, 3, 20))
    assert of_permit(person, permit, date(2026, 1, 1), date(2026, 1, 29)) is None
    ahead = of_permit(person, permit, date(2026, 2, 1), date(2026, 3, 1))
    assert ahead is not None
    assert (ahead.day, ahead.left, ahead.fresh) == (date(2026, 3, 20), 47, False)
    opened = of_permit(person, permit, date(2026, 2, 22), date(2026, 3, 1))
    assert opened is not None
    assert opened.fresh
    late = of_permit(person, permit, date(2026, 4, 1), date(2026, 4, 2))
    assert late is not None
    assert late.left < 0
    assert summed([opened, late]).past == 1


@pytest.fixture
def house(town: Town, clerk: Actor) -> list[UUID]:
    """Three whose cards run out soon, next year, or never."""
    people = [
        said("张大山", document_expires=TODAY + timedelta(days=20)),
        said("李小兰", "12", birth=date(1956, 5, 1), sequence=22, document_expires=TODAY + timedelta(days=400)),
        said("张小山", "21", birth=date(1985, 2, 3), sequence=33),
    ]
    return register(clerk, town, *people).people


@pytest.mark.django_db
def test_the_list_holds_what_ends_and_nothing_else(
    town: Town, clerk: Actor, house: list[UUID], actor_for: Callable[..., Actor], other_community: UUID
) -> None:
    def listed(viewer: Actor = clerk, **more: object) -> list[tuple[UUID, Matter]]:
        rows = running_out(viewer=viewer, community=town.community, today=TODAY, **more)  # type: ignore[arg-type]
        return [(due.person, due.matter) for due in rows]

    assert listed() == [(house[0], Matter.DOCUMENT)]
    assert listed(weeks=60) == [(house[0], Matter.DOCUMENT), (house[1], Matter.DOCUMENT)]
    assert listed(grid="01") == listed(actor_for("grid_worker", town.grids[0])) == listed()
    assert listed(grid="02") == listed(actor_for("grid_worker", town.grids[1])) == listed(grid="99") == []
    baby, child = (
        commands.add_person(
            by=clerk, community=town.community, key=new_id(), household=_household(house[0]), on=TODAY, place=Place.DESK,
            said=said(name, "41", number="", birth_date=TODAY - timedelta(days=age), sex="1"),
        ).people[0]
        for name, age in (("张一", 5), ("张二", 200))
    )  # fmt: skip
    assert (child, Matter.NUMBER) in listed()
    assert (baby, Matter.NUMBER) not in listed(), "a birth is registered within a month; until then nobody has a number"
    found = running_out_summary(viewer=clerk, community=town.community, today=TODAY)
    assert (found.by_matter, found.past) == ({Matter.DOCUMENT: 1, Matter.NUMBER: 1}, 0)
    whole = running_out(viewer=clerk, community=town.community, today=TODAY)
    assert (whole[-1].matter, whole[-1].day) == (Matter.NUMBER, None), "a day reckoned from the birth would tell it"
    commands.move_out(by=clerk, community=town.community, people=[house[0]], on=TODAY, place=Place.DESK, new_head=house[1])
    assert (house[0], Matter.DOCUMENT) not in listed(), "who has left is nobody's to remind"
    stranger = running_out(viewer=actor_for("desk_clerk", other_community), community=town.community, today=TODAY)
    assert stranger == []


def _household(person: UUID) -> UUID:
    found = Person.objects.get(id=person).memberships.get(to_date__isnull=True)
    return found.household_id


@pytest.mark.django_db
def test_a_permit_from_application_to_endorsement(
    town: Town, clerk: Actor, house: list[UUID], actor_for: Callable[..., Actor]
) -> None:
    who = {"by": clerk, "community": town.community, "person": house[2], "on": TODAY}
    with pytest.raises(Refused) as refused:
        commands.apply_for_permit(**who, key=new_id(), grounds=[], papers=[])
    assert len(refused.value.faults) >= 4, "everything that is missing, at once"
    Residence.objects.update(from_date=TODAY - timedelta(days=300))
    commands.amend_person(
        by=clerk, community=town.community, person=house[2], values={"hukou_region": "420506"}, place=Place.DESK
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        commands.apply_for_permit(**who, key=new_id(), grounds=[Ground.EMPLOYMENT], papers=PROOF[:3])
    assert [fault.field for fault in refused.value.faults] == ["papers"]
    with pytest.raises(NotFound):
        commands.apply_for_permit(**{**who, "by": actor_for("grid_worker", town.grids[1])}, key=new_id(), grounds=[], papers=[])
    key = new_id()
    for _ in range(2):
        by_day = commands.apply_for_permit(**who, key=key, grounds=[Ground.EMPLOYMENT], papers=PROOF)
    assert by_day == TODAY + timedelta(days=15)
    with pytest.raises(Refused):
        commands.apply_for_permit(**who, key=new_id(), grounds=[Ground.EMPLOYMENT], papers=PROOF)
    due = next(d for d in running_out(viewer=clerk, community=town.community, today=TODAY) if d.matter is Matter.ISSUE)
    assert (due.person, due.day) == (house[2], by_day)
    commands.issue_permit(by=clerk, community=town.community, key=new_id(), person=house[2], on=TODAY)
    assert PermitApplication.objects.get().closed_on == TODAY
    assert not any(d.matter is Matter.ISSUE for d in running_out(viewer=clerk, community=town.community, today=TODAY))
    Permit.objects.update(issued_on=TODAY - timedelta(days=350))
    (due,) = [d for d in running_out(viewer=clerk, community=town.community, today=TODAY) if d.person == house[2]]
    assert due.matter is Matter.ENDORSE


@pytest.mark.django_db
def test_an_application_ends_when_it_is_not_wanted_or_somebody_leaves(town: Town, clerk: Actor, house: list[UUID]) -> None:
    known_from = timezone.now()
    for person in house[:2]:
        PermitApplication.objects.create(
            community_id=town.community, person_id=person, applied_on=TODAY, known_from=known_from
        )  # fmt: skip
    for _ in range(2):
        commands.withdraw_application(by=clerk, community=town.community, person=house[1])
    commands.move_out(by=clerk, community=town.community, people=[house[0]], on=TODAY, place=Place.DESK, new_head=house[1])
    assert not PermitApplication.objects.filter(closed_on__isnull=True).exists()


@pytest.mark.django_db
def test_pages(
    town: Town, clerk: Actor, house: list[UUID], signed_in: Callable[[Actor], Client], actor_for: Callable[..., Actor]
) -> None:
    client = signed_in(clerk)
    page = client.get(at("running_out")).content.decode()
    assert "张*山" in page
    assert "张大山" not in page
    assert at("papers", person=house[0]) in page
    for asked in (
        {"weeks": "26", "grid": "01"},
        {"matter": "document"},
        {"matter": "x", "weeks": "x", "page": "x", "grid": "77"},
    ):
        assert client.get(at("running_out"), asked).status_code == 200
    client.cookies["linli_language"] = "zh-hans"
    assert "快到期的证件" in client.get(at("running_out")).content.decode()
    client.cookies["linli_language"] = "en"
    assert "张*山" not in client.get(at("running_out"), {"grid": "02"}).content.decode()
    assert signed_in(actor_for("supervisor", town.community)).get(at("running_out")).status_code == 403
    assert at("running_out") in client.get(at("people")).content.decode()
    papers = at("papers", person=house[2])
    sent = {"act": "apply", "apply-key": str(new_id()), "apply-on": TODAY.isoformat(), "apply-grounds": ["employment"]}
    told = client.post(papers, sent)
    assert told.status_code == 422
    Residence.objects.update(from_date=TODAY - timedelta(days=300))
    commands.amend_person(
        by=clerk, community=town.community, person=house[2], values={"hukou_region": "420506"}, place=Place.DESK
    )  # fmt: skip
    assert client.post(papers, {**sent, "apply-papers": [paper.value for paper in PROOF]}).status_code == 302
    assert (TODAY + timedelta(days=15)).strftime("%Y") in client.get(papers).content.decode()
    assert client.post(papers, {"act": "withdraw"}).status_code == 302
    assert not PermitApplication.objects.filter(closed_on__isnull=True).exists()
    record = person_record(viewer=clerk, community=town.community, person=house[0], today=TODAY)
    assert record.expires == TODAY + timedelta(days=20)
    assert client.get(at("person", person=house[0])).status_code == 200


@pytest.mark.django_db
def test_what_a_resident_reads_of_their_own(town: Town, clerk: Actor, house: list[UUID]) -> None:
    commands.issue_permit(by=clerk, community=town.community, key=new_id(), person=house[0], on=TODAY - timedelta(days=20))
    me = replace(clerk, subject=Person.objects.get(id=house[0]).subject_id)
    whole = my_data(viewer=me, community=town.community, person=house[0], today=TODAY)
    assert whole.document_expires == TODAY + timedelta(days=20)
    assert whole.permits[0].standing is not None
    assert whole.permits[0].standing.due is not None
    assert whole.applied == []
