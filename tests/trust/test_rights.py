"""The rights desk: who may ask what, by when it is answered, when it may be refused, and what is handed out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.actor import PUBLIC, Actor
from linli.kernel.errors import BadInput, Conflict, NotAllowed, NotFound
from linli.kernel.ids import is_reference, new_id
from linli.trust.models import AuditEvent, RightsEvent, RightsRequest, Subject
from linli.trust.retention.commands import place_hold
from linli.trust.rights import commands, registry
from linli.trust.rights.own import PORTABLE
from linli.trust.rights.pack import Pack, safe
from linli.trust.rights.queries import is_restricted, request_counts, request_detail, rights_requests
from linli.trust.rights.registry import Asked, Portable, Section, offer_portable
from linli.trust.rights.rules import (
    AFTER,
    CLOSED,
    Act,
    Asker,
    Channel,
    Proof,
    Right,
    State,
    check_asker,
    check_refusal,
    clock,
    due,
    refusals,
    restricted,
)
from tests.support.zones import add_grid

MakeActor = Callable[..., Actor]
WISH = "想看看登记了我家什么"


@pytest.fixture
def clerk(community: UUID, actor_for: MakeActor) -> Actor:
    return actor_for("desk_clerk", community)


@pytest.fixture
def officer(community: UUID, actor_for: MakeActor) -> Actor:
    return actor_for("privacy_officer", community)


@pytest.fixture(autouse=True)
def portable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only trust and a flat of the test have something to say."""
    monkeypatch.setattr(registry, "_PORTABLE", {})
    offer_portable(PORTABLE)

    def sections(asked: Asked) -> list[Section]:
        heads = {"name": {"en": "Name", "zh-Hans": "姓名"}, "note": {"en": "Note", "zh-Hans": "备注"}}
        formula = "=cmd|' /C calc'!A0"
        yes = {"en": "yes", "zh-Hans": "是"}
        rows: list[dict[str, Any]] = [{"name": "张*", "note": formula}, {"name": yes, "note": None}]
        return [Section("test.person", {"en": "Person", "zh-Hans": "本人"}, heads, rows)]

    offer_portable(Portable("test", sections))


def _ask(by: Actor, community: UUID, **change: Any) -> UUID:
    asked = {"right": Right.ACCESS, "channel": Channel.DESK, "asker": Asker.SELF, "wish": WISH, **change}
    return commands.receive_request(by=by, community=community, **asked)


def _detail(by: Actor, community: UUID, request: UUID) -> Any:
    return request_detail(viewer=by, community=community, request=request, today=timezone.localdate())


def test_every_act_in_every_state_has_an_answer() -> None:
    assert set(AFTER) == {(state, act) for state in State for act in Act}
    for (state, act), after in AFTER.items():
        if state in CLOSED:
            assert after is (State.ANSWERED if (state, act) == (State.ANSWERED, Act.LIFT) else None)
    # Nothing is answered before it is known who asks.
    assert AFTER[State.RECEIVED, Act.ANSWER] is None


@given(st.lists(st.sampled_from(Act), max_size=8))
def test_every_way_through_ends_where_it_should(acts: list[Act]) -> None:
    state = State.RECEIVED
    identified = False
    for act in acts:
        after = AFTER[state, act]
        if after is None:
            continue
        identified = identified or act is Act.IDENTIFY
        state = after
        if state is State.ANSWERED:
            assert identified


def test_the_clock_is_data_and_never_ends_later_than_fifteen_working_days() -> None:
    assert clock().days == 15
    assert clock().counted == "calendar"
    assert due(date(2026, 11, 16), clock().days) == date(2026, 12, 1)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_due_is_so_many_days_after(day: date) -> None:
    assert (due(day, 15) - day).days == 15


@pytest.mark.parametrize("right", Right)
def test_next_of_kin_may_ask_for_four_things(right: Right) -> None:
    if right in (Right.EXPLAIN, Right.RESTRICT):
        with pytest.raises(BadInput):
            check_asker(right, Asker.KIN, None)
    else:
        check_asker(right, Asker.KIN, Proof.DEATH_AND_KINSHIP)
        with pytest.raises(BadInput):
            check_asker(right, Asker.KIN, Proof.DOCUMENT)


