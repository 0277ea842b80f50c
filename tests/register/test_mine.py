"""A resident sees themselves and their own minor children, and no other adult, by whatever address they try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.ids import new_id
from linli.register.commands import move_out, open_person
from linli.register.commands import ties as commands
from linli.register.models import Declaration, Person, Tie
from linli.register.queries.mine import my_children, my_data, my_household, my_person
from linli.register.rules.ages import age_on
from linli.register.rules.by_hand import Place
from linli.register.rules.codes import RELATIONS
from linli.register.rules.ties import Relative, Shown, own_children
from linli.trust import as_themselves
from linli.trust.models import Account, RightsRequest
from linli.trust.queries import actor_for as acting
from tests.register.ground import Town
from tests.register.hands import TODAY, register, said

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
CODE = "999901001001"
YOUNG = date(TODAY.year - 9, 1, 15)


@pytest.fixture
def family(town: Town, clerk: Actor) -> list[UUID]:
    """Head, his wife, a grown son, a daughter of nine, his mother, a grandchild of nine."""
    people = (
        said("张大山", birth=date(1975, 3, 7), phone="000 5550 1234", education="20"),
        said("李小兰", "12", birth=date(1977, 5, 1), sequence=22, phone="000 5550 4321"),
        said("张小山", "20", birth=date(2002, 2, 3), sequence=33),
        said("张小花", "30", birth=YOUNG, sequence=44),
        said("王老太", "52", birth=date(1950, 2, 3), sequence=66),
        said("张小小", "41", birth=YOUNG, sequence=55),
    )
    return register(clerk, town, *people).people


def tied(clerk: Actor, town: Town, person: UUID, username: str) -> Actor:
    made = commands.tie_account(
        by=clerk, community=town.community, person=person, shown=Shown.IDENTITY_CARD, username=username
    )  # fmt: skip
    Account.objects.filter(id=made.account).update(password_once=False)
    viewer = acting(account=Account.objects.get(id=made.account))
    assert viewer is not None
    return as_themselves(viewer, town.community)


def at(name: str, **rest: Any) -> str:
    return reverse(f"register:{name}", kwargs={"code": CODE, **rest})


CODES = st.sampled_from(sorted(RELATIONS))
BIRTHS = st.none() | st.dates(date(1930, 1, 1), TODAY)


@given(CODES, st.lists(st.tuples(CODES, BIRTHS), max_size=6))
def test_only_minor_children_of_the_head_for_the_head_and_the_spouse(mine: str, others: list[tuple[str, date | None]]) -> None:
    rows = [Relative(row, code, born) for row, (code, born) in enumerate(others)]
    found = set(own_children(mine, rows, TODAY))
    for row, (code, born) in enumerate(others):
        child = code[:1] in "23" and code not in ("28", "38")
        minor = born is not None and age_on(born, TODAY) < 18
        assert (row in found) == (mine in ("01", "02", "10", "11", "12") and child and minor)


def test_each_sees_themselves_and_their_children(town: Town, clerk: Actor, family: list[UUID]) -> None:
    head, wife, son, daughter, mother, grandchild = family
    seen = {head: {daughter}, wife: {daughter}, son: set(), mother: set()}
    for row, (person, children) in enumerate(seen.items()):
        viewer = tied(clerk, town, person, f"account{row}")
        assert my_person(viewer=viewer, community=town.community) == person
        assert set(my_children(viewer=viewer, community=town.community, today=TODAY)) == children
        household = my_household(viewer=viewer, community=town.community, today=TODAY)
        assert household is not None
        assert household.others == 5 - len(children)
        for other in family:
            if other in (person, *children):
                assert my_data(viewer=viewer, community=town.community, person=other, today=TODAY).person == other
            else:
                with pytest.raises(NotFound):
                    my_data(viewer=viewer, community=town.community, person=other, today=TODAY)
    assert grandchild not in {child for children in seen.values() for child in children}


def test_a_child_that_comes_of_age_or_leaves_is_seen_no_more(town: Town, clerk: Actor, family: list[UUID]) -> None:
    viewer = tied(clerk, town, family[0], "dashan")
    grown = YOUNG.replace(year=YOUNG.year + 18)
    assert my_children(viewer=viewer, community=town.community, today=grown - timedelta(days=1)) == [family[3]]
    assert my_children(viewer=viewer, community=town.community, today=grown) == []
    move_out(by=clerk, community=town.community, people=[family[3]], on=TODAY, place=Place.DESK)
    assert my_children(viewer=viewer, community=town.community, today=TODAY) == []


def test_nobody_is_anybody_without_a_tie(town: Town, family: list[UUID], actor_for: ActorFor) -> None:
    resident, clerk = actor_for("resident", town.community), actor_for("desk_clerk", town.community)
    for viewer in (resident, clerk):
        viewer = as_themselves(viewer, town.community)
        assert my_person(viewer=viewer, community=town.community) is None
        assert my_household(viewer=viewer, community=town.community, today=TODAY) is None
        with pytest.raises(NotFound):
            my_data(viewer=viewer, community=town.community, person=family[0], today=TODAY)


def test_a_tie_counts_in_the_role_of_a_resident_only(town: Town, clerk: Actor, family: list[UUID]) -> None:
    Tie.objects.create(
        community_id=town.community, person_id=family[0], account=clerk.account, how="desk", at="2026-01-01T00:00:00Z"
    )  # fmt: skip
    assert as_themselves(clerk, town.community).subject is None
    resident = replace(clerk, role="resident", permissions=frozenset({"portal.read"}))
    assert as_themselves(resident, town.community).subject == Person.objects.get(id=family[0]).subject_id


def test_another_community_knows_nothing_of_it(
    town: Town, clerk: Actor, family: list[UUID], other_community: UUID, signed_in: Callable[[Actor], Client]
) -> None:
    viewer = tied(clerk, town, family[0], "dashan")
    assert as_themselves(viewer, other_community).subject == viewer.subject, "out of scope nothing is asked"
    assert my_person(viewer=viewer, community=other_community) is None
    client = signed_in(viewer)
    assert client.get(reverse("register:me", kwargs={"code": "999901001002"})).status_code == 404


def test_all_fields_unmasked_with_source_and_day(
    town: Town, clerk: Actor, family: list[UUID], signed_in: Callable[[Actor], Client]
) -> None:
    viewer = tied(clerk, town, family[0], "dashan")
    whole = my_data(viewer=viewer, community=town.community, person=family[0], today=TODAY)
    assert whole.sources["phone"] == ("resident", TODAY)
    text = signed_in(viewer).get(at("my_data")).content.decode()
    for value in ("张大山", whole.plain.number, whole.plain.phone, "柳荫苑3号楼 2-501", "7 Mar 1975"):
        assert value in text
    assert "*" not in text.split("<main")[1].split("</main")[0]


def test_no_other_adult_by_any_address(
    town: Town, clerk: Actor, family: list[UUID], signed_in: Callable[[Actor], Client]
) -> None:
    viewer = tied(clerk, town, family[0], "dashan")
    client = signed_in(viewer)
    others = ("李小兰", "张小山", "王老太", "张小小", "000 5550 4321", "00055504321")
    for name in ("me", "my_data", "my_household", "my_lookers", "propose", "move_out_declared", "ask_rights", "untie_me"):
        page = client.get(at(name))
        assert page.status_code == 200, name
        for other in others:
            assert other not in page.content.decode(), name
    for name in ("child_data", "child_lookers", "propose_child"):
        assert client.get(at(name, person=family[3])).status_code == 200
        for person in (family[1], family[2], family[4], family[5], new_id()):
            assert client.get(at(name, person=person)).status_code == 404
    for name in ("person", "correct", "account"):
        assert client.get(at(name, person=family[1])).status_code == 403
    sent = {"key": str(new_id()), "token": "t" * 32, "people": [str(family[1])], "on": TODAY.isoformat()}
    assert client.post(at("move_out_declared"), sent).status_code == 422
    assert client.post(at("propose_child", person=family[1]), {"field": "name", "value": "x"}).status_code == 404
    assert Declaration.objects.count() == 0


def test_who_looked(town: Town, clerk: Actor, family: list[UUID], signed_in: Callable[[Actor], Client]) -> None:
    viewer = tied(clerk, town, family[0], "dashan")
    client = signed_in(viewer)
    open_person(by=clerk, community=town.community, person=family[0])
    open_person(by=clerk, community=town.community, person=family[1])
    text = client.get(at("my_lookers")).content.decode()
    assert "opened the record" in text
    assert "Desk clerk" in text or "desk clerk" in text
    assert clerk.name not in text
    assert text.count("opened the record") == 1
    assert "opened the record" not in client.get(at("child_lookers", person=family[3])).content.decode()
    assert "tied or untied an account" in text


def test_a_proposal_and_a_move_out_wait_for_somebody(
    town: Town, clerk: Actor, family: list[UUID], signed_in: Callable[[Actor], Client]
) -> None:
    client = signed_in(tied(clerk, town, family[0], "dashan"))
    start = {"key": str(new_id()), "token": "t" * 32}
    wrong = client.post(at("propose"), start | {"field": "birth_date", "value": "in spring"})
    assert wrong.status_code == 422
    sent = start | {"field": "phone", "value": "000 5550 7777", "words": "new telephone"}
    assert client.post(at("propose"), sent).status_code == 302
    assert client.post(at("propose"), sent).status_code == 302
    made = Declaration.objects.get()
    assert (made.kind, made.state, made.person_id) == ("correction", "open", family[0])
    assert b"7777" not in bytes(made.told)
    leaving = {"key": str(new_id()), "token": "u" * 32, "people": [str(family[0]), str(family[3])], "on": TODAY.isoformat()}
    assert client.post(at("move_out_declared"), leaving).status_code == 302
    text = client.get(at("me")).content.decode()
    assert made.reference in text
    assert "Waiting" in text


def test_a_request_about_ones_own_data(
    town: Town, clerk: Actor, family: list[UUID], signed_in: Callable[[Actor], Client]
) -> None:
    client = signed_in(tied(clerk, town, family[0], "dashan"))
    assert client.post(at("ask_rights"), {"right": "everything"}).status_code == 404
    assert client.post(at("ask_rights"), {"right": "copy", "wish": "please"}).status_code == 302
    made = RightsRequest.objects.get()
    assert (made.right, made.channel, made.proof) == ("copy", "portal", "account")
    assert made.subject_id == Person.objects.get(id=family[0]).subject_id


def test_one_ends_ones_own_tie(town: Town, clerk: Actor, family: list[UUID], signed_in: Callable[[Actor], Client]) -> None:
    client = signed_in(tied(clerk, town, family[0], "dashan"))
    assert client.get(at("untie_me")).status_code == 200
    assert Tie.objects.get().ended_at is None
    assert client.post(at("untie_me")).status_code == 302
    assert Tie.objects.get().ended_at is not None
    assert client.get(at("my_data")).status_code == 404
    assert "张大山" not in client.get(at("me")).content.decode()


@pytest.mark.parametrize("name", ["me", "my_data", "my_household", "my_lookers", "propose", "ask_rights", "untie_me"])
def test_nobody_comes_in_without_signing_in(name: str, town: Town) -> None:
    answer = Client().get(at(name))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.headers["Location"]
