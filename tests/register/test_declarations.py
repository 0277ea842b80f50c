"""What people declare is a proposal: within limits, followed by an unguessable link, and written only by whoever decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import citizen_number
from linli.kernel.actor import PUBLIC, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import is_reference, new_id
from linli.register.commands import declarations as commands
from linli.register.models import Declaration, Household, Membership, Person, Residence, Tenancy
from linli.register.opening import open_people
from linli.register.queries.declarations import declaration, declarations, public_followed
from linli.register.rules.by_hand import Evidence, Refused, Same
from linli.register.rules.declarations import (
    AFTER,
    Channel,
    Declared,
    Deed,
    Kind,
    Refusal,
    Step,
    Told,
    after,
    faults,
)
from linli.trust.models import AuditEvent
from tests.register.ground import Town
from tests.register.hands import FAMILY, LAST_MONTH, TODAY, register, relations

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
CODE = "999901001001"
NUMBERS = [citizen_number.make(born, 71 + row) for row, born in enumerate((date(1990, 4, 5), date(1992, 6, 7)))]
CHILD = citizen_number.make(date(TODAY.year - 6, 3, 3), 81)


def at(name: str, **rest: Any) -> str:
    return reverse(f"register:{name}", kwargs={"code": CODE, **rest})


def guest(town: Town) -> Actor:
    return replace(PUBLIC, communities=frozenset({town.community}))


def pair(**more: Any) -> Told:
    people = (
        Declared("陈新来", "head", NUMBERS[0], key=str(new_id())),
        Declared("林新月", "spouse", NUMBERS[1], key=str(new_id())),
    )
    told: dict[str, Any] = {
        "people": people, "unit": "2", "room": "601", "on": LAST_MONTH.isoformat(), "hukou": "44", "contact": "000 5550 1111",
    }  # fmt: skip
    return Told(**(told | more))


def send(town: Town, told: Told | None = None, *, kind: Kind = Kind.MOVE_IN, which: int = 0, **more: Any) -> tuple[UUID, str]:
    key, token = new_id(), f"{new_id().hex}{new_id().hex}"[:48]
    how: dict[str, Any] = {"by": guest(town), "channel": Channel.PORTAL, "key": key, "token": token, "kind": kind} | more
    commands.declare(community=town.community, told=told or pair(), building=town.buildings[which], **how)
    return key, token


def accept(by: Actor, town: Town, key: UUID, **more: Any) -> UUID | None:
    return commands.accept_declaration(
        by=by, community=town.community, declaration=key, **({"evidence": Evidence.LEASE} | more)
    )  # fmt: skip


def test_what_can_happen_is_total() -> None:
    assert set(AFTER) == {(step, deed) for step in Step for deed in Deed}
    for step in (Step.ACCEPTED, Step.REJECTED, Step.LAPSED):
        for deed in Deed:
            with pytest.raises(Conflict):
                after(step, deed)


@given(st.text(max_size=40), st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=3))
def test_a_declaration_comes_back_as_it_was_told(text: str, asked: list[tuple[str, str]]) -> None:
    told = pair(words=text, asked=tuple(asked), guards=True, more={"from": text} if text else {})
    assert Told.from_json(told.as_json()) == told


def test_what_another_community_sent_is_read_too() -> None:
    told = Told.from_json({"name": "张三", "number": "x", "on": "2026-01-01", "needs": ["meals"], "from": "999901001002"})
    assert told.people[0].name == "张三"
    assert told.day == date(2026, 1, 1)
    assert told.more["needs"] == ["meals"]


def test_faults_of_the_open_form() -> None:
    def wrong(told: Told, kind: Kind = Kind.MOVE_IN, placed: bool = True) -> set[str]:
        return {fault.field for fault in faults(kind, told, TODAY, placed=placed)}

    assert wrong(pair()) == set()
    assert wrong(pair(), placed=False) == {"building"}
    assert wrong(pair(contact="12")) == {"contact"}
    assert wrong(pair(on=(TODAY + timedelta(days=1)).isoformat())) == {"on"}
    assert wrong(pair(on=(TODAY - timedelta(days=400)).isoformat())) == {"on"}
    assert wrong(pair(), Kind.TENANCY) == {"by"}
    assert wrong(pair(by="赵房东"), Kind.TENANCY) == set()
    assert wrong(pair(people=())) == {""}
    child = (*pair().people, Declared("陈小新", "child", CHILD))
    assert wrong(pair(people=child)) == {"guardian"}
    assert wrong(pair(people=child, guardian="陈新来")) == {"guardian"}
    assert wrong(pair(people=child, guardian="陈新来", guards=True)) == set()
    assert wrong(
        pair(people=(Declared("王工", "", NUMBERS[0]), Declared("李工", "", NUMBERS[0][:-1] + "0")), by="x"), Kind.STAFF
    ) == {"number"}


def test_it_is_a_proposal(town: Town, clerk: Actor) -> None:
    key, token = send(town)
    row = Declaration.objects.get()
    assert is_reference(row.reference)
    assert token not in row.token
    assert "陈新来".encode() not in bytes(row.told)
    assert Person.objects.count() == 0
    (line,) = declarations(viewer=clerk, community=town.community)
    assert (line.place, line.grid, line.people) == ("柳荫苑3号楼", "01", 2)
    house = accept(clerk, town, key)
    assert house is not None
    assert list(relations(house).values()) == ["02", "12" if citizen_number.sex(NUMBERS[1]) == "2" else "11"]
    people = open_people(town.community, Person.objects.values_list("id", flat=True))
    assert {p.name for p in people.values()} == {"陈新来", "林新月"}
    assert Residence.objects.filter(from_date=LAST_MONTH).count() == 2
    assert public_followed(viewer=PUBLIC, community=town.community, token=token).step is Step.ACCEPTED
    with pytest.raises(Conflict):
        accept(clerk, town, key)
    assert declarations(viewer=clerk, community=town.community) == []


def test_sent_twice_it_counts_once(town: Town) -> None:
    key, token = send(town)
    told = {"by": guest(town), "community": town.community, "key": key, "kind": Kind.MOVE_IN, "channel": Channel.PORTAL}
    again = commands.declare(**told, token=token, told=pair(), building=town.buildings[0])
    assert again.again
    assert Declaration.objects.count() == 1
    with pytest.raises(BadInput):
        commands.declare(**told, token="another token of somebody else", told=pair(), building=town.buildings[0])


def test_somebody_known_is_asked_about_first(town: Town, clerk: Actor) -> None:
    known = register(clerk, town, which=1).people
    people = (Declared("张大山", "head", FAMILY[0].number, key=str(new_id())), *pair().people[1:])
    key, _ = send(town, pair(people=people))
    page = declaration(viewer=clerk, community=town.community, declaration=key, today=TODAY)
    assert [c.person for c, _row in page.people[0].candidates] == [known[0]]
    assert page.people[1].candidates == []
    with pytest.raises(Refused):
        accept(clerk, town, key)
    assert Declaration.objects.get().state == "open", "what the register objects to leaves nothing behind"
    assert Household.objects.count() == 1
    accept(clerk, town, key, same=[Same.YES])
    home = Residence.objects.get(person=known[0], to_date__isnull=True)
    assert home.building_id == town.buildings[0]


def test_they_join_a_household_that_is_there(town: Town, clerk: Actor) -> None:
    made = register(clerk, town)
    key, _ = send(town, pair(room="501", people=(replace(pair().people[0], relation="head"),)))
    page = declaration(viewer=clerk, community=town.community, declaration=key, today=TODAY)
    assert [(house.id, house.people) for house in page.houses] == [(made.household, 3)]
    with pytest.raises(Refused):
        accept(clerk, town, key, household=made.household)
    accept(clerk, town, key, household=made.household, relations=["97"])
    assert sorted(relations(made.household).values()) == ["02", "12", "21", "97"]


def test_a_landlord_and_an_employer(town: Town, clerk: Actor) -> None:
    key, _ = send(town, pair(by="赵房东"), kind=Kind.TENANCY)
    house = accept(clerk, town, key)
    tenancy = Tenancy.objects.get()
    assert tenancy.person_id == Membership.objects.get(household=house, relation="02").person_id
    assert tenancy.sealed_landlord
    staff = tuple(
        Declared(name, "", citizen_number.make(date(1999, 1, 1 + row), 91 + row), key=str(new_id()))
        for row, name in enumerate(("王工", "李工", "赵工"))
    )
    key, _ = send(town, pair(people=staff, by="某某厂", room="602"), kind=Kind.STAFF)
    accept(clerk, town, key)
    assert Residence.objects.filter(dwelling__room="602").count() == 3
    assert Household.objects.count() == 4, "nobody keeps house with a colleague"


def test_refused_and_asked_back(town: Town, clerk: Actor) -> None:
    key, token = send(town)
    base = {"community": town.community, "declaration": key}
    with pytest.raises(BadInput):
        commands.ask_declarant(by=clerk, **base, question="  ")
    commands.ask_declarant(by=clerk, **base, question="Which room?")
    seen = public_followed(viewer=PUBLIC, community=town.community, token=token)
    assert (seen.step, seen.question) == (Step.ASKED, "Which room?")
    commands.answer_question(by=guest(town), community=town.community, token=token, answer="602")
    with pytest.raises(Conflict):
        commands.answer_question(by=guest(town), community=town.community, token=token, answer="603")
    page = declaration(viewer=clerk, community=town.community, declaration=key, today=TODAY)
    assert page.told.asked == (("Which room?", "602"),)
    commands.refuse_declaration(by=clerk, **base, reason=Refusal.NOT_SHOWN)
    assert public_followed(viewer=PUBLIC, community=town.community, token=token).reason == "not_shown"
    with pytest.raises(Conflict):
        commands.take_back_declaration(by=guest(town), community=town.community, token=token)
    with pytest.raises(NotFound):
        commands.take_back_declaration(by=guest(town), community=town.community, token="guessed")
    with pytest.raises(NotFound):
        commands.take_back_declaration(by=guest(town), community=town.community, token="")


def test_a_worker_sees_those_of_their_grids(town: Town, actor_for: ActorFor, other_community: UUID) -> None:
    first, _ = send(town)
    second, _ = send(town, which=1)
    worker = actor_for("grid_worker", town.grids[0])
    assert [row.id for row in declarations(viewer=worker, community=town.community)] == [first]
    assert len(declarations(viewer=worker, community=town.community)) == 1
    with pytest.raises(NotFound):
        declaration(viewer=worker, community=town.community, declaration=second, today=TODAY)
    with pytest.raises(NotFound):
        commands.refuse_declaration(by=worker, community=town.community, declaration=second, reason=Refusal.TWICE)
    accept(worker, town, first)
    elsewhere = actor_for("desk_clerk", other_community)
    assert declarations(viewer=elsewhere, community=town.community) == []
    with pytest.raises(NotFound):
        accept(elsewhere, town, second)
    for role in ("resident", "auditor", "supervisor"):
        with pytest.raises(NotAllowed):
            accept(actor_for(role, town.community), town, second)


def test_the_open_form_is_no_way_to_other_kinds(town: Town, clerk: Actor) -> None:
    known = register(clerk, town).people
    base: dict[str, Any] = {"by": guest(town), "community": town.community, "token": "t" * 32, "channel": Channel.PORTAL}
    for kind, told in (
        (Kind.CORRECTION, Told(field="phone", value="1", whom=(str(known[0]),))),
        (Kind.MOVE_OUT, Told(whom=(str(known[0]),))),
        (Kind.HANDOVER, pair()),
    ):
        with pytest.raises(NotFound):
            commands.declare(**base, key=new_id(), kind=kind, told=told, person=known[0])
    with pytest.raises(NotFound):
        commands.declare(**base, key=new_id(), kind=Kind.MOVE_IN, told=pair(), building=town.buildings[0], person=known[0])
    with pytest.raises(NotFound):
        commands.declare(**base, key=new_id(), kind=Kind.MOVE_IN, told=pair(), building=new_id())
    assert Declaration.objects.count() == 0


def test_limits_are_data(town: Town, clerk: Actor) -> None:
    for _ in range(6):
        send(town)
    with pytest.raises(BadInput):
        send(town)
    send(town, pair(room="602"))
    send(town, which=1)
    send(town, by=clerk, channel=Channel.PAPER)
    Declaration.objects.update(received_at=timezone.now() - timedelta(hours=2))
    row = Declaration.objects.first()
    assert row is not None
    Declaration.objects.bulk_create(
        Declaration(
            community_id=town.community, kind="move_in", channel="portal", declarant="resident", received_at=timezone.now()
        )
        for _ in range(60)
    )
    with pytest.raises(BadInput):
        send(town, which=1)


# Pages.


def sent(town: Town, **more: str) -> dict[str, str]:
    """The open form as a telephone sends it."""
    told = {
        "key": str(new_id()), "token": f"{new_id().hex}", "rows": "2", "building": str(town.buildings[0]), "unit": "2",
        "room": "601", "on": LAST_MONTH.isoformat(), "hukou": "44", "contact": "000 5550 1111", "p0-name": "陈新来",
        "p0-relation": "head", "p0-number": NUMBERS[0], "p1-name": "林新月", "p1-relation": "spouse", "p1-number": NUMBERS[1],
    }  # fmt: skip
    return told | more


def test_the_open_form(town: Town) -> None:
    client = Client()
    page = client.get(at("declare", what="moved-in") + f"?building={town.buildings[1]}")
    text = page.content.decode()
    assert f'value="{town.buildings[1]}" selected' in text
    assert text.index("Before you write") < text.index("<form method")
    wrong = client.post(at("declare", what="moved-in"), sent(town, contact="", room="601"))
    assert wrong.status_code == 422
    assert "陈新来" in wrong.content.decode()
    more = client.post(at("declare", what="moved-in"), sent(town, more="1"))
    assert more.status_code == 200
    assert 'name="p2-name"' in more.content.decode()
    form = sent(town)
    done = client.post(at("declare", what="moved-in"), form)
    assert done.headers["Location"] == at("declared", token=form["token"])
    receipt = client.get(done.headers["Location"])
    assert receipt.headers["Referrer-Policy"] == "same-origin"
    row = Declaration.objects.get()
    assert row.reference in receipt.content.decode()
    assert "陈新来" not in receipt.content.decode(), "the link tells how it stands, not what was said"
    assert client.get(at("declared", token="x" * 32)).status_code == 404
    assert client.post(done.headers["Location"], {"act": "take_back"}).status_code == 302
    assert Declaration.objects.get().state == "lapsed"
    assert client.get(at("declare", what="anything")).status_code == 404


def test_one_connection_sends_so_many_an_hour(town: Town) -> None:
    client = Client()
    answers = [client.post(at("declare", what="moved-in"), sent(town, room=str(600 + n))).status_code for n in range(12)]
    assert answers == [302] * 10 + [429] * 2
    with time_machine.travel(timezone.now() + timedelta(minutes=59), tick=False):
        assert client.post(at("declare", what="moved-in"), sent(town, room="620")).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert client.post(at("declare", what="moved-in"), sent(town, room="620")).status_code == 302


def test_mistyping_shuts_nobody_out(town: Town) -> None:
    client = Client()
    for _ in range(12):
        assert client.post(at("declare", what="moved-in"), sent(town, contact="")).status_code == 422
    assert client.post(at("declare", what="moved-in"), sent(town)).status_code == 302


def test_the_desk_decides(town: Town, clerk: Actor, actor_for: ActorFor, signed_in: Callable[[Actor], Client]) -> None:
    client = signed_in(clerk)
    assert client.get(at("declarations")).status_code == 200
    blank = client.get(at("declare_on_paper", what="tenants") + "?print=1").content.decode()
    assert "signature" in blank
    receipt = client.post(at("declare_on_paper", what="moved-in"), sent(town)).content.decode()
    row = Declaration.objects.get()
    assert row.channel == "paper"
    assert row.reference in receipt
    assert "<svg" in receipt
    page = at("declaration", declaration=row.id)
    shown = client.get(page).content.decode()
    assert "陈新来" in shown
    assert NUMBERS[0] not in shown
    opened = AuditEvent.objects.get(kind="register.declaration.opened")
    assert (str(row.id) in opened.ids, opened.fields, opened.actor_id) == (True, ["move_in"], clerk.account)
    assert client.post(page, {"act": "refuse"}).status_code == 422
    assert client.post(page, {"act": "ask", "question": "Since when?"}).status_code == 302
    assert client.post(page, {"act": "accept", "evidence": "lease"}).status_code == 302
    assert Person.objects.count() == 2
    assert row.reference in client.get(at("declarations") + "?decided=1").content.decode()
    poster = client.get(at("posters") + f"?building={town.buildings[0]}").content.decode()
    assert f"building={town.buildings[0]}" in poster
    assert "<svg" in poster
    assert AuditEvent.objects.filter(kind="register.declaration.accepted", reason="lease").exists()


def test_what_the_register_objects_to_stands_on_the_page(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client]) -> None:
    register(clerk, town, which=1)
    people = (Declared("张大山", "head", FAMILY[0].number, key=str(new_id())),)
    key, _ = send(town, pair(people=people))
    client = signed_in(clerk)
    page = at("declaration", declaration=key)
    answer = client.post(page, {"act": "accept", "evidence": "lease"})
    assert answer.status_code == 422
    assert "Is it the same person?" in answer.content.decode()
    assert client.post(page, {"act": "accept", "evidence": "lease", "same0": "yes"}).status_code == 302


@pytest.mark.parametrize("role", ["resident", "auditor", "supervisor", "privacy_officer", "department_officer"])
def test_the_desk_is_for_those_who_write(
    role: str, town: Town, actor_for: ActorFor, signed_in: Callable[[Actor], Client]
) -> None:
    key, _ = send(town)
    client = signed_in(actor_for(role, town.community))
    for page in (at("declarations"), at("declaration", declaration=key), at("posters"), at("declare_on_paper", what="staff")):
        assert client.get(page).status_code == 403


def test_a_worker_on_the_pages(town: Town, actor_for: ActorFor, signed_in: Callable[[Actor], Client]) -> None:
    first, _ = send(town)
    second, _ = send(town, which=1)
    client = signed_in(actor_for("grid_worker", town.grids[0]))
    assert client.get(at("declaration", declaration=first)).status_code == 200
    assert client.get(at("declaration", declaration=second)).status_code == 404
    assert client.post(at("declaration", declaration=second), {"act": "refuse", "reason": "twice"}).status_code == 404
    assert AuditEvent.objects.filter(kind="register.declaration.opened").count() == 1