@pytest.mark.parametrize("asker", Asker)
def test_each_asker_has_proofs_of_their_own(asker: Asker) -> None:
    right = Right.ACCESS
    good = [proof for proof in Proof if _fits(right, asker, proof)]
    assert good
    assert _fits(right, asker, None)
    assert (Proof.DOCUMENT in good) is (asker is Asker.SELF)


def _fits(right: Right, asker: Asker, proof: Proof | None) -> bool:
    try:
        check_asker(right, asker, proof)
    except BadInput:
        return False
    return True


def test_every_refusal_names_its_law_in_both_languages() -> None:
    for refusal in refusals().values():
        assert refusal.law
        assert refusal.article
        assert all(refusal.words[language] for language in ("en", "zh-Hans"))
        assert refusal.rights
    assert all(any(right in refusal.rights for refusal in refusals().values()) for right in Right)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("code", ["", "because", *refusals()])
def test_a_refusal_needs_a_reason_that_fits(right: Right, code: str) -> None:
    fits = code in refusals() and right in refusals()[code].rights
    for state in (State.RECEIVED, State.IDENTIFIED):
        allowed = fits and (code == "not_identified") is (state is State.RECEIVED)
        if allowed:
            assert check_refusal(state, right, code).code == code
        else:
            with pytest.raises(BadInput):
                check_refusal(state, right, code)


def test_a_restriction_stands_until_it_is_lifted() -> None:
    held = [(Right.ACCESS, Act.ANSWER), (Right.RESTRICT, Act.ANSWER)]
    assert not restricted([])
    assert restricted(held)
    assert not restricted([*held, (Right.RESTRICT, Act.LIFT)])
    assert restricted([*held, (Right.RESTRICT, Act.LIFT), (Right.RESTRICT, Act.ANSWER)])


def test_from_receipt_to_answer(community: UUID, subject: UUID, clerk: Actor, officer: Actor) -> None:
    request = _ask(clerk, community, subject=subject, contact="000 5550 1234")
    (row,) = rights_requests(viewer=clerk, community=community, today=timezone.localdate())
    assert is_reference(row.reference)
    assert (row.state, row.left, row.late) == (State.RECEIVED, 15, False)
    with pytest.raises(BadInput):
        commands.answer_request(by=officer, community=community, request=request, note="答复了")
    with pytest.raises(BadInput):
        commands.open_answer(by=officer, community=community, request=request)
    commands.identify_asker(by=clerk, community=community, request=request, proof=Proof.DOCUMENT)
    with pytest.raises(NotAllowed):
        commands.answer_request(by=clerk, community=community, request=request, note="答复了")
    commands.note_on_request(by=clerk, community=community, request=request, note="周三来取")
    commands.answer_request(by=officer, community=community, request=request, note="答复了")
    detail = _detail(officer, community, request)
    assert (detail.wish, detail.contact) == (WISH, "000 5550 1234")
    assert [(e.act, e.note) for e in detail.events] == [(Act.IDENTIFY, ""), (Act.NOTE, "周三来取"), (Act.ANSWER, "答复了")]
    assert detail.row.closed_at is not None
    assert detail.row.left is None
    assert request_counts(viewer=clerk, community=community) == {"open": 0, "closed": 1}
    for act in (commands.answer_request, commands.extend_request):
        with pytest.raises(Conflict):
            act(by=officer, community=community, request=request, note="noch einmal")
    assert [one.reference for one in rights_requests(viewer=clerk, community=community, today=timezone.localdate(), closed=True)]


def test_what_is_written_is_sealed_and_stands_in_no_trail(community: UUID, subject: UUID, clerk: Actor) -> None:
    request = _ask(clerk, community, subject=subject, contact="000 5550 1234")
    commands.note_on_request(by=clerk, community=community, request=request, note="周三来取")
    kept = RightsRequest.objects.get()
    event = RightsEvent.objects.get()
    raw = b"".join(bytes(value or b"") for value in (kept.sealed_wish, kept.sealed_contact, event.sealed_note))
    trail = json.dumps(list(AuditEvent.objects.values("ids", "fields", "counts", "reason")), default=str, ensure_ascii=False)
    for secret in (WISH, "5550", "周三"):
        assert secret.encode() not in raw
        assert secret not in trail


