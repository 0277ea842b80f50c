"""Care needs, residence permits, tenancies, and handing somebody over to another community, all by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.commands.ties import tie_account
from linli.register.models import CareNeed, Declaration, Permit, Tenancy
from linli.register.opening import open_people
from linli.register.rules.by_hand import Place, Refused
from linli.register.rules.needs import Basis, Need
from linli.register.rules.permits import State
from linli.register.rules.sealing import DECLARED, HELPER
from linli.register.rules.ties import Shown
from linli.trust import Role, Tampered, consent_history, permissions_of, subject_keys, withdraw_consent
from linli.trust.consent.rules import Channel, Mandate, Relation
from linli.trust.models import Account, AuditEvent, ConsentEvent
from tests.register.ground import Town, build
from tests.register.hands import LAST_MONTH, TODAY, home, register, relations, said

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]


@pytest.fixture
def house(town: Town, clerk: Actor) -> commands.Registered:
    return register(clerk, town)


def subject_of(town: Town, person: UUID) -> UUID:
    return open_people(town.community, [person])[person].subject


def test_a_need_is_kept_by_consent_and_ends_with_it(town: Town, actor_for: ActorFor, house: commands.Registered) -> None:
    worker = actor_for("grid_worker", town.grids[0])
    person = house.people[0]
    given = {"by": worker, "community": town.community, "person": person, "place": Place.DOOR, "basis": Basis.CONSENT}
    need = commands.add_need(**given, need=Need.STAIRS, channel=Channel.PAPER, helper="儿子")
    assert commands.add_need(**given, need=Need.STAIRS, helper="邻居") == need
    commands.add_need(**given, need=Need.MEALS)
    subject = subject_of(town, person)
    said_yes = consent_history(viewer=worker, community=town.community, subject=subject)
    assert [(line.act, line.channel) for line in said_yes] == [("give", "paper")], "asked once, kept with its channel"
    row = CareNeed.objects.get(id=need)
    assert (row.basis, row.source, row.checked_on) == ("consent", "door", TODAY)
    assert subject_keys(town.community, [subject])[subject].open(HELPER, row.sealed_helper) == "邻居"
    withdraw_consent(by=worker, community=town.community, subject=subject, purpose="care", channel=Channel.DESK)
    assert not CareNeed.objects.filter(to_date__isnull=True).exists()
    with pytest.raises(NotFound):
        commands.add_need(**{**given, "by": actor_for("grid_worker", town.grids[1])}, need=Need.MEALS)


def test_a_need_by_law_names_it_and_a_childs_asks_a_guardian(town: Town, clerk: Actor, house: commands.Registered) -> None:
    given = {"by": clerk, "community": town.community, "place": Place.DESK, "need": Need.MEALS}
    with pytest.raises(Refused):
        commands.add_need(**given, person=house.people[0], basis=Basis.LAW)
    commands.add_need(**given, person=house.people[0], basis=Basis.LAW, law="无障碍环境建设法")
    child = commands.add_person(
        by=clerk, community=town.community, key=new_id(), household=house.household,
        said=said("张小小", "42", birth=TODAY - timedelta(days=2000), sequence=66), on=TODAY, place=Place.DESK,
    ).people[0]  # fmt: skip
    with pytest.raises(BadInput):
        commands.add_need(**given, person=child, basis=Basis.CONSENT)
    need = commands.add_need(
        **given, person=child, basis=Basis.CONSENT, relation=Relation.PARENT, mandate=Mandate.HOUSEHOLD_BOOK
    )  # fmt: skip
    commands.check_need(by=clerk, community=town.community, need=need, helper="奶奶")
    for _ in range(2):
        commands.end_need(by=clerk, community=town.community, need=need)
    assert CareNeed.objects.filter(to_date__isnull=True).count() == 1


def test_needs_end_when_somebody_leaves(town: Town, clerk: Actor, house: commands.Registered) -> None:
    person = house.people[2]
    commands.add_need(
        by=clerk, community=town.community, person=person, need=Need.SIGHT, basis=Basis.CONSENT, place=Place.DESK
    )  # fmt: skip
    commands.move_out(by=clerk, community=town.community, people=[person], on=TODAY, place=Place.DESK)
    assert not CareNeed.objects.filter(to_date__isnull=True).exists()
    with pytest.raises(Refused):
        commands.add_need(
            by=clerk, community=town.community, person=person, need=Need.MEALS, basis=Basis.LAW, law="x", place=Place.DESK
        )  # fmt: skip


def test_a_permit_is_issued_endorsed_and_ended(town: Town, clerk: Actor, house: commands.Registered) -> None:
    who = {"by": clerk, "community": town.community}
    key, issued = new_id(), date(TODAY.year - 1, 1, 15)
    for _ in range(2):
        commands.issue_permit(**who, key=key, person=house.people[0], on=issued, number="999901000001")
    with pytest.raises(Refused):
        commands.issue_permit(**who, key=new_id(), person=house.people[0], on=TODAY)
    with pytest.raises(Refused) as refused:
        commands.endorse_permit(**who, permit=key, on=date(TODAY.year - 1, 2, 1))
    assert refused.value.faults[0].field == "on"
    for _ in range(2):
        now = commands.endorse_permit(**who, permit=key, on=date(TODAY.year, 1, 10))
    assert Permit.objects.get().endorsed == [date(TODAY.year, 1, 10).isoformat()]
    assert now.state in (State.VALID, State.DUE)
    assert b"999901" not in bytes(Permit.objects.get().sealed_number)
    for _ in range(2):
        commands.end_permit(**who, permit=key, on=TODAY)
    with pytest.raises(Refused):
        commands.endorse_permit(**who, permit=key, on=TODAY)
    with pytest.raises(NotFound):
        commands.end_permit(**who, permit=new_id(), on=TODAY)


def test_a_dwelling_is_let(town: Town, clerk: Actor, actor_for: ActorFor, house: commands.Registered) -> None:
    who = {"by": clerk, "community": town.community}
    dwelling = home(house.people[0]).dwelling_id  # type: ignore[union-attr]
    assert dwelling is not None
    with pytest.raises(Refused):
        commands.let_dwelling(**who, key=new_id(), dwelling=dwelling, on=LAST_MONTH, landlord_name="房东")
    key = new_id()
    for _ in range(2):
        commands.let_dwelling(**who, key=key, dwelling=dwelling, on=LAST_MONTH, tenant=house.people[0], landlord_name="房东")
    assert Tenancy.objects.count() == 1
    with pytest.raises(NotFound):
        commands.end_tenancy(by=actor_for("grid_worker", town.grids[1]), community=town.community, tenancy=key, on=TODAY)
    commands.end_tenancy(**who, tenancy=key, on=TODAY)
    assert Tenancy.objects.get().to_date == TODAY


def test_handing_over_takes_along_what_was_agreed_and_nothing_else(
    town: Town, clerk: Actor, actor_for: ActorFor, house: commands.Registered, other_community: UUID
) -> None:
    son = house.people[2]
    build(other_community, "桥头里")
    given = {"by": clerk, "community": town.community, "person": son, "on": TODAY, "place": Place.DESK, "agreed_on": TODAY}
    for code in ("999901001001", "999901009009"):
        with pytest.raises((Refused, NotFound)):
            commands.hand_over(**given, to=code, agreed=["birth_date"])
    with pytest.raises(Refused):
        commands.hand_over(**given, to="999901001002", agreed=["everything"])
    with pytest.raises(NotAllowed):
        commands.hand_over(
            **{**given, "by": actor_for("grid_worker", town.grids[0])}, to="999901001002", agreed=["birth_date"]
        )  # fmt: skip
    made = commands.hand_over(**given, to="999901001002", agreed=["birth_date", "needs"])
    assert home(son) is None
    assert son not in relations(house.household)
    proposal = Declaration.objects.get(id=made)
    assert (proposal.community_id, proposal.kind, proposal.state) == (other_community, "handover", "open")
    assert proposal.subject_id is not None
    assert proposal.subject_id != subject_of(town, son), "a new subject under a key of the other community"
    key = subject_keys(other_community, [proposal.subject_id])[proposal.subject_id]
    told = json.loads(key.open(DECLARED, proposal.told))
    assert Declaration.objects.get(id=told.pop("sent")).community_id == town.community
    assert told == {
        "name": "张小山", "birth_date": "1985-02-03", "needs": [], "agreed_on": TODAY.isoformat(), "from": "999901001001",
        "on": TODAY.isoformat(),
    }  # fmt: skip
    mine = subject_keys(town.community, [subject_of(town, son)])[subject_of(town, son)]
    with pytest.raises(Tampered):
        mine.open(DECLARED, proposal.told)
    there = AuditEvent.objects.get(kind="register.declaration.received")
    assert (there.community_id, there.actor_id) == (other_community, None)


def a_child(clerk: Actor, town: Town, house: commands.Registered) -> UUID:
    return commands.add_person(
        by=clerk, community=town.community, key=new_id(), household=house.household,
        said=said("张小小", "42", birth=TODAY - timedelta(days=2000), sequence=66), on=TODAY, place=Place.DESK,
    ).people[0]  # fmt: skip


def as_resident(town: Town, person: UUID) -> Actor:
    resident = Actor(
        account=new_id(), role="resident", permissions=permissions_of(Role.RESIDENT), communities=frozenset({town.community})
    )
    return replace(resident, subject=subject_of(town, person))


def test_a_childs_guardian_is_an_adult_of_the_household_and_kept_with_the_consent(
    town: Town, clerk: Actor, house: commands.Registered
) -> None:
    child, other = a_child(clerk, town, house), register(clerk, town, said("王五", sequence=77), which=1).people[0]
    given: dict[str, Any] = {
        "by": clerk, "community": town.community, "person": child, "need": Need.MEALS, "basis": Basis.CONSENT,
        "place": Place.DESK, "relation": Relation.GRANDPARENT, "mandate": Mandate.HOUSEHOLD_BOOK,
    }  # fmt: skip
    for stranger in (other, child, new_id()):
        with pytest.raises(Refused) as refused:
            commands.add_need(**given, guardian=stranger)
        assert refused.value.faults[0].field == "guardian"
    assert ConsentEvent.objects.count() == 0
    commands.add_need(**given, guardian=house.people[0])
    event = ConsentEvent.objects.get()
    assert (event.guardian_id, event.relation) == (subject_of(town, house.people[0]), "grandparent")


def test_whoever_agreed_for_a_child_takes_it_back_and_nobody_else(town: Town, clerk: Actor, house: commands.Registered) -> None:
    """The guardian on record (a grandfather) may, though the register knows no custody of his; a neighbour may not."""
    child, other = a_child(clerk, town, house), register(clerk, town, said("王五", sequence=77), which=1).people[0]
    commands.add_need(
        by=clerk, community=town.community, person=child, need=Need.MEALS, basis=Basis.CONSENT, place=Place.DESK,
        relation=Relation.GRANDPARENT, mandate=Mandate.HOUSEHOLD_BOOK, guardian=house.people[0],
    )  # fmt: skip
    mine: dict[str, Any] = {"community": town.community, "subject": subject_of(town, child), "purpose": "care"}
    for nobody in (other, house.people[1]):
        with pytest.raises((NotAllowed, NotFound)):
            withdraw_consent(by=as_resident(town, nobody), **mine, channel=Channel.PORTAL)
    withdraw_consent(by=as_resident(town, house.people[0]), **mine, channel=Channel.PORTAL)
    assert not CareNeed.objects.filter(person=child, to_date__isnull=True).exists()
    last = ConsentEvent.objects.order_by("id").last()
    assert last is not None
    assert (last.act, last.guardian_id) == ("withdraw", subject_of(town, house.people[0]))


def test_a_parent_takes_it_back_on_the_portal(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client]) -> None:
    """Whoever agreed: the mother may take back what the grandmother said."""
    small = said("张小山", "20", birth=TODAY - timedelta(days=2000), sequence=33)
    made = register(clerk, town, said("李小兰", birth=date(1990, 5, 1), sequence=22), small)
    mother, child = made.people
    commands.add_need(
        by=clerk, community=town.community, person=child, need=Need.MEALS, basis=Basis.CONSENT, place=Place.DESK,
        relation=Relation.GRANDPARENT, mandate=Mandate.BIRTH_CERTIFICATE,
    )  # fmt: skip
    tied = tie_account(by=clerk, community=town.community, person=mother, shown=Shown.IDENTITY_CARD, username="xiaolan")
    client = Client()
    account = Account.objects.get(id=tied.account)
    Account.objects.filter(id=account.id).update(password_once=False)
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = reverse("register:child_data", kwargs={"code": "999901001001", "person": child})
    assert 'value="care"' in client.get(page).content.decode()
    assert 'value="care"' not in client.get(reverse("register:my_data", args=["999901001001"])).content.decode()
    assert client.post(page, {"purpose": "care"}).status_code == 302
    assert not CareNeed.objects.filter(person=child, to_date__isnull=True).exists()
    assert 'value="care"' not in client.get(page).content.decode()
    assert client.post(page, {"purpose": "care"}).status_code == 302, "told, not broken"


def test_the_page_asks_for_a_guardian_of_a_child_only(
    town: Town, clerk: Actor, house: commands.Registered, signed_in: Callable[[Actor], Client]
) -> None:
    client, child = signed_in(clerk), a_child(clerk, town, house)
    of_child = reverse("register:papers", kwargs={"code": "999901001001", "person": child})
    of_adult = reverse("register:papers", kwargs={"code": "999901001001", "person": house.people[0]})
    assert 'name="need-guardian"' in client.get(of_child).content.decode()
    assert 'name="need-guardian"' not in client.get(of_adult).content.decode()
    form = {"act": "need", "need-need": "meals", "need-basis": "consent", "need-channel": "paper"}
    assert client.post(of_adult, form).status_code == 302
    assert client.post(of_child, form).status_code == 422
    guardian = {"need-relation": "parent", "need-mandate": "household_book", "need-guardian": str(house.people[2])}
    for missing in guardian:
        some = {name: value for name, value in guardian.items() if name != missing}
        assert client.post(of_child, form | some).status_code == 422, missing
    assert ConsentEvent.objects.filter(subject=subject_of(town, child)).count() == 0
    assert client.post(of_child, form | guardian).status_code == 302
    assert ConsentEvent.objects.get(subject=subject_of(town, child)).guardian_id == subject_of(town, house.people[2])
    assert client.post(of_child, form | {"need-need": "sight"}).status_code == 302, "agreed already"
