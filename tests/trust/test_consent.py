"""Consent: freely given, as easily taken back, not asked again after a no, and a guardian's where a child is under 14."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import PUBLIC, SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import new_id
from linli.trust.consent import hooks, people
from linli.trust.consent.commands import answer_consent, withdraw_consent
from linli.trust.consent.hooks import Ended, on_withdrawn
from linli.trust.consent.people import KnowsPeople, offer_people
from linli.trust.consent.queries import consent_history, consenting, consents_of, has_consent
from linli.trust.consent.rules import (
    Act,
    Channel,
    Event,
    Mandate,
    Relation,
    Standing,
    Text,
    check_guardian,
    is_guarded,
    may_ask,
    standing,
)
from linli.trust.models import AuditEvent, ConsentEvent, Subject
from linli.trust.purposes.rules import consent_texts
from tests.support.zones import add_grid

MakeActor = Callable[..., Actor]
NOW = consent_texts("care")[-1].version
ONE, TWO_SMALL, TWO_GREAT = Text(1, True), Text(2, False), Text(2, True)
GAVE, NO, BACK = Event(Act.GIVE, 1), Event(Act.REFUSE, 1), Event(Act.WITHDRAW, 1)


@pytest.fixture
def subject(community: UUID) -> UUID:
    return Subject.objects.create(community_id=community, pseudonym=new_id().hex[-16:]).id


@pytest.fixture
def clerk(community: UUID, actor_for: MakeActor) -> Actor:
    return actor_for("desk_clerk", community)


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other flats joined stays out, and what a test joins goes with it."""
    monkeypatch.setattr(hooks, "_HOOKS", defaultdict(list))
    monkeypatch.setattr(people, "PEOPLE", {})


@pytest.mark.parametrize(
    ("events", "texts", "expected"),
    [
        ([], [ONE], Standing.NEVER_ASKED),
        ([GAVE], [ONE], Standing.GIVEN),
        ([GAVE], [ONE, TWO_SMALL], Standing.GIVEN),
        ([GAVE], [ONE, TWO_GREAT], Standing.OUTDATED),
        ([NO], [ONE, TWO_GREAT], Standing.REFUSED),
        ([GAVE, BACK], [ONE], Standing.WITHDRAWN),
        ([NO, GAVE], [ONE], Standing.GIVEN),
        ([GAVE, BACK, Event(Act.GIVE, 2)], [ONE, TWO_GREAT], Standing.GIVEN),
    ],
)
def test_where_a_consent_stands(events: list[Event], texts: list[Text], expected: Standing) -> None:
    assert standing(events, texts) is expected


@pytest.mark.parametrize(
    ("events", "texts", "expected"),
    [
        ([], [ONE], True),
        ([GAVE], [ONE], False),
        ([GAVE], [ONE, TWO_SMALL], False),
        ([GAVE], [ONE, TWO_GREAT], True),
        ([NO], [ONE], False),
        ([NO], [ONE, TWO_SMALL], True),
        ([GAVE, BACK], [ONE], False),
        ([GAVE, BACK], [ONE, TWO_GREAT], True),
    ],
)
def test_who_may_be_asked(events: list[Event], texts: list[Text], expected: bool) -> None:
    assert may_ask(events, texts) is expected


EVENTS = st.lists(st.builds(Event, st.sampled_from(Act), st.integers(1, 4)), max_size=8)
TEXTS = st.lists(st.booleans(), min_size=1, max_size=4).map(lambda flags: [Text(i, m) for i, m in enumerate(flags, start=1)])


@given(EVENTS, TEXTS)
def test_nobody_who_agrees_or_said_no_to_the_newest_text_is_asked(events: list[Event], texts: list[Text]) -> None:
    newest = texts[-1].version
    if events and events[-1].act is not Act.GIVE and any(e.version >= newest for e in events if e.act is not Act.GIVE):
        assert not may_ask(events, texts)
    if standing(events, texts) is Standing.GIVEN:
        assert not may_ask(events, texts)
        assert events[-1].act is Act.GIVE