def test_somebody_in_no_register_is_a_guest_until_found(community: UUID, subject: UUID, clerk: Actor, officer: Actor) -> None:
    request = _ask(clerk, community)
    detail = _detail(clerk, community, request)
    guest = detail.subject
    assert detail.guest
    assert guest != subject
    commands.note_on_request(by=clerk, community=community, request=request, note="打电话来问过")
    commands.identify_asker(by=clerk, community=community, request=request, proof=Proof.DOCUMENT, subject=subject)
    detail = _detail(officer, community, request)
    assert (detail.subject, detail.guest, detail.wish) == (subject, False, WISH)
    assert detail.events[0].note == "打电话来问过"
    assert not Subject.objects.filter(id=guest).exists()


def test_a_request_is_not_moved_to_somebody_else_once_it_is_known_whose_it_is(
    community: UUID, subject: UUID, clerk: Actor
) -> None:
    other = Subject.objects.create(community_id=community, pseudonym=new_id().hex[-16:]).id
    request = _ask(clerk, community, subject=subject)
    with pytest.raises(NotFound):
        commands.identify_asker(by=clerk, community=community, request=request, proof=Proof.DOCUMENT, subject=other)


def test_time_is_extended_once(community: UUID, subject: UUID, clerk: Actor, officer: Actor) -> None:
    request = _ask(clerk, community, subject=subject)
    commands.extend_request(by=officer, community=community, request=request, note="要问派出所")
    assert _detail(officer, community, request).row.left == 30
    with pytest.raises(Conflict):
        commands.extend_request(by=officer, community=community, request=request, note="还要")
    assert _detail(officer, community, request).row.left == 30


def test_a_late_request_says_so(community: UUID, subject: UUID, clerk: Actor) -> None:
    _ask(clerk, community, subject=subject)
    (row,) = rights_requests(viewer=clerk, community=community, today=timezone.localdate() + timedelta(days=16))
    assert row.left == -1
    assert row.late


def test_refusal_with_reason(community: UUID, subject: UUID, clerk: Actor, officer: Actor) -> None:
    request = _ask(clerk, community, subject=subject, right=Right.DELETE, proof=Proof.DOCUMENT)
    for bad in ("", "secrecy", "not_identified"):
        with pytest.raises(BadInput):
            commands.refuse_request(by=officer, community=community, request=request, code=bad)
    commands.refuse_request(by=officer, community=community, request=request, code="kept_by_law", note="户口登记未满期")
    detail = _detail(officer, community, request)
    assert (detail.row.state, detail.refusal, detail.events[-1].code) == (State.REFUSED, "kept_by_law", "kept_by_law")
    with pytest.raises(Conflict):
        commands.open_answer(by=officer, community=community, request=request)


def test_what_the_law_holds_is_not_deleted(community: UUID, subject: UUID, clerk: Actor, officer: Actor) -> None:
    request = _ask(clerk, community, subject=subject, right=Right.DELETE, proof=Proof.DOCUMENT)
    place_hold(by=officer, community=community, subject=subject, reason="诉讼", from_date=timezone.localdate())
    with pytest.raises(Conflict) as fault:
        commands.answer_request(by=officer, community=community, request=request, note="删了")
    assert fault.value.words.key == "trust.retention.held"
    commands.refuse_request(by=officer, community=community, request=request, code="legal_hold")


def test_restriction_and_its_end(community: UUID, subject: UUID, clerk: Actor, officer: Actor) -> None:
    request = _ask(clerk, community, subject=subject, right=Right.RESTRICT, proof=Proof.DOCUMENT)
    assert not is_restricted(viewer=officer, community=community, subject=subject)
    commands.answer_request(by=officer, community=community, request=request, note="已限制")
    assert is_restricted(viewer=officer, community=community, subject=subject)
    assert _detail(officer, community, request).restricted
    commands.lift_restriction(by=officer, community=community, request=request, note="争议已结束")
    assert not is_restricted(viewer=officer, community=community, subject=subject)
    assert not _detail(officer, community, request).restricted


def test_a_resident_asks_for_themselves_and_sees_only_that(
    community: UUID, subject: UUID, clerk: Actor, actor_for: MakeActor
) -> None:
    resident = replace(actor_for("resident", community), subject=subject)
    request = _ask(resident, community, subject=subject, asker=Asker.KIN, channel=Channel.LETTER, proof=Proof.MANDATE)
    detail = _detail(resident, community, request)
    assert (detail.row.asker, detail.row.channel, detail.proof) == (Asker.SELF, Channel.PORTAL, Proof.ACCOUNT)
    assert detail.row.state is State.IDENTIFIED
    other = _ask(clerk, community)
    with pytest.raises(NotFound):
        _detail(resident, community, other)
    with pytest.raises(NotFound):
        commands.take_back_request(by=resident, community=community, request=other)
    with pytest.raises(NotAllowed):
        _ask(resident, community)
    with pytest.raises(NotAllowed):
        commands.open_answer(by=resident, community=community, request=request)
    commands.take_back_request(by=resident, community=community, request=request)
    assert _detail(resident, community, request).row.state is State.WITHDRAWN


