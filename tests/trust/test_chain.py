"""The chain over the audit trail: any change to what was sealed is found, and its place named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import PUBLIC, SYSTEM, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed
from linli.kernel.ids import new_id
from linli.trust import Permission, record
from linli.trust.chain import links, sealing, verify
from linli.trust.chain.commands import drop_audit, keep_seal, seal
from linli.trust.chain.heads import heads, noted, parsed
from linli.trust.chain.jobs import seal_daily
from linli.trust.chain.verify import FaultKind
from linli.trust.door import COMMANDS, command
from linli.trust.models import AuditBlock, AuditEvent, AuditHead, AuditPending, AuditTouch

MakeActor = Callable[..., Actor]


@pytest.fixture
def hand(db: None) -> Iterator[None]:
    """A hand in the database: on PostgreSQL only who owns the tables can take the wall around the trail down."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE trust_auditevent NO FORCE ROW LEVEL SECURITY")
    yield
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE trust_auditevent FORCE ROW LEVEL SECURITY")


@pytest.fixture
def act() -> Iterator[Callable[..., None]]:
    """``act(by, community, kind, ids, reason)``: one command that records one event."""
    COMMANDS.pop("test.chain", None)

    @command("test.chain", may=Permission.PERSON_SEARCH)
    def run(*, by: Actor, community: UUID, kind: str = "test.thing", ids: list[UUID] | None = None, reason: str = "") -> None:
        record(kind, ids=ids if ids is not None else [new_id()], fields=["名"], counts={"found": 1}, reason=reason)

    yield run
    COMMANDS.pop("test.chain", None)


def report_of(community: UUID | None, kept: list[object] | None = None) -> verify.Report:
    found = verify.verify(viewer=SYSTEM, community=community, kept=kept or [])
    assert found is not None
    return found


def kinds(report: verify.Report) -> list[FaultKind]:
    return [fault.kind for fault in report.faults]


# ── pure ──


def slow_chain(chain: str, rows: list[tuple[object, ...]]) -> list[bytes]:
    """The definition in the module's own words, with nothing made quick."""
    link, found = sha256(b"\x01linli audit chain\x00" + chain.encode()).digest(), []
    for row in rows:
        told = [row[0], row[1], *row[2:7], *(json.loads(str(value)) for value in row[7:10]), *row[10:]]
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        link = sha256(b"\x01" + link + text.encode()).digest()
        found.append(link)
    return found


texts = st.text(max_size=8)
events = st.tuples(
    st.uuids().map(lambda value: value.hex),
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat(" ", "microseconds")[:26]),
    st.just(""),
    st.uuids().map(lambda value: value.hex),
    texts,
    texts,
    texts,
    st.lists(st.uuids().map(str), max_size=3).map(json.dumps),
    st.lists(texts, max_size=2).map(json.dumps),
    st.dictionaries(texts, st.integers(), max_size=3).map(json.dumps),
    texts,
    texts,
)


@given(st.lists(events, max_size=5))
def test_links_follow_their_definition(rows: list[tuple[object, ...]]) -> None:
    assert list(links.chained(links.start("x"), rows)) == slow_chain("x", rows)


@given(events, st.integers(0, 11), texts)
def test_any_changed_column_changes_the_link(row: tuple[object, ...], column: int, text: str) -> None:
    changed = list(row)
    changed[column] = json.dumps([text]) if column in (7, 8, 9) else text
    if column == 1:
        changed[1] = "2031-01-01 00:00:00.000000"
    if links.canonical(row) != links.canonical(changed):
        assert list(links.chained(b"0" * 32, [row])) != list(links.chained(b"0" * 32, [changed]))
    else:
        told = json.loads(str(row[column])) if column in (7, 8, 9) else row[column]
        assert told == (json.loads(str(changed[column])) if column in (7, 8, 9) else changed[column])


def test_both_databases_give_the_same_canonical_event() -> None:
    event, actor = new_id(), new_id()
    at = datetime(2026, 11, 16, 1, 2, 3, 40, tzinfo=UTC)
    sqlite = (event.hex, "2026-11-16 01:02:03.000040", None, actor.hex, "r", "c", "k", '["a"]', "[]", '{"b": 1, "aa": 2}', "", "")
    postgres = (event, at, None, actor, "r", "c", "k", '["a"]', "[]", '{"aa": 2, "b": 1}', "", "")
    assert links.canonical(sqlite) == links.canonical(postgres)
    assert links.canonical((event.hex, at.replace(tzinfo=None), *sqlite[2:])) == links.canonical(postgres)
    assert links.canonical((event, at.astimezone(timezone(timedelta(hours=8))), *postgres[2:])) == links.canonical(postgres)
    whole = (*sqlite[:1], "2026-11-16 01:02:03", *sqlite[2:])
    assert links.canonical(whole) == links.canonical((*postgres[:1], at.replace(microsecond=0), *postgres[2:]))