@pytest.mark.parametrize(
    ("born", "on", "expected"),
    [
        (date(2012, 11, 17), date(2026, 11, 16), True),
        (date(2012, 11, 16), date(2026, 11, 16), False),
        (date(2012, 11, 15), date(2026, 11, 16), False),
        # Only the month is kept: under 14 until the month is over.
        (date(2012, 11, 1), date(2026, 11, 30), True),
        (date(2012, 11, 1), date(2026, 12, 1), False),
        (date(2012, 12, 1), date(2026, 12, 31), True),
        (date(2012, 12, 1), date(2027, 1, 1), False),
        (date(2012, 2, 29), date(2026, 2, 28), True),
        (date(2012, 2, 29), date(2026, 3, 1), False),
        (None, date(2026, 11, 16), False),
    ],
)
def test_who_is_under_fourteen(born: date | None, on: date, expected: bool) -> None:
    assert is_guarded(born, on) is expected


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.dates(date(1950, 1, 1), date(2060, 12, 31)))
def test_the_fourteenth_birthday_is_counted_as_the_slow_way_does(born: date, on: date) -> None:
    if born.day != 1:
        years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        assert is_guarded(born, on) is (years < 14)


def test_a_child_needs_guardian_relation_and_paper() -> None:
    check_guardian(guarded=True, relation="parent", mandate="household_book")
    check_guardian(guarded=False, relation="", mandate="")
    for relation, mandate in (("", ""), ("parent", ""), ("", "household_book"), ("neighbour", "household_book")):
        with pytest.raises(BadInput) as fault:
            check_guardian(guarded=True, relation=relation, mandate=mandate)
        assert fault.value.remedy is not None
    with pytest.raises(BadInput):
        check_guardian(guarded=False, relation="parent", mandate="household_book")


def _say(by: Actor, community: UUID, subject: UUID, **change: object) -> UUID:
    said = {"purpose": "care", "agrees": True, "version": NOW, "channel": Channel.DESK, **change}
    return answer_consent(by=by, community=community, subject=subject, **said)  # type: ignore[arg-type]


def test_given_taken_back_and_told(community: UUID, subject: UUID, clerk: Actor) -> None:
    assert not has_consent(viewer=clerk, community=community, subject=subject, purpose="care")
    _say(clerk, community, subject)
    assert has_consent(viewer=clerk, community=community, subject=subject, purpose="care")
    (row,) = consents_of(viewer=clerk, community=community, subject=subject)
    assert row.stands
    assert not row.may_ask
    ended: list[Ended] = []
    on_withdrawn("care", ended.append)
    withdraw_consent(by=clerk, community=community, subject=subject, purpose="care", channel=Channel.DESK)
    assert not has_consent(viewer=clerk, community=community, subject=subject, purpose="care")
    assert [(one.subject, one.purpose) for one in ended] == [(subject, "care")]
    with pytest.raises(Conflict):
        withdraw_consent(by=clerk, community=community, subject=subject, purpose="care", channel=Channel.DESK)
    assert [line.act for line in consent_history(viewer=clerk, community=community, subject=subject)] == [Act.GIVE, Act.WITHDRAW]
    assert AuditEvent.objects.filter(command="trust.withdraw_consent").count() == 2


def test_what_rests_on_it_ends_with_it_or_nothing_does(community: UUID, subject: UUID, clerk: Actor) -> None:
    """The hook runs in the same transaction: if it fails, the withdrawal is not written either and can be done again."""
    _say(clerk, community, subject)

    def fails(_ended: Ended) -> None:
        raise RuntimeError("killed half-way")

    on_withdrawn("care", fails)
    with pytest.raises(RuntimeError):
        withdraw_consent(by=clerk, community=community, subject=subject, purpose="care", channel=Channel.DESK)
    assert has_consent(viewer=clerk, community=community, subject=subject, purpose="care")
    assert ConsentEvent.objects.count() == 1


def test_a_no_is_remembered_and_not_asked_again(community: UUID, subject: UUID, clerk: Actor) -> None:
    _say(clerk, community, subject, agrees=False)
    (row,) = consents_of(viewer=clerk, community=community, subject=subject)
    assert not row.may_ask
    for agrees in (True, False):
        with pytest.raises(Conflict):
            _say(clerk, community, subject, agrees=agrees)
    _say(clerk, community, subject, own_accord=True)
    assert has_consent(viewer=clerk, community=community, subject=subject, purpose="care")


def test_a_no_to_a_new_text_ends_the_old_consent(community: UUID, subject: UUID, clerk: Actor) -> None:
    ConsentEvent.objects.create(
        community_id=community,
        subject_id=subject,
        purpose="care",
        version=1,
        act="give",
        at=timezone.now() - timedelta(days=100),
        channel="paper",
        role="desk_clerk",
    )
    (row,) = consents_of(viewer=clerk, community=community, subject=subject)
    assert row.standing is Standing.OUTDATED
    assert row.may_ask
    assert row.text.version == NOW
    ended: list[Ended] = []
    on_withdrawn("care", ended.append)
    _say(clerk, community, subject, agrees=False)
    assert len(ended) == 1


