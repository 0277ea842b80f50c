"""What a person may ask for, what is stored and not used, and what goes in its time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Model
from django.utils import timezone

from linli.faces.words import both as worded
from linli.intake.models import Change, RowPrint
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import NotFound
from linli.kernel.weeks import Week
from linli.kernel.words import Words
from linli.register import commands
from linli.register.facts import build_residents
from linli.register.models import CareNeed, Declaration, Lapse, Person, Residence, ReviewItem, Visit
from linli.register.opening import open_people
from linli.register.portable import PORTABLE
from linli.register.portable_words import HEADS, SECTIONS
from linli.register.queries.asof import Moment, residents
from linli.register.queries.declarations import seen
from linli.register.queries.people import may_see, person_rows
from linli.register.queries.questions import queue
from linli.register.retained import RETAINED
from linli.register.rules.by_hand import Place
from linli.register.rules.needs import NAMES, Basis, Need
from linli.register.rules.sealing import DECLARED
from linli.trust import Asked, Compartment, erase_subject, new_subjects, notes_about, place_hold, record, seal_note, subject_keys
from linli.trust.door import COMMANDS, command
from linli.trust.models import Subject, WrappedKey
from linli.trust.retention.queries import keeping
from linli.trust.retention.running import run_retention
from linli.trust.rights.commands import answer_request, lift_restriction, open_answer, receive_request
from linli.trust.rights.rules import Asker, Channel, Proof, Right
from linli.trust.rules import Permission
from tests.register.ground import Town, line, take
from tests.register.hands import TODAY, home, register

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
TEL = "00055501234"


@pytest.fixture
def officer(town: Town, actor_for: ActorFor) -> Actor:
    return actor_for("privacy_officer", town.community)


@pytest.fixture
def people(town: Town, clerk: Actor) -> list[UUID]:
    """A household of three; the first needs help on the stairs."""
    made = list(register(clerk, town).people)
    commands.add_need(
        by=clerk, community=town.community, person=made[0], need=Need.STAIRS, place=Place.DESK, basis=Basis.LAW,
        law="残疾人保障法", helper="儿子",
    )  # fmt: skip
    return made


def subject_of(person: UUID) -> UUID:
    return Person.objects.values_list("subject_id", flat=True).get(id=person)


def ask(by: Actor, town: Town, person: UUID, right: Right) -> UUID:
    return receive_request(
        by=by, community=town.community, right=right, channel=Channel.DESK, asker=Asker.SELF, proof=Proof.DOCUMENT,
        subject=subject_of(person),
    )  # fmt: skip


def tables(by: Actor, town: Town, person: UUID) -> dict[str, list[Any]]:
    asked = Asked(by, town.community, subject_of(person), Right.COPY, Asker.SELF)
    return {section.key: list(section.rows) for section in PORTABLE.sections(asked)}


class TestAnswer:
    def test_everything_in_both_languages_and_nothing_of_others(
        self, town: Town, clerk: Actor, officer: Actor, people: list[UUID]
    ) -> None:
        told = tables(officer, town, people[0])
        assert set(told) == {f"register.{key}" for key in SECTIONS}
        who = told["register.identity"][0]
        assert (who["name"], who["document"]) == ("张大山", {"en": "identity card", "zh-Hans": "居民身份证"})
        assert told["register.needs"][0]["need"] == worded(Words(NAMES[Need.STAIRS]))
        assert (told["register.needs"][0]["helper"], told["register.needs"][0]["basis"]) == ("儿子", "残疾人保障法")
        assert told["register.residence"][0]["building"] == "柳荫苑3号楼"
        assert told["register.household"][0]["relation"]["zh-Hans"]
        whole = json.dumps(told, ensure_ascii=False, default=str)
        assert "李小兰" not in whole
        assert "张小山" not in whole

    def test_every_column_has_a_heading_and_every_row_fits(self, town: Town, officer: Actor, people: list[UUID]) -> None:
        asked = Asked(officer, town.community, subject_of(people[0]), Right.COPY, Asker.SELF)
        for section in PORTABLE.sections(asked):
            assert set(section.title) == {"en", "zh-Hans"}
            assert all(set(row) <= set(section.columns) for row in section.rows), section.key
        used = {name for _, columns in SECTIONS.values() for name in columns.split()}
        assert used == set(HEADS)

    def test_the_desk_hands_it_out(self, town: Town, clerk: Actor, officer: Actor, people: list[UUID]) -> None:
        request = ask(clerk, town, people[0], Right.COPY)
        pack = open_answer(by=officer, community=town.community, request=request)
        assert pack.counts["register.identity"] == 1
        assert "张大山" in pack.as_csv("zh-Hans")
        looked = next(s for s in pack.sections if s.key == "register.lookers").rows
        assert [row["role"] for row in looked]

    def test_of_somebody_erased_there_is_nothing(self, town: Town, officer: Actor, people: list[UUID]) -> None:
        erase_subject(by=officer, community=town.community, subject=subject_of(people[0]), reason="asked")
        assert tables(officer, town, people[0]) == {}


class TestErasure:
    def test_answering_a_deletion_erases(self, town: Town, clerk: Actor, officer: Actor, people: list[UUID]) -> None:
        subject = subject_of(people[0])
        seal_note(by=SYSTEM, community=town.community, subject=subject, compartment=Compartment.HEALTH, text="x")
        request = ask(clerk, town, people[0], Right.DELETE)
        answer_request(by=officer, community=town.community, request=request, note="done", although_here=True)
        assert not WrappedKey.objects.filter(subject=subject).exists()
        assert open_people(town.community, [people[0]])[people[0]].name == ""
        assert notes_about(viewer=SYSTEM, community=town.community, subject=subject) == []

    def test_no_keyed_hash_of_the_person_stays_anywhere(
        self, town: Town, officer: Actor, tmp_path: Any, people: list[UUID]
    ) -> None:
        take(tmp_path, town.community, "2026-W46", [line("赵六", sequence=44, building=5)])
        take(tmp_path, town.community, "2026-W47", [line("赵六", sequence=44, building=5, phone="000 5550 9999")])
        person = next(
            p for p in open_people(town.community, Person.objects.values_list("id", flat=True)).values() if p.name == "赵六"
        )
        item = ReviewItem.objects.create(
            community_id=town.community, matter="left", mark=b"m", person_id=people[0], opened_at=timezone.now(),
            details={"kept": {"changed": {"Person": {str(person.id): [{"name_token": 7}, {}]}}}, "why": "w"},
        )  # fmt: skip
        assert Change.objects.filter(object_id=person.id).exists()
        erase_subject(by=officer, community=town.community, subject=person.subject, reason="asked")
        assert not Change.objects.filter(object_id=person.id).exists()
        assert not RowPrint.objects.filter(object_id=person.id).exists()
        item.refresh_from_db()
        assert item.details == {"why": "w"}
        row = Person.objects.get(id=person.id)
        assert [row.name_token, row.number_index, row.phone_token, row.birth_month, row.register_no] == [
            None,
            None,
            None,
            None,
            "",
        ]

    def test_monday_goes_on_without_them(self, town: Town, officer: Actor, people: list[UUID]) -> None:
        week = Week.of(TODAY)
        assert build_residents(town.community, week, timezone.now()).num_rows == 3
        erase_subject(by=officer, community=town.community, subject=subject_of(people[0]), reason="asked")
        assert build_residents(town.community, week, timezone.now()).num_rows == 2


class TestRestriction:
    def test_stored_and_nothing_else_until_lifted(self, town: Town, clerk: Actor, officer: Actor, people: list[UUID]) -> None:
        request = ask(clerk, town, people[0], Right.RESTRICT)
        answer_request(by=officer, community=town.community, request=request, note="")
        shown = {"community": town.community, "today": TODAY}
        assert not may_see(viewer=clerk, community=town.community, person=people[0])
        assert len(person_rows(viewer=clerk, people=people, **shown)) == 2
        with pytest.raises(NotFound):
            commands.add_need(
                by=clerk, community=town.community, person=people[0], need=Need.MEALS, place=Place.DESK, basis=Basis.LAW, law="x"
            )
        common = {"community_id": town.community, "person_id": people[0]}
        ReviewItem.objects.create(
            matter="conflict", mark=b"1", field="phone", building_id=town.buildings[0], opened_at=timezone.now(), **common
        )
        Lapse.objects.create(from_monday=Week.of(TODAY).monday, verified=TODAY, **common)
        assert queue(viewer=clerk, community=town.community).rows == []
        assert len(queue(viewer=officer, community=town.community).rows) == 2
        about = {"community": town.community, "buildings": [town.buildings[0]], "person": people[0]}
        assert (seen(viewer=clerk, **about), seen(viewer=officer, **about)) == (False, True)
        at = Moment(TODAY, timezone.now())
        assert {r.person for r in residents(viewer=SYSTEM, community=town.community, at=at)} == set(people[1:])
        assert may_see(viewer=officer, community=town.community, person=people[0])
        assert tables(officer, town, people[0])["register.identity"][0]["name"] == "张大山"
        lift_restriction(by=officer, community=town.community, request=request, note="")
        assert may_see(viewer=clerk, community=town.community, person=people[0])
        assert len(residents(viewer=SYSTEM, community=town.community, at=at)) == 3


def aged(model: type[Model], days: int, **columns: str) -> None:
    """As if it had been written and ended so many days ago. ``columns``: name → ``day`` or ``moment``."""
    now = timezone.now() - timedelta(days=days)
    model._default_manager.update(**{name: now if kind == "moment" else now.date() for name, kind in columns.items()})


def gone(town: Town, now: datetime) -> dict[str, int]:
    """Announce, wait a week, delete."""
    run_retention(by=SYSTEM, community=town.community, now=now)
    return run_retention(by=SYSTEM, community=town.community, now=now + timedelta(days=8)).deleted


class TestRetention:
    def left(self, town: Town, clerk: Actor, people: list[UUID], days: int) -> None:
        """Everybody moved out so many days ago."""
        for model in (Residence, CareNeed):
            aged(model, days + 30, from_date="day", known_from="moment")
            aged(model, days, to_date="day", ended_known="moment")
        aged(Person, days + 30, known_from="moment")

    def test_former_residents_go_whole_after_the_longest_purpose(self, town: Town, clerk: Actor, people: list[UUID]) -> None:
        self.left(town, clerk, people, 1000)
        assert "residents" not in gone(town, timezone.now())
        self.left(town, clerk, people, 1100)
        held = subject_of(people[2])
        place_hold(by=SYSTEM, community=town.community, reason="court", from_date=TODAY - timedelta(days=1), subject=held)
        assert gone(town, timezone.now())["residents"] == 2
        assert set(WrappedKey.objects.filter(subject__in=map(subject_of, people)).values_list("subject_id", flat=True)) == {held}
        assert Person.objects.count() == 3
        assert Residence.objects.count() == 3

    def test_telephone_and_needs_go_earlier(self, town: Town, clerk: Actor, people: list[UUID]) -> None:
        Person.objects.filter(id=people[0]).update(sealed_phone=b"x", phone_token=3)
        self.left(town, clerk, people, 200)
        deleted = gone(town, timezone.now())
        assert (deleted["reach"], deleted["care"]) == (1, 1)
        row = Person.objects.get(id=people[0])
        assert (bytes(row.sealed_phone), row.phone_token, bool(row.sealed_name)) == (b"", None, True)

    def test_nobody_who_lives_here_goes(self, town: Town, people: list[UUID]) -> None:
        aged(Person, 4000, known_from="moment")
        aged(Residence, 4000, from_date="day", known_from="moment")
        assert all(
            row.due == 0 for row in keeping(viewer=SYSTEM, community=town.community, now=timezone.now()) if row.purpose != "log"
        )

    def test_decided_questions_and_declarations_go_with_the_strangers_words(self, town: Town, people: list[UUID]) -> None:
        old = timezone.now() - timedelta(days=400)

        @command("test.stranger", may=Permission.PORTAL_READ)
        def stranger(*, by: Actor, community: UUID) -> UUID:
            record("test")
            return new_subjects(community, 1)[0].id

        try:
            subject = stranger(by=SYSTEM, community=town.community)
        finally:
            COMMANDS.pop("test.stranger")
        told = subject_keys(town.community, [subject])[subject].seal(DECLARED, "{}")
        common = {"community_id": town.community, "decided_at": old, "state": "accepted"}
        Declaration.objects.create(
            kind="move_in", channel="paper", declarant="resident", subject_id=subject, told=told, received_at=old, **common
        )
        Declaration.objects.create(
            kind="move_in", channel="paper", declarant="resident", received_at=old, community_id=town.community
        )
        ReviewItem.objects.create(
            matter="left", mark=b"a", subject_id=subject_of(people[0]), person_id=people[0], opened_at=old, **common
        )
        Visit.objects.create(
            community_id=town.community, building_id=town.buildings[0], on=TODAY - timedelta(days=1200), outcome="unchanged",
            known_from=timezone.now() - timedelta(days=1200),
        )  # fmt: skip
        deleted = gone(town, timezone.now())
        assert (deleted["proposals"], deleted["counts"]) == (2, 1)
        assert Declaration.objects.count() == 1, "what nobody has decided yet stays"
        assert not Subject.objects.filter(id=subject).exists()
        assert Subject.objects.filter(id=subject_of(people[0])).exists()
        assert home(people[0]) is not None

    def test_each_is_offered_once(self) -> None:
        names = [one.name for one in RETAINED]
        assert len(names) == len(set(names))
