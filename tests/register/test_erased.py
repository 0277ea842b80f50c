"""Somebody who asked to be erased does not come back with the next file: their row is a question to the privacy desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.intake import undo
from linli.intake.models import RowResult
from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import Conflict, NotAllowed, NotFound
from linli.register.commands import amend_person, move_out
from linli.register.models import Lapse, Person
from linli.register.opening import open_people
from linli.register.rules.by_hand import Evidence, Place
from linli.trust import erase_subject, replay_erasures
from linli.trust.erased_marks import mend_marks
from linli.trust.keyring import folder
from linli.trust.models import AuditEvent, ErasedMark, RightsRequest
from linli.trust.purposes.rules import keep_days
from linli.trust.retention.own import RETAINED
from linli.trust.retention.registry import Cut
from linli.trust.rights import commands as rights
from linli.trust.rights.erased import leave_erased, named_again, register_again
from linli.trust.rights.rules import Asker, Channel, Proof, Right
from tests.register.ground import Town, line, named, take
from tests.register.hands import LAST_MONTH, TODAY, register, said

pytestmark = pytest.mark.django_db
ActorFor = Callable[..., Actor]
Callbacks = Callable[..., Any]
TWO = [line("张小兰"), line("张大山", birth=date(1990, 1, 2), sequence=11, building=5)]
THREE = [*TWO, line("李四光", birth=date(1970, 1, 2), sequence=21, building=5, household="H9")]
FOUR = [*THREE, line("赵六", birth=date(1971, 1, 2), sequence=31, building=5, household="H8")]
"""The same file sent twice counts once, so each week's is another."""


@pytest.fixture
def officer(town: Town, actor_for: ActorFor) -> Actor:
    return actor_for("privacy_officer", town.community)


@pytest.fixture
def ledger() -> Path:
    """The file of marks; other tests of this run have left theirs in the same folder."""
    path = folder() / "erased-marks.jsonl"
    path.unlink(missing_ok=True)
    return path


def asked_to_delete(officer: Actor, town: Town, person: UUID) -> UUID:
    subject = Person.objects.get(id=person).subject_id
    return rights.receive_request(
        by=officer, community=town.community, right=Right.DELETE, channel=Channel.DESK, asker=Asker.SELF, subject=subject,
        proof=Proof.DOCUMENT,
    )  # fmt: skip


def erase(officer: Actor, town: Town, person: UUID) -> None:
    request = asked_to_delete(officer, town, person)
    rights.answer_request(by=officer, community=town.community, request=request, note="已办", although_here=True)


