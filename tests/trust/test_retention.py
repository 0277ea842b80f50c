"""Retention: announced a week before, deleted if still due, held by the law, and gone on with after a kill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import SYSTEM, Actor
from linli.kernel.errors import BadInput, NotAllowed, NotFound
from linli.kernel.ids import new_id, new_reference
from linli.trust.models import Announcement, AuditEvent, ConsentEvent, RightsRequest, Subject
from linli.trust.purposes.rules import keep_days
from linli.trust.retention import commands, registry
from linli.trust.retention.commands import AT_ONCE, lift_hold, place_hold
from linli.trust.retention.own import RETAINED
from linli.trust.retention.queries import announcements, held_by_law, keeping, legal_holds
from linli.trust.retention.registry import Cut, Retained, offer_retained
from linli.trust.retention.rules import Hold, agreed_cut, cut_off, holding, is_held, may_delete
from linli.trust.retention.running import run_retention

MakeActor = Callable[..., Actor]
NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)
WEEK = timedelta(days=7)
KEEP = timedelta(days=keep_days("care"))


@dataclass
class Things:
    """Things in memory: when each ended, when that was written down, whose it is."""

    by_subject: bool = False
    kept: dict[int, tuple[datetime, datetime, UUID | None]] = field(default_factory=dict)

    def add(self, ended: datetime, known: datetime | None = None, whose: UUID | None = None) -> int:
        number = len(self.kept) + 1
        self.kept[number] = (ended, known or ended, whose)
        return number

    def _falling(self, cut: Cut) -> list[int]:
        return [n for n, (ended, known, _) in self.kept.items() if ended < cut.before and known <= cut.known_by]

    def due(self, _community: UUID, cut: Cut) -> int:
        return len(self._falling(cut))

    def delete(self, _community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
        some = [n for n in self._falling(cut) if self.kept[n][2] not in spared][:most]
        for number in some:
            del self.kept[number]
        return len(some)


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a test offers is kept under a purpose."""
    monkeypatch.setattr(registry, "_RETAINED", defaultdict(list))


@pytest.fixture
def things() -> Things:
    made = Things()
    offer_retained(Retained("test.things", "care", made.due, made.delete))
    return made


@pytest.fixture
def own_things() -> Things:
    """Things that can be told apart by person."""
    made = Things(by_subject=True)
    offer_retained(Retained("test.things", "care", made.due, made.delete, by_subject=True))
    return made


@pytest.fixture
def officer(community: UUID, actor_for: MakeActor) -> Actor:
    return actor_for("privacy_officer", community)


@pytest.fixture
def subject(community: UUID) -> UUID:
    return Subject.objects.create(community_id=community, pseudonym=new_id().hex[-16:]).id


def _run(community: UUID, now: datetime) -> tuple[dict[str, int], dict[str, int]]:
    report = run_retention(by=SYSTEM, community=community, now=now)
    return report.announced, report.deleted


HOLDS = st.builds(
    Hold,
    st.sampled_from([None, UUID(int=1), UUID(int=2)]),
    st.sampled_from(["", "care", "log"]),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31))),
)