# ── sealing ──


def test_what_waits_is_sealed_and_signed(community: UUID, act: Callable[..., None], data: Path) -> None:
    for _ in range(5):
        act(by=SYSTEM, community=community)
    before = report_of(community)
    assert (before.sealed, before.holds) == (0, True)
    assert before.unsealed >= 5
    sealed = seal(by=SYSTEM, community=community)
    assert sealed.events == before.unsealed
    after = report_of(community)
    # The sealing itself is an act, and waits for the next.
    assert (after.sealed, after.unsealed, after.heads, after.holds) == (before.unsealed, 1, 1, True)
    assert sealed.head is not None
    assert sealed.head.is_genuine()
    assert not replace(sealed.head, events=sealed.head.events + 1).is_genuine()
    assert (data / "keys" / "audit.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db(transaction=True)
def test_a_head_is_noted_beside_the_keys(community: UUID, act: Callable[..., None], data: Path) -> None:
    act(by=SYSTEM, community=community)
    head = seal(by=SYSTEM, community=community).head
    assert noted(str(community)) == [head]
    path = data / "keys" / "audit-heads.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text() + '{"chain": "cut sho')
    assert noted(str(community)) == [head]
    assert report_of(community).holds


def test_the_daily_job_seals_the_installations_own_trail_too(community: UUID, data: Path) -> None:
    assert AuditPending.objects.filter(community_id=None).exists()
    seal_daily(community)
    assert report_of(None).holds
    assert report_of(None).sealed > 0


def test_blocks_end_with_the_day_and_at_their_size(
    community: UUID, act: Callable[..., None], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BLOCK_EVENTS", 2)
    for _ in range(5):
        act(by=SYSTEM, community=community)
    waiting = AuditPending.objects.filter(community_id=community).count()
    assert seal(by=SYSTEM, community=community).blocks >= (waiting + 1) // 2
    act(by=SYSTEM, community=community)
    assert seal(by=SYSTEM, community=community).events == 2
    assert report_of(community).holds


def test_of_two_sealings_at_once_one_gives_way(community: UUID, act: Callable[..., None], data: Path) -> None:
    act(by=SYSTEM, community=community)
    chain = str(community)
    end = sealing.tip(chain)
    made = list(sealing.drafts(chain, end))
    seal(by=SYSTEM, community=community)
    with pytest.raises(Conflict), transaction.atomic():
        keep_seal(by=SYSTEM, chain=chain, after=end, drafts=made)
    assert report_of(community).holds


def test_who_may_seal_and_check(community: UUID, other_community: UUID, actor_for: MakeActor, data: Path) -> None:
    manager, auditor = actor_for("community_manager", community), actor_for("auditor", community)
    with pytest.raises(NotAllowed):
        seal(by=manager, community=community)
    assert verify.verify(viewer=manager, community=community) is None
    assert verify.verify(viewer=PUBLIC, community=community) is None
    assert verify.verify(viewer=auditor, community=community) is not None
    assert verify.verify(viewer=auditor, community=other_community) is None
    assert verify.verify(viewer=auditor, community=None) is None
    seal(by=SYSTEM, community=community)
    seal(by=SYSTEM, community=other_community)
    assert {head.chain for head in heads(viewer=auditor)} == {str(community)}
    assert heads(viewer=manager) == []


# ── what somebody with a hand in the database could do ──


@pytest.fixture
def sealed(hand: None, community: UUID, act: Callable[..., None], data: Path, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Nine events in three blocks and more; their ids in order."""
    monkeypatch.setattr(sealing, "BLOCK_EVENTS", 4)
    for _ in range(9):
        act(by=SYSTEM, community=community)
    seal(by=SYSTEM, community=community)
    assert report_of(community).holds
    blocks = AuditBlock.objects.filter(chain=str(community)).order_by("number")
    return [UUID(event) for block in blocks for event, _ in links.members(bytes(block.members))]


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "auditor"},
        {"actor_id": new_id()},
        {"ids": []},
        {"counts": {"found": 2}},
        {"reason": "x"},
        {"at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"fields": ["name"]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_changed_event_is_found_at_its_place(community: UUID, sealed: list[UUID], changes: dict[str, object]) -> None:
    AuditEvent.objects.filter(id=sealed[5]).update(**changes)
    report = report_of(community)
    assert not report.holds
    fault = report.faults[0]
    assert (fault.kind, fault.block, fault.place, fault.event) == (FaultKind.CHANGED, 2, 2, sealed[5])


def test_an_event_moved_to_another_community_is_found_in_both(community: UUID, other_community: UUID, sealed: list[UUID]) -> None:
    seal(by=SYSTEM, community=other_community)
    AuditEvent.objects.filter(id=sealed[5]).update(community_id=other_community)
    assert FaultKind.CHANGED in kinds(report_of(community))
    assert kinds(report_of(other_community)) == [FaultKind.INSERTED]


def test_a_deleted_event_is_found_at_its_place(community: UUID, sealed: list[UUID]) -> None:
    AuditEvent.objects.filter(id=sealed[0]).delete()
    fault = report_of(community).faults[0]
    assert (fault.kind, fault.block, fault.place, fault.event) == (FaultKind.DELETED, 1, 1, sealed[0])


def test_an_inserted_event_is_found(community: UUID, sealed: list[UUID]) -> None:
    known = AuditEvent.objects.get(id=sealed[3])
    known.id = UUID(int=known.id.int + 1)
    known.save(force_insert=True)
    report = report_of(community)
    assert [(fault.kind, fault.event) for fault in report.faults] == [(FaultKind.INSERTED, known.id)]


def test_an_event_put_in_late_as_if_it_waited_is_told(community: UUID, sealed: list[UUID]) -> None:
    AuditBlock.objects.filter(chain=str(community)).update(sealed_at=datetime.now(UTC) + timedelta(days=3))
    known = AuditEvent.objects.get(id=sealed[3])
    known.id = UUID(int=known.id.int + 1)
    known.save(force_insert=True)
    AuditPending.objects.create(event_id=known.id, community_id=community)
    report = report_of(community)
    assert report.late_waiting >= 1
    assert not report.holds
    assert seal(by=SYSTEM, community=community).late >= 1
    assert report_of(community).late_sealed >= 1


def test_events_in_another_order_are_found(community: UUID, sealed: list[UUID]) -> None:
    first, second = AuditEvent.objects.get(id=sealed[1]), AuditEvent.objects.get(id=sealed[2])
    AuditEvent.objects.filter(id=first.id).update(ids=second.ids, at=second.at)
    AuditEvent.objects.filter(id=second.id).update(ids=first.ids, at=first.at)
    assert kinds(report_of(community)) == [FaultKind.CHANGED]


def test_members_of_a_block_in_another_order_are_found(community: UUID, sealed: list[UUID]) -> None:
    block = AuditBlock.objects.get(chain=str(community), number=1)
    size, blob = links.MEMBER_BYTES, bytes(block.members)
    AuditBlock.objects.filter(id=block.id).update(members=blob[size : 2 * size] + blob[:size] + blob[2 * size :])
    assert kinds(report_of(community)) == [FaultKind.CHANGED]


def test_a_missing_block_and_a_cut_off_tail_are_found(community: UUID, sealed: list[UUID]) -> None:
    chain = AuditBlock.objects.filter(chain=str(community)).order_by("number")
    last = chain.last()
    assert last is not None
    with transaction.atomic():
        gone = [UUID(event) for event, _ in links.members(bytes(last.members))]
        AuditEvent.objects.filter(id__in=gone).delete()
        last.delete()
        assert FaultKind.TRUNCATED in kinds(report_of(community))
        transaction.set_rollback(True)
    chain.filter(number=2).delete()
    assert FaultKind.BLOCK_MISSING in kinds(report_of(community))


@pytest.mark.django_db(transaction=True)
def test_a_cut_off_tail_is_found_though_its_head_was_cut_off_too(
    hand: None, community: UUID, act: Callable[..., None], data: Path
) -> None:
    act(by=SYSTEM, community=community)
    seal(by=SYSTEM, community=community)
    act(by=SYSTEM, community=community)
    kept = seal(by=SYSTEM, community=community).head
    assert kept is not None
    last = AuditBlock.objects.filter(chain=str(community)).order_by("number").last()
    assert last is not None
    AuditEvent.objects.filter(id__in=[UUID(event) for event, _ in links.members(bytes(last.members))]).delete()
    AuditPending.objects.filter(community_id=community).delete()
    AuditEvent.objects.filter(community_id=community, id__gt=UUID(links.members(bytes(last.members))[-1][0])).delete()
    last.delete()
    AuditHead.objects.filter(chain=str(community), block=kept.block).delete()
    assert kinds(report_of(community)) == [FaultKind.TRUNCATED]
    (data / "keys" / "audit-heads.jsonl").unlink()
    assert report_of(community).holds  # nothing in this house remembers it …
    assert kinds(report_of(community, [kept])) == [FaultKind.TRUNCATED]  # … but whoever kept the head does
    assert list(parsed([json.dumps(asdict(kept))])) == [kept]


def test_a_chain_forged_from_the_start_has_no_signature(community: UUID, sealed: list[UUID]) -> None:
    AuditEvent.objects.filter(id=sealed[0]).update(role="nobody")
    AuditBlock.objects.filter(chain=str(community)).delete()
    AuditPending.objects.bulk_create(
        AuditPending(event_id=event, community_id=community)
        for event in sealed
        if not AuditPending.objects.filter(event_id=event).exists()
    )
    head = AuditHead.objects.get(chain=str(community))
    drafts = list(sealing.drafts(str(community), sealing.tip(str(community))))
    for draft in drafts:
        AuditBlock.objects.create(
            community_id=community,
            chain=str(community),
            number=draft.number,
            events=len(draft.ids),
            last_at=draft.last_at,
            members=draft.members,
            link_before=draft.link_before,
            link=draft.link,
            suite=1,
            sealed_at=head.at,
        )
    AuditPending.objects.all().delete()
    assert FaultKind.BLOCK_CHANGED in kinds(report_of(community))
    AuditHead.objects.filter(id=head.id).update(link=drafts[-1].link, block=drafts[-1].number, events=len(sealed) + 1)
    assert FaultKind.HEAD_FORGED in kinds(report_of(community))
    AuditHead.objects.all().delete()
    assert kinds(report_of(community)) == [FaultKind.UNSIGNED]


def test_an_event_gone_before_its_seal_is_missed(hand: None, community: UUID, act: Callable[..., None], data: Path) -> None:
    act(by=SYSTEM, community=community)
    AuditEvent.objects.filter(community_id=community).order_by("-id")[0].delete()
    assert kinds(report_of(community)) == [FaultKind.DELETED]
    seal(by=SYSTEM, community=community)
    assert kinds(report_of(community)) == [FaultKind.DELETED]


# ── age ──


def _aged(days: int) -> None:
    """Everything there is, moved back in time before it is sealed."""
    for event in AuditEvent.objects.order_by("id"):
        old = event.at - timedelta(days=days)
        milliseconds = int(old.timestamp() * 1000)
        new = UUID(int=(event.id.int & ((1 << 80) - 1)) | (milliseconds << 80))
        AuditPending.objects.filter(event_id=event.id).update(event_id=new)
        AuditTouch.objects.filter(event_id=event.id).update(event_id=new)
        AuditEvent.objects.filter(id=event.id).update(id=new, at=old)


def test_what_is_past_its_time_goes_and_leaves_a_stub(hand: None, community: UUID, act: Callable[..., None], data: Path) -> None:
    person = new_id()
    act(by=SYSTEM, community=community, ids=[person])
    _aged(200)
    seal(by=SYSTEM, community=community)
    act(by=SYSTEM, community=community)
    seal(by=SYSTEM, community=community)
    held = report_of(community)
    assert held.holds, held
    gone = drop_audit(by=SYSTEM, community=community, before=datetime.now(UTC) - timedelta(days=181))
    assert gone >= 1
    assert not AuditTouch.objects.filter(object_id=person).exists()
    report = report_of(community)
    assert (report.holds, report.dropped) == (True, gone)
    assert report.sealed == held.sealed - gone
    assert drop_audit(by=SYSTEM, community=community, before=datetime.now(UTC) - timedelta(days=181)) == 0

    AuditBlock.objects.filter(chain=str(community), number=1).update(events=gone + 1)
    assert FaultKind.STUB_FORGED in kinds(report_of(community))


def test_younger_parts_are_never_dropped(hand: None, community: UUID, act: Callable[..., None], data: Path) -> None:
    act(by=SYSTEM, community=community)
    seal(by=SYSTEM, community=community)
    with pytest.raises(BadInput) as refused:
        drop_audit(by=SYSTEM, community=community, before=datetime.now(UTC) - timedelta(days=179))
    assert refused.value.remedy is not None
    assert drop_audit(by=SYSTEM, community=community, before=datetime.now(UTC) - timedelta(days=181)) == 0
    # Dropped by hand, with a stub that claims age:
    block = AuditBlock.objects.filter(chain=str(community)).first()
    assert block is not None
    AuditEvent.objects.filter(id__in=[UUID(event) for event, _ in links.members(bytes(block.members))]).delete()
    AuditBlock.objects.filter(id=block.id).update(members=b"", dropped_at=datetime.now(UTC))
    assert FaultKind.STUB_FORGED in kinds(report_of(community))