def test_whoever_lives_here_is_not_erased_but_refused_with_the_law(town: Town, tmp_path: Path, officer: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", TWO)
    person = named(town.community, "张小兰").id
    request = asked_to_delete(officer, town, person)
    answer: dict[str, Any] = {"by": officer, "community": town.community, "request": request}
    with pytest.raises(Conflict) as refused:
        rights.answer_request(**answer, note="已办")
    assert refused.value.words.key == "trust.rights.lives_here"
    assert named(town.community, "张小兰").id == person
    rights.refuse_request(**answer, code="still_needed")
    assert RightsRequest.objects.get(id=request).refusal == "still_needed"


def test_whoever_has_left_is_erased_at_once(town: Town, clerk: Actor, officer: Actor) -> None:
    person = register(clerk, town, said("钱一", birth=date(1970, 1, 1), sequence=71)).people[0]
    move_out(by=clerk, community=town.community, people=[person], on=TODAY, place=Place.DESK, evidence=Evidence.TOLD)
    request = asked_to_delete(officer, town, person)
    rights.answer_request(by=officer, community=town.community, request=request, note="已办")
    assert open_people(town.community, [person])[person].key is None
    assert ErasedMark.objects.count() == 1


def test_the_next_file_asks_and_registers_nobody(town: Town, tmp_path: Path, officer: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", TWO)
    erase(officer, town, named(town.community, "张小兰").id)
    people = Person.objects.count()
    for week in ("2026-W47", "2026-W48"):
        report = take(tmp_path, town.community, week, FOUR if week == "2026-W48" else THREE)
        assert report.verdicts["refused"] == 1
        assert report.counts["erased"] == 1
        assert sum(report.verdicts.values()) == report.rows
        assert report.counts.get("left_proposed", 0) == 0, "nobody is missing: who was erased is asked about nowhere else"
    assert Person.objects.count() == people + 2, "one new in each"
    assert Lapse.objects.count() == 0
    (row,) = RowResult.objects.filter(batch=report.batch, verdict="refused")
    assert "register.refused.erased" in str(row.words)
    assert "张小兰" not in f"{row.__dict__}"
    (waiting,) = named_again(viewer=officer, community=town.community)
    assert (waiting.batch, waiting.row) == (report.batch, row.row)


def test_the_officer_leaves_them_erased(town: Town, tmp_path: Path, officer: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", TWO)
    erase(officer, town, named(town.community, "张小兰").id)
    take(tmp_path, town.community, "2026-W47", THREE)
    (waiting,) = named_again(viewer=officer, community=town.community)
    leave_erased(by=officer, community=town.community, mark=waiting.id)
    assert named_again(viewer=officer, community=town.community) == []
    report = take(tmp_path, town.community, "2026-W48", FOUR)
    assert report.verdicts["refused"] == 1
    assert named_again(viewer=officer, community=town.community) == [], "decided once"


def test_the_officer_has_them_registered_again(
    town: Town, tmp_path: Path, officer: Actor, ledger: Path, django_capture_on_commit_callbacks: Callbacks
) -> None:
    take(tmp_path, town.community, "2026-W46", TWO)
    old = named(town.community, "张小兰").id
    with django_capture_on_commit_callbacks(execute=True):
        erase(officer, town, old)
    assert len(ledger.read_text().split()) > 0
    take(tmp_path, town.community, "2026-W47", THREE)
    (waiting,) = named_again(viewer=officer, community=town.community)
    with django_capture_on_commit_callbacks(execute=True):
        register_again(by=officer, community=town.community, mark=waiting.id, reason="户口登记条例 13")
    assert ledger.read_text() == ""
    report = take(tmp_path, town.community, "2026-W48", FOUR)
    assert report.verdicts["refused"] == 0
    assert named(town.community, "张小兰").id != old, "somebody new: nothing leads back to what was erased"
    assert AuditEvent.objects.get(kind="trust.erased.lifted").reason == "户口登记条例 13"


def test_only_the_officer_decides(town: Town, tmp_path: Path, officer: Actor, clerk: Actor, other_community: UUID,
                                  actor_for: ActorFor) -> None:  # fmt: skip
    take(tmp_path, town.community, "2026-W46", TWO)
    erase(officer, town, named(town.community, "张小兰").id)
    take(tmp_path, town.community, "2026-W47", THREE)
    (waiting,) = named_again(viewer=officer, community=town.community)
    assert named_again(viewer=clerk, community=town.community) == []
    stranger = actor_for("privacy_officer", other_community)
    assert named_again(viewer=stranger, community=town.community) == []
    for by, fault in ((clerk, NotAllowed), (stranger, NotFound)):
        with pytest.raises(fault):
            leave_erased(by=by, community=town.community, mark=waiting.id)
        with pytest.raises(fault):
            register_again(by=by, community=town.community, mark=waiting.id, reason="x")


def test_the_mark_leads_to_nobody(town: Town, tmp_path: Path, officer: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", TWO)
    person = named(town.community, "张小兰")
    index = bytes(Person.objects.get(id=person.id).number_index or b"")
    erase(officer, town, person.id)
    mark = ErasedMark.objects.get()
    assert len(bytes(mark.mark)) == 17
    assert bytes(mark.mark) != index
    told = {str(value) for value in mark.__dict__.values()}
    assert not {str(person.id), str(person.subject)} & told
    assert not AuditEvent.objects.filter(ids__icontains=str(mark.id)).exists()


def test_a_former_number_is_marked_too(town: Town, clerk: Actor, officer: Actor, tmp_path: Path) -> None:
    person = register(clerk, town, said("钱一", birth=date(1954, 3, 7), sequence=11)).people[0]
    new = said("钱一", birth=date(1954, 3, 7), sequence=13).number
    amend_person(by=clerk, community=town.community, person=person, values={"number": new}, place=Place.DESK,
                 evidence=Evidence.IDENTITY_DOCUMENT)  # fmt: skip
    erase(officer, town, person)
    assert ErasedMark.objects.count() == 2
    old = line("钱一", sequence=11)
    assert take(tmp_path, town.community, "2026-W47", [old, *TWO[1:]]).counts["erased"] == 1


def test_what_goes_in_its_time_leaves_no_mark(town: Town, tmp_path: Path) -> None:
    """Who left years ago and is deleted by the weekly job may come back as anybody may."""
    take(tmp_path, town.community, "2026-W46", TWO)
    subject = named(town.community, "张小兰").subject
    erase_subject(by=SYSTEM, community=town.community, subject=subject, reason="retention")
    assert ErasedMark.objects.count() == 0
    assert take(tmp_path, town.community, "2026-W47", THREE).verdicts["new"] == 2


def test_by_hand_they_are_registered_and_the_mark_goes(town: Town, clerk: Actor, officer: Actor) -> None:
    wish = said("钱一", birth=date(1970, 1, 1), sequence=71)
    erase(officer, town, register(clerk, town, wish, on=LAST_MONTH).people[0])
    register(clerk, town, wish, which=1)
    assert ErasedMark.objects.count() == 0
    assert named(town.community, "钱一")


def test_undoing_the_file_takes_its_question_back(town: Town, tmp_path: Path, officer: Actor, clerk: Actor) -> None:
    take(tmp_path, town.community, "2026-W46", TWO)
    erase(officer, town, named(town.community, "张小兰").id)
    report = take(tmp_path, town.community, "2026-W47", THREE)
    assert named_again(viewer=officer, community=town.community)
    undo(by=SYSTEM, community=town.community, batch=report.batch, reason="wrong week")
    assert named_again(viewer=officer, community=town.community) == []
    assert ErasedMark.objects.count() == 1


def test_a_restored_database_knows_the_marks_again(
    town: Town, tmp_path: Path, officer: Actor, ledger: Path, django_capture_on_commit_callbacks: Callbacks
) -> None:
    take(tmp_path, town.community, "2026-W46", TWO)
    with django_capture_on_commit_callbacks(execute=True):
        erase(officer, town, named(town.community, "张小兰").id)
    kept = bytes(ErasedMark.objects.get().mark)
    ErasedMark.objects.all().delete()  # what a backup from before brings
    with ledger.open("a") as file:
        file.write('{"community": "cut sho')
    replay_erasures(by=SYSTEM, community=town.community)
    replay_erasures(by=SYSTEM, community=town.community)
    assert bytes(ErasedMark.objects.get().mark) == kept
    assert take(tmp_path, town.community, "2026-W47", THREE).counts["erased"] == 1
    ledger.unlink()
    assert mend_marks() == 1
    assert kept.hex() in ledger.read_text()


def test_a_mark_goes_with_the_time_of_the_request(
    town: Town, tmp_path: Path, officer: Actor, ledger: Path, django_capture_on_commit_callbacks: Callbacks
) -> None:
    take(tmp_path, town.community, "2026-W46", TWO)
    with django_capture_on_commit_callbacks(execute=True):
        erase(officer, town, named(town.community, "张小兰").id)
    (retained,) = [one for one in RETAINED if one.name == "trust.erased_marks"]
    now = timezone.now()
    early = Cut(now - timedelta(days=keep_days("rights")), now)
    assert retained.due(town.community, early) == 0
    late = Cut(now + timedelta(days=1), now + timedelta(days=1))
    assert retained.due(town.community, late) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert retained.delete(town.community, late, frozenset(), 10) == 1
    assert ledger.read_text() == ""
    assert retained.due(town.community, late) == 0


def test_the_page(
    town: Town, tmp_path: Path, officer: Actor, clerk: Actor, signed_in: Callable[[Actor], Client]
) -> None:  # fmt: skip
    client = signed_in(officer)
    where = reverse("trust:erased_named", args=["999901001001"])
    take(tmp_path, town.community, "2026-W46", TWO)
    person = named(town.community, "张小兰").id
    request = asked_to_delete(officer, town, person)
    step = reverse("trust:rights_request", kwargs={"code": "999901001001", "asked": request})
    refused = client.post(step, {"act": "answer", "note": "已办"})
    assert refused.status_code == 422
    assert "that purpose is not over" in refused.content.decode()
    assert client.post(step, {"act": "answer", "note": "已办", "although_here": "on"}).status_code == 302
    assert "No file names anybody" in client.get(where).content.decode()
    report = take(tmp_path, town.community, "2026-W47", THREE)
    text = client.get(where).content.decode()
    assert str(report.batch) in text
    assert where in client.get(reverse("trust:rights", args=["999901001001"])).content.decode()
    mark = ErasedMark.objects.get().id
    assert client.post(where, {"mark": mark, "act": "again", "reason": " "}).status_code == 422
    assert client.post(where, {"mark": "x", "act": "leave"}).status_code == 404
    assert client.post(where, {"mark": mark, "act": "leave"}).status_code == 302
    assert ErasedMark.objects.get().kept
    assert client.post(where, {"mark": mark, "act": "again", "reason": "户口登记条例 13"}).status_code == 302
    assert ErasedMark.objects.count() == 0
    assert signed_in(clerk).get(where).status_code == 403


def test_time_travels_with_the_file_only(town: Town, tmp_path: Path, officer: Actor) -> None:
    """A file of before the erasure, taken in late, asks as well."""
    take(tmp_path, town.community, "2026-W46", TWO)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        erase(officer, town, named(town.community, "张小兰").id)
    assert take(tmp_path, town.community, "2026-W46", THREE).counts["erased"] == 1
