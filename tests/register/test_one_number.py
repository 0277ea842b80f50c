"""A citizen's number is one, whichever paper shows it: identity card, temporary card (112) or household booklet (113)."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from linli.kernel import citizen_number
from linli.kernel.actor import Actor
from linli.register import commands
from linli.register.models import FormerNumber, Person
from linli.register.opening import open_people
from linli.register.queries.candidates import candidates
from linli.register.queries.search import search_people
from linli.register.rules import comparing
from linli.register.rules.by_hand import Place, Refused, completed, person_faults
from linli.register.rules.sealing import number_index
from linli.trust import blinder
from tests.register.ground import Town, line, named, take
from tests.register.hands import TODAY, register, said

NUMBER = citizen_number.make(date(1954, 3, 7), 12)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["112", "113"])
def test_a_file_with_another_paper_finds_the_same_person(town: Town, tmp_path: Path, kind: str) -> None:
    take(tmp_path, town.community, "2026-W47", [line("张小兰", phone="")])
    known = named(town.community, "张小兰")
    told = take(tmp_path, town.community, "2026-W48", [line("张小兰", phone="000 5550 4321", document=kind)])
    assert (told.verdicts["new"], told.verdicts["changed"]) == (0, 1)
    after = named(town.community, "张小兰")
    assert (after.id, after.number, after.phone) == (known.id, NUMBER, "00055504321")
    assert after.document_kind == "111", "the number is known from the identity card already"
    third = [line("张小兰", phone="000 5550 4321", document=kind), line("李大山", sequence=33, building=5)]
    again = take(tmp_path, town.community, "2026-W49", third)
    assert (again.verdicts["changed"], again.verdicts["same"], again.verdicts["new"]) == (0, 1, 1)


@pytest.mark.django_db
def test_who_came_with_a_temporary_card_comes_back_with_the_lasting_one(town: Town, tmp_path: Path) -> None:
    take(tmp_path, town.community, "2026-W47", [line("张小兰", document="112")])
    first = named(town.community, "张小兰")
    assert (first.number, first.document_number, first.document_kind) == (NUMBER, "", "112")
    take(tmp_path, town.community, "2026-W48", [line("张小兰", document="111")])
    after = named(town.community, "张小兰")
    assert (after.id, after.document_kind) == (first.id, "111")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["112", "113"])
def test_by_hand_and_in_search_it_is_one_person(town: Town, clerk: Actor, kind: str) -> None:
    made = register(clerk, town)
    other = said("张大山", document_kind=kind)
    (found,) = candidates(viewer=clerk, community=town.community, said=completed(other), dwelling=None)
    assert (found.person, found.by_number) == (made.people[0], True)
    with pytest.raises(Refused) as refused:
        register(clerk, town, other, which=1)
    assert [fault.field for fault in refused.value.faults] == ["same"]
    commands.amend_person(
        by=clerk, community=town.community, person=made.people[0], values={"number": other.number, "document_kind": kind},
        place=Place.DESK,
    )  # fmt: skip
    rows = search_people(viewer=clerk, community=town.community, q=other.number, today=TODAY).rows
    assert [row.id for row in rows] == [made.people[0]]
    assert not FormerNumber.objects.exists(), "the same number on another paper is no former number"


@pytest.mark.parametrize("kind", ["", "111", "112", "113"])
def test_every_such_paper_tells_birthday_and_sex(kind: str) -> None:
    told = completed(said("张大山", document_kind=kind))
    assert (told.birth_date, told.sex, told.document_kind) == (date(1954, 3, 7), "1", kind or "111")
    assert person_faults(told, TODAY) == []
    wrong = completed(said("张大山", document_kind=kind, number=NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")))
    assert "number" in {fault.field for fault in person_faults(wrong, TODAY)}


def test_fifteen_digits_beside_eighteen_are_called_one_number() -> None:
    short = NUMBER[:6] + NUMBER[8:17]
    assert comparing.numbers(NUMBER, short)[0] is comparing.Agreement.NEAR
    assert comparing.numbers(NUMBER, NUMBER)[0] is comparing.Agreement.SAME
    assert comparing.numbers(NUMBER, NUMBER[:-2])[0] is comparing.Agreement.DIFFERENT
    assert comparing.numbers("", NUMBER)[0] is comparing.Agreement.UNKNOWN


@pytest.mark.django_db
def test_what_was_indexed_under_the_paper_is_indexed_under_the_number(town: Town, clerk: Actor) -> None:
    person = register(clerk, town, said("张大山", document_kind="112")).people[0]
    right = number_index(blinder(town.community), "111", said("张大山").number)
    assert bytes(Person.objects.get(id=person).number_index or b"") == right
    Person.objects.filter(id=person).update(number_index=b"as it was", document_kind="112")
    known = open_people(town.community, [person])[person]
    FormerNumber.objects.create(
        community_id=town.community, person_id=person, sealed_number=known.key.seal("register.formernumber.number", NUMBER),  # type: ignore[union-attr]
        number_index=b"as it was", document_kind="113", until=TODAY, known_from=Person.objects.get(id=person).known_from,
    )  # fmt: skip
    import_module("linli.register.migrations.0008_one_number_on_every_paper").index_anew(apps, None)
    assert bytes(Person.objects.get(id=person).number_index or b"") == right
    assert bytes(FormerNumber.objects.get().number_index) == number_index(blinder(town.community), "111", NUMBER)
