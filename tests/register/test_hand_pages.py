"""The pages on which people are written down by hand, without a browser: what they take, show and refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from linli.kernel import citizen_number
from linli.kernel.actor import Actor
from linli.kernel.ids import new_id
from linli.register import commands
from linli.register.models import CareNeed, Declaration, Household, Person, Visit
from linli.register.opening import open_people
from linli.register.rules.by_hand import Place
from linli.trust.models import AuditEvent
from tests.register.ground import Town, build
from tests.register.hands import LAST_MONTH, TODAY, home, register, relations

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
CODE = "999901001001"
NUMBERS = [
    citizen_number.make(birth, sequence)
    for birth, sequence in ((date(1954, 3, 7), 11), (date(1956, 5, 1), 22), (date(1985, 2, 3), 33))
]


def at(name: str, **rest: Any) -> str:
    return reverse(f"register:{name}", kwargs={"code": CODE, **rest})


def three(**more: str) -> dict[str, str]:
    """A household of three as a browser sends it."""
    sent = {"key": str(new_id()), "rows": "3", "on": LAST_MONTH.isoformat(), "hukou": "here", "evidence": "told"}
    for row, (name, relation) in enumerate((("张大山", "head"), ("李小兰", "spouse"), ("张小山", "child"))):
        sent |= {f"p{row}-name": name, f"p{row}-number": NUMBERS[row], f"p{row}-relation": relation}
    return sent | more


def test_a_household_at_the_desk(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client]) -> None:
    client = signed_in(clerk)
    page = client.get(at("new_household")).content.decode()
    assert "柳荫苑3号楼" in page
    assert page.count('name="p') > 20
    wrong = client.post(at("new_household"), three(address="柳荫苑9号楼101室", **{"p1-number": "999999195605010221"}))
    assert wrong.status_code == 422
    told = wrong.content.decode()
    assert 'value="张大山"' in told, "nothing typed is lost"
    assert 'href="#id_address"' in told
    assert 'href="#id_p1-number"' in told
    assert Person.objects.count() == 0
    sent = three(address="柳荫苑3号楼2单元601室")
    done = client.post(at("new_household"), sent)
    made = Household.objects.get()
    assert done.headers["Location"] == at("registered", household=made.id)
    client.post(at("new_household"), sent)
    assert Person.objects.count() == 3
    assert list(relations(made.id).values()) == ["02", "12", "20"]
    shown = client.get(done.headers["Location"]).content.decode()
    assert "张*山" in shown
    assert "张大山" not in shown
    assert "2-601" in shown


def test_one_more_block_keeps_what_was_written(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client]) -> None:
    more = signed_in(clerk).post(at("new_household"), three(more="1", address="柳荫苑3号楼")).content.decode()
    assert 'name="p3-name"' in more
    assert 'value="李小兰"' in more
    assert 'name="rows" value="4"' in more
    assert "error-summary" not in more


def test_who_may_be_known_is_asked_on_the_page(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client]) -> None:
    register(clerk, town)
    client = signed_in(clerk)
    sent = {**three(address="柳荫苑5号楼1单元101室"), "rows": "1"}
    asked = client.post(at("new_household"), sent)
    assert asked.status_code == 422
    assert 'name="p0-same"' in asked.content.decode()
    assert client.post(at("new_household"), {**sent, "p0-same": "yes"}).status_code == 302
    assert Person.objects.count() == 3


def test_from_my_buildings_to_nothing_changed(
    town: Town, worker: Actor, clerk: Actor, signed_in: Callable[[Actor], Client], actor_for: ActorFor
) -> None:
    made = register(clerk, town)
    lives = home(made.people[0])
    assert lives is not None
    assert lives.dwelling_id is not None
    client = signed_in(worker)
    mine = client.get(at("field_homes")).content.decode()
    assert "柳荫苑3号楼" in mine
    assert "柳荫苑5号楼" not in mine, "a worker sees the buildings of own grids"
    door = at("field_door", building=town.buildings[0], dwelling=lives.dwelling_id)
    assert door in client.get(at("field_building", building=town.buildings[0])).content.decode()
    behind = client.get(door).content.decode()
    assert "张*山" in behind
    assert NUMBERS[0] not in behind
    assert client.post(door, {"found": "same"}).status_code == 302
    assert Visit.objects.get().outcome == "unchanged"
    assert client.post(door, {"found": "nobody"}).status_code == 302
    other = signed_in(actor_for("grid_worker", town.grids[1]))
    assert other.get(door).status_code == other.post(door, {"found": "same"}).status_code == 404
    assert other.get(at("field_building", building=town.buildings[0])).status_code == 404
    assert other.get(at("field_act", household=made.household, act="left")).status_code == 404
    elsewhere = at("field_correct", building=town.buildings[0], dwelling=lives.dwelling_id, person=made.people[0])
    assert other.post(elsewhere, {"phone": "00055501234", "evidence": "told"}).status_code == 404


def test_somebody_moves_in_behind_a_known_and_a_new_door(town: Town, worker: Actor, signed_in: Callable[[Actor], Client]) -> None:
    client = signed_in(worker)
    new = at("field_new_door", building=town.buildings[0])
    assert client.get(new).status_code == 200
    done = client.post(new, three(unit="1", room="302"))
    made = Household.objects.get()
    assert done.headers["Location"] == at("field_registered", household=made.id)
    assert client.get(done.headers["Location"]).status_code == 200
    assert made.dwelling is not None
    assert (made.dwelling.unit, made.dwelling.room) == ("1", "302")
    known = at("field_household", building=town.buildings[0], dwelling=made.dwelling_id)
    assert "autofocus" in client.get(known).content.decode()


@pytest.mark.parametrize("shell", ["act", "field_act"])
def test_every_act_is_looked_at_first_and_written_then(
    town: Town, clerk: Actor, signed_in: Callable[[Actor], Client], shell: str
) -> None:
    made = register(clerk, town)
    head, wife, son = (str(person) for person in made.people)
    client = signed_in(clerk)
    common = {"on": TODAY.isoformat(), "evidence": "told"}
    acts: list[tuple[str, dict[str, Any]]] = [
        ("born", {"name": "张小小", "sex": "2", "relation": "grandchild", "number": ""}),
        ("came", {"name": "王远", "number": citizen_number.make(date(1990, 1, 1), 77), "relation": "unrelated", "hukou": "33"}),
        ("head", {"head": wife}),
        ("split", {"people": [son], "head": "", "stays_head": ""}),
        ("left", {"people": [head], "new_head": "", "hukou_too": "on"}),
        ("moved", {"people": [wife], "address": "柳荫苑5号楼1单元101室", "new_head": ""}),
    ]
    for act, given in acts:
        where = at(shell, household=made.household, act=act)
        assert client.get(where).status_code == 200
        sent = {"key": str(new_id()), **common, **given}
        before = list(Person.objects.values_list("id", flat=True)), relations(made.household)
        looked = client.post(where, sent)
        text = looked.content.decode()
        if act == "moved":
            # The wife is head now and two others stay: who is head of them has to be said first.
            assert looked.status_code == 422
            members = relations(made.household)
            sent["new_head"] = str(next(person for person in members if str(person) != wife))
            looked = client.post(where, sent)
            text = looked.content.decode()
        assert looked.status_code == 200, (act, text)
        assert 'name="write"' in text
        assert before == (list(Person.objects.values_list("id", flat=True)), relations(made.household)), act
        assert client.post(where, {**sent, "change": "1"}).status_code == 200
        assert client.post(where, {**sent, "write": "1"}).status_code == 302, act
    assert home(made.people[0]) is None
    lives = home(made.people[1])
    assert lives is not None
    assert lives.building_id == town.buildings[1]
    assert AuditEvent.objects.filter(kind="register.rehearsed").count() == len(acts)


def test_joining_and_dying(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client]) -> None:
    made = register(clerk, town)
    split = commands.split_household(
        by=clerk, community=town.community, key=new_id(), household=made.household, people=made.people[2:], on=TODAY,
        place=Place.DESK,
    )  # fmt: skip
    client = signed_in(clerk)
    common = {"key": str(new_id()), "on": TODAY.isoformat(), "evidence": "told", "write": "1"}
    where = at("act", household=split.household, act="joined")
    nowhere = client.post(where, {**common, "address": "柳荫苑5号楼2单元501室", "relation": "child"})
    assert nowhere.status_code == 422
    joined = client.post(where, {**common, "address": "柳荫苑3号楼2单元501室", "relation": "child"})
    assert joined.status_code == 302
    assert relations(made.household)[made.people[2]] == "20"
    died = client.post(at("act", household=made.household, act="died"), {**common, "person": str(made.people[2])})
    assert died.status_code == 302
    assert Person.objects.get(id=made.people[2]).died_on == TODAY
    assert client.get(at("household", household=made.household)).status_code == 200
    assert client.get(at("household_of", person=made.people[0])).headers["Location"] == at("household", household=made.household)
    assert client.get(at("household_of", person=made.people[2])).headers["Location"] == at("new_household")


def test_correcting_masks_what_stands_there(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client]) -> None:
    made = register(clerk, town)
    client = signed_in(clerk)
    where = at("correct", person=made.people[1])
    page = client.get(where).content.decode()
    assert "李*兰" in page
    assert NUMBERS[1] not in page
    assert 'name="relation"' in page
    assert 'name="relation"' not in client.get(at("correct", person=made.people[0])).content.decode(), "a head stays head"
    assert client.post(where, {"evidence": "told"}).status_code == 422
    sent = {"evidence": "told", "phone": "000 5550 7777", "relation": "sibling", "hukou": "33"}
    assert client.post(where, sent).status_code == 302
    assert open_people(town.community, made.people)[made.people[1]].phone == "00055507777"
    assert relations(made.household)[made.people[1]] == "70"


def test_every_form_prints(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client]) -> None:
    made = register(clerk, town)
    client = signed_in(clerk)
    pages = [at("new_household"), at("correct", person=made.people[0])]
    pages += [
        at("act", household=made.household, act=act) for act in ("left", "born", "moved", "head", "split", "died", "joined")
    ]
    for page in pages:
        text = client.get(f"{page}?print=1")
        assert text.status_code == 200
        assert 'class="paper-form"' in text.content.decode()


def test_nobody_else_comes_in(town: Town, clerk: Actor, signed_in: Callable[[Actor], Client], actor_for: ActorFor) -> None:
    made = register(clerk, town)
    supervisor = signed_in(actor_for("supervisor", town.community))
    pages = [at("new_household"), at("field_homes"), at("household", household=made.household)]
    for page in (*pages, at("act", household=made.household, act="left"), at("correct", person=made.people[0])):
        assert supervisor.get(page).status_code == 403
        assert Client().get(page).status_code == 302
    assert signed_in(clerk).get(at("act", household=made.household, act="nonsense")).status_code == 404
    assert signed_in(clerk).get(at("household", household=new_id())).status_code == 404


def test_help_permit_and_hand_over_on_one_page(
    town: Town, clerk: Actor, signed_in: Callable[[Actor], Client], other_community: UUID, actor_for: ActorFor
) -> None:
    build(other_community, "桥头里")
    made = register(clerk, town)
    head = made.people[0]
    client = signed_in(clerk)
    where = at("papers", person=head)
    assert client.get(where).status_code == 200
    need = {"act": "need", "need-need": "stairs", "need-helper": "儿子", "need-channel": "paper"}
    assert client.post(where, {**need, "need-basis": "law"}).status_code == 422
    assert client.post(where, {**need, "need-basis": "consent"}).status_code == 302
    held = CareNeed.objects.get()
    assert "儿子" in client.get(where).content.decode()
    assert client.post(where, {"act": "check", "which": str(held.id)}).status_code == 302
    assert client.post(where, {"act": "end_need", "which": str(held.id)}).status_code == 302
    assert not CareNeed.objects.filter(to_date__isnull=True).exists()
    permit = {"permit-key": str(new_id()), "permit-on": LAST_MONTH.isoformat()}
    assert client.post(where, {"act": "issue", **permit, "permit-number": "1"}).status_code == 302
    assert client.post(where, {"act": "endorse", **permit, "permit-on": TODAY.isoformat()}).status_code == 422
    assert client.post(where, {"act": "end_permit", **permit}).status_code == 302
    over = {
        "act": "over", "over-to": "999901001002", "over-on": TODAY.isoformat(), "over-agreed_on": TODAY.isoformat(),
        "over-agreed": ["birth_date", "sex"], "over-evidence": "told", "over-new_head": "",
    }  # fmt: skip
    asked = client.post(where, over)
    assert asked.status_code == 422
    assert "id_over-new_head" in asked.content.decode()
    assert client.post(where, {**over, "over-new_head": str(made.people[1])}).status_code == 302
    rows = dict(Declaration.objects.values_list("kind", "community_id"))
    assert rows == {"handover": other_community, "handed_over": town.community}
    assert home(head) is None
    worker = signed_in(actor_for("grid_worker", town.grids[1]))
    assert worker.get(at("papers", person=made.people[1])).status_code == 404
    assert client.post(where, {"act": "check", "which": "nonsense"}).status_code == 404
