"""One person's archive: what it tells and from whom, what it shows only for a reason, and what is left of somebody erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.register.commands import add_need, confirm_unchanged, issue_permit, reveal
from linli.register.queries.record import _depth, person_record
from linli.register.rules import thresholds
from linli.register.rules.by_hand import Place
from linli.register.rules.needs import Basis, Need
from linli.register.rules.revealing import REASONS, Group, Reason, enough, written
from linli.trust import erase_subject, who_looked
from linli.trust.models import AuditEvent
from tests.register.ground import Town, build, line, named, take
from tests.register.hands import FAMILY, TODAY, register

pytestmark = pytest.mark.django_db
HOME = "/desk/999901001001/people/"


@pytest.fixture
def town(community: UUID, data: Path, tmp_path: Path) -> Town:
    made = build(community)
    take(tmp_path, community, "2026-W47", [line("张小兰"), line("张大山", birth=date(1990, 1, 2), sequence=11, building=5)])
    return made


@pytest.fixture
def clerk(town: Town, actor_for: Callable[..., Actor]) -> Actor:
    return actor_for("desk_clerk", town.community)


def show(by: Actor, town: Town, person: UUID, *groups: Group, words: str = "换领居住证") -> dict[Group, str]:
    return reveal(by=by, community=town.community, person=person, groups=groups, reason=Reason.DESK, words=words).values


def test_only_what_was_asked_for_is_shown_and_the_trail_says_which(town: Town, clerk: Actor) -> None:
    known = named(town.community, "张小兰")
    assert show(clerk, town, known.id, Group.PHONE, Group.NAME) == {Group.NAME: "张小兰", Group.PHONE: known.phone}
    (event,) = AuditEvent.objects.filter(kind="register.person.revealed")
    assert (event.actor_id, event.ids, event.fields) == (clerk.account, [str(known.id)], ["name", "phone"])
    assert event.reason == written(Reason.DESK, "换领居住证")
    assert "张小兰" not in f"{event.reason}{event.counts}{event.fields}"
    everything = show(clerk, town, known.id, *Group)
    assert everything[Group.ADDRESS] == "柳荫苑3号楼 2-501"
    assert everything[Group.BIRTH] == "1954-03-07"
    assert everything[Group.NUMBER] == known.number


def test_the_person_reads_who_looked_and_why(town: Town, clerk: Actor) -> None:
    known = named(town.community, "张小兰")
    show(clerk, town, known.id, Group.NAME)
    themselves = Actor(account=None, role="resident", permissions=frozenset(), communities=frozenset({town.community}),
                       subject=known.subject)  # fmt: skip
    (look,) = who_looked(viewer=themselves, community=town.community, subject=known.subject, objects=[known.id])
    assert (look.role, look.kind) == ("desk_clerk", "register.person.revealed")
    assert "换领居住证" in look.reason
    assert REASONS[Reason.DESK]["en"] in look.reason
    seen = {"viewer": clerk, "community": town.community, "subject": known.subject, "objects": [known.id]}
    assert who_looked(**seen) == []
    assert who_looked(**seen, in_scope=True) == [look]


def test_nothing_is_shown_without_reason_field_permission_or_scope(
    town: Town, clerk: Actor, actor_for: Callable[..., Actor]
) -> None:  # fmt: skip
    mine, other = named(town.community, "张小兰").id, named(town.community, "张大山").id
    with pytest.raises(BadInput):
        show(clerk, town, mine)
    for words in ("", "   ", " . ", "看看"):
        with pytest.raises(BadInput):
            show(clerk, town, mine, Group.NAME, words=words)
    worker = actor_for("grid_worker", town.grids[0])
    assert show(worker, town, mine, Group.NAME)[Group.NAME] == "张小兰"
    with pytest.raises(NotFound):
        show(worker, town, other, Group.NAME)
    for role in ("supervisor", "auditor", "privacy_officer", "department_officer", "system_administrator"):
        with pytest.raises(NotAllowed):
            show(actor_for(role, town.community), town, mine, Group.NAME)
    assert AuditEvent.objects.filter(kind="register.person.revealed").count() == 1


def test_too_often_is_refused_until_later(
    town: Town, clerk: Actor, actor_for: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = named(town.community, "张小兰").id
    real = thresholds.threshold
    few = {"reveals_an_hour": 2, "reveals_a_day": 3}
    monkeypatch.setattr("linli.register.commands.revealing.threshold", lambda name: few.get(name) or real(name))
    for _ in range(2):
        show(clerk, town, mine, Group.NAME)
    with pytest.raises(Conflict):
        show(clerk, town, mine, Group.NAME)
    assert show(actor_for("community_manager", town.community), town, mine, Group.NAME)
    assert 0 < real("reveals_an_hour") < real("reveals_a_day")


def test_somebody_erased_shows_nothing(
    town: Town, clerk: Actor, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]
) -> None:
    known = named(town.community, "张小兰")
    officer = actor_for("privacy_officer", town.community)
    erase_subject(by=officer, community=town.community, subject=known.subject, reason="asked for it")
    record = person_record(viewer=clerk, community=town.community, person=known.id, today=TODAY)
    assert record.erased
    assert (record.facts, record.household, record.number, record.phone, record.row) == ([], [], "", "", None)
    with pytest.raises(NotFound):
        show(clerk, town, known.id, Group.NAME)
    page = signed_in(clerk).get(f"{HOME}{known.id}/")
    assert page.status_code == 200
    assert "Erased" in page.content.decode()
    for gone in ("张", "柳荫苑", known.number[-2:] + "</span>", "1954"):
        assert gone not in page.content.decode()


def test_the_timeline_has_everything_dated_and_no_need(town: Town, clerk: Actor) -> None:
    family = register(clerk, town, *FAMILY)
    head = family.people[0]
    law = {"basis": Basis.LAW, "law": "无障碍环境建设法", "place": Place.DESK}
    for need in (Need.STAIRS, Need.MEALS):
        add_need(by=clerk, community=town.community, person=head, need=need, **law)
    issue_permit(by=clerk, community=town.community, key=new_id(), person=head, on=TODAY)
    confirm_unchanged(by=clerk, community=town.community, dwelling=door_of(head))
    record = person_record(viewer=clerk, community=town.community, person=head, today=TODAY)
    kinds = {fact.kind for fact in record.facts}
    assert {"residence", "household", "visit", "permit", "needs"} <= kinds
    assert [fact.count for fact in record.facts if fact.kind == "needs"] == [2]
    assert not any(need.value in f"{fact.detail}{fact.place}" for fact in record.facts for need in Need)
    assert [one.depth for one in record.household] == [0, 1, 1]
    assert record.household[0].row.id == head
    assert {source.source for source in record.sources} & {"door", "document"}
    assert {field for source in record.sources for field in source.fields} >= {"name", "number", "phone", "address"}
    assert all("501" not in fact.place for fact in record.facts)


def door_of(person: UUID) -> UUID:
    from linli.register.models import Residence

    found = Residence.objects.get(person=person, to_date__isnull=True).dwelling_id
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("relation", "depth"), [("01", 0), ("02", 0), ("12", 1), ("21", 1), ("41", 2), ("51", 1), ("61", 2), ("99", 1), ("", 1)]
)
def test_how_far_from_the_head(relation: str, depth: int) -> None:
    assert _depth(relation, "1") == depth


def test_reasons_have_both_languages_and_words_enough() -> None:
    assert set(REASONS) == set(Reason)
    assert all(set(told) == {"en", "zh-Hans"} for told in REASONS.values())
    assert enough("换领证件")
    assert not enough("...")


def test_pages(town: Town, clerk: Actor, signed_in: Callable[..., Client]) -> None:
    known = named(town.community, "张小兰")
    client = signed_in(clerk)
    masked = client.get(f"{HOME}{known.id}/").content.decode()
    assert "张小兰" not in masked
    asked = {"groups": ["name", "address"], "reason": "desk", "words": "换领居住证"}
    answer = client.post(f"{HOME}{known.id}/shown/", asked)
    told = answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    for shown in ("张小兰", "柳荫苑3号楼 2-501", "换领居住证"):
        assert shown in told
    assert known.number not in told
    assert known.phone not in told
    again = client.get(f"{HOME}{known.id}/").content.decode()
    assert "张小兰" not in again
    assert "换领居住证" in again, "who looked, and what for"
    assert client.get(f"{HOME}{known.id}/shown/").status_code == 302
    for wrong in ({"words": " "}, {"groups": []}, {"groups": ["needs"]}, {"reason": "curious"}):
        assert client.post(f"{HOME}{known.id}/shown/", asked | wrong).status_code == 422


def test_pages_out_of_scope(town: Town, actor_for: Callable[..., Actor], signed_in: Callable[..., Client]) -> None:
    other = named(town.community, "张大山").id
    asked = {"groups": ["name"], "reason": "desk", "words": "换领居住证"}
    assert signed_in(actor_for("grid_worker", town.grids[0])).post(f"{HOME}{other}/shown/", asked).status_code == 404
    assert signed_in(actor_for("supervisor", town.community)).post(f"{HOME}{other}/shown/", asked).status_code == 403