def test_only_the_present_text_and_only_what_rests_on_consent(community: UUID, subject: UUID, clerk: Actor) -> None:
    with pytest.raises(BadInput):
        _say(clerk, community, subject, version=NOW - 1)
    for purpose in ("residents", "no such purpose"):
        with pytest.raises(BadInput):
            _say(clerk, community, subject, purpose=purpose)


def test_for_a_child_the_guardian_decides(community: UUID, subject: UUID, clerk: Actor) -> None:
    born = timezone.localdate() - timedelta(days=365 * 9 + 40)
    offer_people(KnowsPeople("test", lambda *_: True, lambda *_: born))
    with pytest.raises(BadInput) as fault:
        _say(clerk, community, subject)
    assert fault.value.words.key == "trust.consent.needs_guardian"
    mother = Subject.objects.create(community_id=community, pseudonym=new_id().hex[-16:]).id
    _say(clerk, community, subject, guardian=mother, relation=Relation.PARENT, mandate=Mandate.HOUSEHOLD_BOOK)
    event = ConsentEvent.objects.get()
    assert (event.guardian_id, event.relation, event.mandate) == (mother, "parent", "household_book")
    (row,) = consents_of(viewer=clerk, community=community, subject=subject)
    assert row.relation == "parent"
    with pytest.raises(NotFound):
        _say(clerk, community, subject, guardian=new_id(), relation=Relation.PARENT, mandate=Mandate.HOUSEHOLD_BOOK)


def test_a_resident_decides_for_themselves_and_nobody_else(community: UUID, subject: UUID, actor_for: MakeActor) -> None:
    from dataclasses import replace

    resident = replace(actor_for("resident", community), subject=subject)
    other = Subject.objects.create(community_id=community, pseudonym=new_id().hex[-16:]).id
    _say(resident, community, subject, channel=Channel.PORTAL)
    withdraw_consent(by=resident, community=community, subject=subject, purpose="care", channel=Channel.PORTAL)
    # Of their own accord they may change their mind.
    _say(resident, community, subject, channel=Channel.PORTAL)
    for by in (resident, replace(resident, subject=None)):
        with pytest.raises((NotAllowed, NotFound)):
            _say(by, community, other)
    with pytest.raises(NotFound):
        _say(PUBLIC, community, subject)


def test_scope(community: UUID, other_community: UUID, subject: UUID, clerk: Actor, actor_for: MakeActor) -> None:
    _say(clerk, community, subject)
    stranger = actor_for("desk_clerk", other_community)
    for where in (community, other_community):
        with pytest.raises(NotFound):
            _say(stranger, where, subject)
        with pytest.raises(NotFound):
            consents_of(viewer=stranger, community=where, subject=subject)
        assert not has_consent(viewer=stranger, community=where, subject=subject, purpose="care")
    with pytest.raises(NotAllowed):
        withdraw_consent(
            by=actor_for("auditor", community), community=community, subject=subject, purpose="care", channel=Channel.DESK
        )


def test_a_worker_sees_those_of_their_grid_only(community: UUID, subject: UUID, clerk: Actor, actor_for: MakeActor) -> None:
    _say(clerk, community, subject)
    worker = actor_for("grid_worker", add_grid(community, "01"))
    ask: dict[str, Any] = {"viewer": worker, "community": community, "purpose": "care"}
    assert consenting(subjects=[subject], **ask) == set()
    offer_people(KnowsPeople("test", lambda _viewer, _community, who: who == subject, lambda *_: None))
    assert consenting(subjects=[subject, new_id()], **ask) == {subject}
    withdraw_consent(by=worker, community=community, subject=subject, purpose="care", channel=Channel.DESK)


def test_many_at_once(community: UUID, clerk: Actor) -> None:
    subjects = Subject.objects.bulk_create([Subject(community_id=community, pseudonym=new_id().hex[-16:]) for _ in range(1203)])
    agreed = {one.id for one in subjects[::7]}
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            community_id=community,
            subject_id=one,
            purpose="care",
            version=NOW,
            act="give",
            at=timezone.now(),
            channel="paper",
            role="",
        )
        for one in agreed
    )
    assert consenting(viewer=SYSTEM, community=community, subjects=[one.id for one in subjects], purpose="care") == agreed