def test_scope(community: UUID, other_community: UUID, subject: UUID, clerk: Actor, officer: Actor, actor_for: MakeActor) -> None:
    request = _ask(clerk, community, subject=subject)
    stranger = actor_for("privacy_officer", other_community)
    worker = actor_for("grid_worker", add_grid(community, "01"))
    for by in (stranger, PUBLIC, worker):
        assert rights_requests(viewer=by, community=community, today=timezone.localdate()) == []
        with pytest.raises(NotFound):
            _detail(by, community, request)
    for where in (community, other_community):
        with pytest.raises(NotFound):
            commands.note_on_request(by=stranger, community=where, request=request, note="x")
        with pytest.raises(NotFound):
            _ask(stranger, where, subject=subject)
    with pytest.raises(NotFound):
        _ask(PUBLIC, community, subject=subject)
    assert not is_restricted(viewer=stranger, community=community, subject=subject)


def test_what_is_handed_out_is_whole_and_recorded(community: UUID, subject: UUID, clerk: Actor, officer: Actor) -> None:
    request = _ask(clerk, community, subject=subject, right=Right.COPY, proof=Proof.DOCUMENT)
    pack = commands.open_answer(by=officer, community=community, request=request)
    told = json.loads(pack.as_json())
    assert [section["key"] for section in told["sections"]] == [
        "test.person",
        "trust.purposes",
        "trust.consents",
        "trust.requests",
    ]
    assert told["sections"][0]["rows"][0]["name"] == "张*"
    event = AuditEvent.objects.get(command="trust.open_answer")
    assert event.digest == pack.digest
    assert event.counts["test.person"] == 2
    # Put together again, the same is handed out: the digest does not hang on the moment.
    assert commands.open_answer(by=officer, community=community, request=request).digest == pack.digest


def test_the_sheet_opens_in_a_spreadsheet_and_runs_nothing(community: UUID, subject: UUID, clerk: Actor, officer: Actor) -> None:
    request = _ask(clerk, community, subject=subject, right=Right.COPY, proof=Proof.DOCUMENT)
    pack = commands.open_answer(by=officer, community=community, request=request)
    for language, name in (("en", "Name"), ("zh-Hans", "姓名")):
        text = pack.as_csv(language)
        assert text.startswith("\ufeff")
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        assert {len(row) for row in rows} == {4}
        assert rows[1][2] == name
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


@given(st.text(max_size=20))
def test_no_cell_is_a_formula_and_none_is_lost(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'")


@given(st.lists(st.dictionaries(st.sampled_from("ab"), st.one_of(st.text(max_size=9), st.integers(), st.booleans(), st.none()))))
def test_json_gives_back_what_went_in(rows: list[dict[str, Any]]) -> None:
    heads = {"a": {"en": "A", "zh-Hans": "甲"}, "b": {"en": "B", "zh-Hans": "乙"}}
    pack = Pack("X", "copy", datetime(2026, 11, 16, tzinfo=UTC), [Section("s", {"en": "S", "zh-Hans": "表"}, heads, rows)])
    told = json.loads(pack.as_json())["sections"][0]["rows"]
    assert told == [{key: row.get(key) for key in heads} for row in rows]
    assert pack.counts == {"s": len(rows)}


def test_an_erased_person_leaves_a_request_that_cannot_be_read(
    community: UUID, subject: UUID, clerk: Actor, officer: Actor
) -> None:
    from linli.trust.models import WrappedKey

    request = _ask(clerk, community, subject=subject, right=Right.DELETE, proof=Proof.DOCUMENT)
    commands.answer_request(by=officer, community=community, request=request, note="已删除")
    WrappedKey.objects.filter(subject=subject).delete()
    Subject.objects.filter(id=subject).delete()
    detail = _detail(officer, community, request)
    assert (detail.row.state, detail.subject, detail.wish, detail.events[-1].note) == (State.ANSWERED, None, "", "")
    with pytest.raises(Conflict):
        commands.open_answer(by=officer, community=community, request=request)