@given(st.lists(HOLDS, max_size=6), st.sampled_from(["care", "log"]), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_what_holds_hold(holds: list[Hold], purpose: str, on: date) -> None:
    """Against the slow way: each hold by itself."""
    held = holding(holds, purpose, on)
    stands = [h for h in holds if h.from_date <= on and not (h.to_date is not None and h.to_date <= on)]
    assert held.everything is any(h.subject is None and h.purpose in (purpose, "") for h in stands)
    assert held.subjects == {h.subject for h in stands if h.subject is not None and h.purpose in ("", purpose)}
    for subject in (UUID(int=1), UUID(int=2)):
        expected = any(
            (h.subject == subject and h.purpose in ("", purpose)) or (h.subject is None and h.purpose == purpose) for h in stands
        )
        assert is_held(holds, subject, purpose, on) is expected


def test_a_week_is_seven_days() -> None:
    assert not may_delete(date(2026, 11, 16), date(2026, 11, 22))
    assert may_delete(date(2026, 11, 16), date(2026, 11, 23))
    assert not may_delete(date(2026, 11, 16), date(2026, 11, 1))


def test_the_shorter_view_never_wins() -> None:
    assert agreed_cut(NOW, "care", NOW) == cut_off("care", NOW)
    long_ago = cut_off("care", NOW) - WEEK
    assert agreed_cut(long_ago, "care", NOW) == long_ago


def test_announced_then_deleted_a_week_later(community: UUID, things: Things, officer: Actor) -> None:
    old = things.add(NOW - KEEP - timedelta(days=1))
    young = things.add(NOW - KEEP + timedelta(days=1))
    assert _run(community, NOW) == ({"care": 1}, {})
    assert set(things.kept) == {old, young}
    (row,) = announcements(viewer=officer, community=community)
    assert (row.count, row.deleted, row.closed_at, row.goes_on) == (1, 0, None, date(2026, 11, 23))
    # Run again meanwhile, nothing goes and nothing is announced twice.
    assert _run(community, NOW + timedelta(days=6)) == ({}, {})
    assert set(things.kept) == {old, young}
    announced, deleted = _run(community, NOW + WEEK)
    assert deleted == {"care": 1}
    assert announced == {"care": 1}  # the other one has had its time meanwhile
    assert set(things.kept) == {young}
    assert _run(community, NOW + WEEK) == ({}, {})


def test_only_what_was_on_the_list_goes(community: UUID, things: Things) -> None:
    """Written down after the list was made, with an earlier date: it waits for the next list."""
    things.add(NOW - KEEP - timedelta(days=10))
    _run(community, NOW)
    late = things.add(NOW - KEEP - timedelta(days=20), known=NOW + timedelta(days=1))
    assert _run(community, NOW + WEEK) == ({"care": 1}, {"care": 1})
    assert set(things.kept) == {late}


def test_what_is_no_longer_due_stays(community: UUID, things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of keeping was lengthened after the list was made."""
    from linli.trust.retention import rules

    kept = things.add(NOW - KEEP - timedelta(days=1))
    _run(community, NOW)
    monkeypatch.setattr(rules, "keep_days", lambda _purpose: KEEP.days + 100)
    assert _run(community, NOW + WEEK) == ({}, {})
    assert set(things.kept) == {kept}


def test_many_go_in_pieces_and_a_run_cut_short_goes_on(community: UUID, things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2 * AT_ONCE + 7):
        things.add(NOW - KEEP - WEEK)
    _run(community, NOW)
    plain, calls = things.delete, []

    def dies(community: UUID, cut: Cut, spared: frozenset[UUID], most: int) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return plain(community, cut, spared, most)

    offer_retained(Retained("test.things", "care", things.due, dies))
    with pytest.raises(KeyboardInterrupt):
        _run(community, NOW + WEEK)
    found = Announcement.objects.get()
    assert (found.deleted, found.closed_at, len(things.kept)) == (AT_ONCE, None, AT_ONCE + 7)
    assert _run(community, NOW + WEEK) == ({}, {"care": AT_ONCE + 7})
    found.refresh_from_db()
    assert (found.deleted, found.count, len(things.kept)) == (found.count, 2 * AT_ONCE + 7, 0)
    assert found.closed_at is not None


def test_a_hold_on_the_purpose_stops_all(community: UUID, things: Things, officer: Actor) -> None:
    things.add(NOW - KEEP - WEEK)
    _run(community, NOW)
    hold = place_hold(by=officer, community=community, purpose="care", reason="诉讼", from_date=NOW.date())
    assert _run(community, NOW + WEEK)[1] == {}
    assert len(things.kept) == 1
    (_new, old) = announcements(viewer=officer, community=community)
    assert old.held
    assert old.closed_at is not None
    lift_hold(by=officer, community=community, hold=hold, on=(NOW + WEEK).date(), reason="结案")
    assert _run(community, NOW + 2 * WEEK)[1] == {"care": 1}
    assert things.kept == {}


def test_a_hold_on_a_person_spares_them_alone_where_they_can_be_told_apart(
    community: UUID, own_things: Things, subject: UUID, officer: Actor
) -> None:
    mine, _other = own_things.add(NOW - KEEP - WEEK, whose=subject), own_things.add(NOW - KEEP - WEEK, whose=new_id())
    _run(community, NOW)
    place_hold(by=officer, community=community, subject=subject, reason="诉讼", from_date=NOW.date())
    assert _run(community, NOW + WEEK)[1] == {"care": 1}
    assert set(own_things.kept) == {mine}


def test_a_hold_on_a_person_stops_what_cannot_be_told_apart(
    community: UUID, things: Things, subject: UUID, officer: Actor
) -> None:
    things.add(NOW - KEEP - WEEK)
    _run(community, NOW)
    place_hold(by=officer, community=community, subject=subject, reason="诉讼", from_date=NOW.date())
    assert _run(community, NOW + WEEK)[1] == {}
    assert len(things.kept) == 1


def test_another_purposes_hold_does_not(community: UUID, things: Things, subject: UUID, officer: Actor) -> None:
    things.add(NOW - KEEP - WEEK)
    _run(community, NOW)
    place_hold(by=officer, community=community, subject=subject, purpose="reports", reason="诉讼", from_date=NOW.date())
    assert _run(community, NOW + WEEK)[1] == {"care": 1}


def test_holds_are_told_apart_and_end(community: UUID, subject: UUID, officer: Actor) -> None:
    today = datetime.now(UTC).date()
    ask: dict[str, Any] = {"viewer": officer, "community": community, "subject": subject}
    assert not held_by_law(**ask)
    hold = place_hold(
        by=officer, community=community, subject=subject, purpose="care", reason="诉讼", from_date=today - timedelta(days=3)
    )
    assert held_by_law(**ask)
    assert held_by_law(**ask, purpose="care")
    assert not held_by_law(**ask, purpose="reports")
    (row,) = legal_holds(viewer=officer, community=community)
    assert (row.subject, row.purpose, row.reason) == (subject, "care", "诉讼")
    lift_hold(by=officer, community=community, hold=hold, on=today - timedelta(days=1), reason="结案")
    assert not held_by_law(**ask)
    assert legal_holds(viewer=officer, community=community) == []
    assert AuditEvent.objects.filter(kind="trust.legal_hold").count() == 2


def test_a_hold_names_what_and_why(community: UUID, subject: UUID, officer: Actor, actor_for: MakeActor) -> None:
    good: dict[str, Any] = {"subject": subject, "purpose": "care", "reason": "诉讼", "from_date": NOW.date()}
    for bad in (
        {"subject": None, "purpose": ""},
        {"purpose": "no such purpose"},
        {"reason": "  "},
        {"to_date": NOW.date()},
    ):
        with pytest.raises(BadInput):
            place_hold(by=officer, community=community, **{**good, **bad})
    with pytest.raises(NotFound):
        place_hold(by=officer, community=community, **{**good, "subject": new_id()})
    with pytest.raises(NotAllowed):
        place_hold(by=actor_for("desk_clerk", community), community=community, **good)


def test_scope(community: UUID, other_community: UUID, things: Things, actor_for: MakeActor) -> None:
    things.add(NOW - KEEP - WEEK)
    _run(community, NOW)
    stranger, clerk = actor_for("privacy_officer", other_community), actor_for("desk_clerk", community)
    listed = Announcement.objects.get()
    for by in (stranger, clerk):
        assert announcements(viewer=by, community=community) == []
        assert legal_holds(viewer=by, community=community) == []
        assert keeping(viewer=by, community=community, now=NOW) == []
    for where in (community, other_community):
        with pytest.raises(NotFound):
            commands.delete_announced(by=stranger, community=where, announcement=listed.id, now=NOW + WEEK)
    assert len(things.kept) == 1


def test_requests_go_three_years_after_they_were_closed(community: UUID, subject: UUID) -> None:
    for one in RETAINED:
        offer_retained(one)
    long_ago = NOW - timedelta(days=keep_days("rights") + 1)

    def request(closed: datetime | None) -> RightsRequest:
        return RightsRequest.objects.create(
            community_id=community,
            reference=new_reference(),
            right="access",
            channel="desk",
            asker="self",
            subject_id=subject,
            received_at=long_ago,
            due_on=long_ago.date(),
            state="answered" if closed else "received",
            closed_at=closed,
        )

    old, young, still_open = request(long_ago), request(NOW - WEEK), request(None)
    assert _run(community, NOW)[0] == {"rights": 1}
    assert _run(community, NOW + WEEK)[1] == {"rights": 1}
    assert set(RightsRequest.objects.values_list("id", flat=True)) == {young.id, still_open.id}
    assert not RightsRequest.objects.filter(id=old.id).exists()


def test_a_consent_is_kept_while_it_stands(community: UUID, subject: UUID) -> None:
    for one in RETAINED:
        offer_retained(one)
    long_ago = NOW - timedelta(days=keep_days("consents") + 9)
    other = Subject.objects.create(community_id=community, pseudonym=new_id().hex[-16:]).id

    def say(who: UUID, act: str, at: datetime) -> None:
        ConsentEvent.objects.create(
            community_id=community, subject_id=who, purpose="care", version=1, act=act, at=at, channel="paper", role=""
        )

    say(subject, "withdraw", long_ago)
    say(subject, "give", long_ago + timedelta(days=1))
    say(other, "give", long_ago)
    say(other, "withdraw", long_ago + timedelta(days=1))
    assert _run(community, NOW)[0] == {"consents": 1}
    assert _run(community, NOW + WEEK)[1] == {"consents": 1}
    assert set(ConsentEvent.objects.values_list("subject_id", flat=True)) == {subject}
    assert ConsentEvent.objects.count() == 2


def test_files_go_after_their_time_and_only_ours(community: UUID, data: Path) -> None:
    from linli.intake import inbox_of
    from linli.intake.models import Batch, Mapping, RowResult
    from linli.intake.retention import RETAINED as INTAKE

    for one in INTAKE:
        offer_retained(one)
    taken = inbox_of(community) / "taken"
    taken.mkdir(parents=True)
    mapping = Mapping.objects.create(community_id=community, name="m", kind="k", definition={}, declared_at=NOW)
    long_ago = NOW - timedelta(days=keep_days("intake_rows") + 1)

    def batch(name: str, at: datetime, *, ours: bool = True) -> Batch:
        place = (taken if ours else taken.parent) / name
        place.write_text("x")
        return Batch.objects.create(
            community_id=community, kind="k", mapping=mapping, file_name=name, sha256="0" * 64, size=1,
            kept=str(place.relative_to(data)), received_at=at, as_of=at, state="refused",
        )  # fmt: skip

    old, young, theirs = batch("old", long_ago), batch("young", NOW - WEEK), batch("theirs", long_ago, ours=False)
    both, again = batch("both", long_ago), batch("both", NOW - WEEK)
    for one in (old, young):
        RowResult.objects.create(community_id=community, batch=one, row=2, verdict="rejected", shown="1****4", column="number")
    assert _run(community, NOW)[0] == {"intake_files": 1, "intake_rows": 1}
    assert _run(community, NOW + WEEK)[1] == {"intake_files": 1, "intake_rows": 1}
    assert sorted(path.name for path in taken.iterdir()) == ["both", "young"]
    assert (taken.parent / "theirs").exists()
    kept = dict(Batch.objects.values_list("id", "kept"))
    assert kept[old.id] == ""
    assert all(kept[one.id] for one in (young, theirs, both, again))
    assert RowResult.objects.get(batch=old).shown == ""
    assert RowResult.objects.get(batch=old).column == "number"
    assert RowResult.objects.get(batch=young).shown == "1****4"


def test_a_file_whose_deletion_was_cut_short_is_forgotten_by_the_next_run(community: UUID, data: Path) -> None:
    """Killed after the file went and before the record did."""
    from linli.intake.models import Batch, Mapping
    from linli.intake.retention import RETAINED as INTAKE

    for one in INTAKE:
        offer_retained(one)
    mapping = Mapping.objects.create(community_id=community, name="m", kind="k", definition={}, declared_at=NOW)
    long_ago = NOW - timedelta(days=keep_days("intake_files") + 1)
    Batch.objects.create(
        community_id=community, kind="k", mapping=mapping, file_name="gone", sha256="0" * 64, size=1,
        kept="inbox/999901001001/taken/gone", received_at=long_ago, as_of=long_ago, state="refused",
    )  # fmt: skip
    _run(community, NOW)
    assert _run(community, NOW + WEEK)[1] == {"intake_files": 1}
    assert Batch.objects.get().kept == ""


def test_the_log_keeps_half_a_year_whatever_a_purpose_says(community: UUID, data: Path) -> None:
    from linli.trust.chain.commands import drop_audit

    with pytest.raises(BadInput):
        drop_audit(by=SYSTEM, community=community, before=datetime.now(UTC) - timedelta(days=179))
    (log,) = [one for one in RETAINED if one.purpose == "log"]
    offer_retained(log)
    before = AuditEvent.objects.count()
    assert _run(community, datetime.now(UTC))[0] == {}
    assert AuditEvent.objects.count() > before
