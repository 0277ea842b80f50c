"""Handing somebody who moves over to another community of the installation; and having them back where it came to nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import Conflict, NotFound
from linli.kernel.ids import new_id, new_reference
from linli.kernel.words import Words, sentence
from linli.register.commands.hand import Hand
from linli.register.commands.moving import move_out
from linli.register.models import CareNeed, Dated, Declaration, Ending, Hukou, Membership, Residence, Tenancy
from linli.register.rules.by_hand import Evidence, HandFault, Place, Refused, source_of
from linli.register.rules.codes import HEADS, Change
from linli.register.rules.declarations import DECLARANT, Channel, Kind, Step
from linli.register.rules.handovers import AGREED_FIELDS, RING_THEM, STILL_THERE, Deed, after
from linli.register.rules.sealing import DECLARED, HUKOU_ADDRESS, opened
from linli.trust import NOT_FOUND, SYSTEM, Permission, command, new_subjects, public_communities, record, subject_keys

SAME_COMMUNITY = sentence("register.handover.same", "This is the same community; let them move within it.")
NOTHING_AGREED = sentence("register.handover.nothing", "Ask which of it may be handed on, and write down the day.")
WAITS_THERE = sentence(
    "register.handover.waits_there", "Somebody has handed them over already; the other community has yet to answer."
)
SAY_RELATION = sentence(
    "register.handover.say_relation", "Their household has another head now. Say how they are related to them."
)
LEFT, BACK = "left", "back"
ALONE = "02"
"""GB/T 4761: head of a household."""


@command("register.hand_over", may=Permission.REGISTER_HAND_OVER)
def hand_over(
    *, by: Actor, community: UUID, person: UUID, to: str, on: date, agreed: Collection[str], agreed_on: date, place: Place,
    evidence: Evidence = Evidence.TOLD, hukou_too: bool = False, new_head: UUID | None = None,
) -> UUID:  # fmt: skip
    """Close the record here and propose the person to the community with code ``to``. Returns the proposal's id.

    Only the name and the ``agreed`` fields (``AGREED_FIELDS``) go along, sealed anew under a key of the other community; nothing
    of the record here is readable there, and nothing of there is read here. Both desks have the same reference to ring about.
    Conflict where one waits already; Refused, NotFound.
    """
    hand = Hand(by, community)
    known = hand.people([person])[person]
    target = next((zone for zone in public_communities(viewer=by) if zone.code == to), None)
    if target is None:
        raise NotFound(NOT_FOUND)
    if target.id == community:
        raise Refused([HandFault(None, "to", Words(SAME_COMMUNITY))])
    if not set(agreed) <= set(AGREED_FIELDS) or agreed_on > hand.today:
        raise Refused([HandFault(None, "agreed", Words(NOTHING_AGREED))])
    before = Declaration.objects.filter(community=community, kind=Kind.HANDED_OVER.value, person=person, state=Step.OPEN.value)
    if before.exists():
        raise Conflict(WAITS_THERE)
    assert known.key is not None
    sent = new_id()
    told: dict[str, Any] = {"name": known.name, "agreed_on": agreed_on.isoformat(), "from": hand.code, "on": on.isoformat()}
    values = {
        "number": known.number or known.document_number,
        "document_kind": known.document_kind,
        "birth_date": known.birth_date.isoformat() if known.birth_date else "",
        "sex": known.sex,
        "phone": known.phone,
        "education": known.education,
        "ethnicity": known.ethnicity,
    }
    wanted = {*agreed, *({"document_kind"} if "number" in agreed else ())}
    told |= {name: value for name, value in values.items() if name in wanted and value}
    if "hukou" in agreed:
        told |= _hukou(hand, person, known.key)
    if "needs" in agreed:
        told["needs"] = sorted(CareNeed.objects.filter(Q(person=person), to_date__isnull=True).values_list("need", flat=True))
    move_out(
        by=by, community=community, people=[person], on=on, place=place, evidence=evidence, hukou_too=hukou_too,
        new_head=new_head,
    )  # fmt: skip
    reference = new_reference()
    there = _receive(by=SYSTEM, community=target.id, told={**told, "sent": str(sent)}, reference=reference)
    mine = {"to": to, "there": str(there), "on": on.isoformat(), "agreed": sorted(agreed), "agreed_on": agreed_on.isoformat()}
    Declaration.objects.create(
        id=sent, community_id=community, kind=Kind.HANDED_OVER.value, channel=Channel.SYSTEM.value,
        declarant=DECLARANT[Kind.HANDED_OVER].value, subject_id=known.subject, person_id=person, reference=reference,
        told=known.key.seal(DECLARED, json.dumps(mine)), received_at=hand.now,
    )  # fmt: skip
    hand.done("register.person.handed_over", [person], fields=["name", *sorted(agreed)], ids=[sent, target.id])
    return there


@command("register.receive_handover", may=Permission.REGISTER_HAND_OVER)
def _receive(*, by: Actor, community: UUID, told: Mapping[str, Any], reference: str) -> UUID:
    """The other side: a proposal under a new subject's key. Runs as the system, since nobody of here may write there."""
    (subject,) = new_subjects(community, 1)
    made = Declaration.objects.create(
        community_id=community,
        kind=Kind.HANDOVER.value,
        channel=Channel.SYSTEM.value,
        declarant=DECLARANT[Kind.HANDOVER].value,
        subject_id=subject.id,
        told=subject.key.seal(DECLARED, json.dumps(dict(told), ensure_ascii=False)),
        reference=reference,
        received_at=timezone.now(),
    )
    record("register.declaration.received", ids=[made.id], fields=sorted(set(told) - {"sent"}))
    return made.id


@command("register.settle_handover", may=Permission.REGISTER_HAND_OVER)
def settle_sent(*, by: Actor, community: UUID, sent: UUID, deed: Deed, reason: str = "") -> None:
    """What the other community decided, noted where they left; run as the system. Conflict where it doesn't wait any more, or
    where they were meanwhile found to live here: nobody is present in two communities."""
    row = Declaration.objects.select_for_update(of=("self",)).filter(
        community=community, id=sent, kind=Kind.HANDED_OVER.value
    ).first()  # fmt: skip
    if row is None or by.communities is not None:
        raise NotFound(NOT_FOUND)
    step = after(Step(row.state), deed)
    if deed is Deed.ACCEPT and Residence.objects.filter(person=row.person_id, to_date__isnull=True).exists():
        raise Conflict(STILL_THERE, remedy=RING_THEM)
    _decide(row, step, reason, None)
    record(f"register.handover.{deed.value}", ids=_touched(row), reason=reason)


@command("register.withdraw_handover", may=Permission.REGISTER_HAND_OVER)
def _withdraw(*, by: Actor, community: UUID, there: UUID) -> None:
    """The proposal is taken away where it had arrived; run as the system. Conflict where it was taken over."""
    if by.communities is not None:
        raise NotFound(NOT_FOUND)
    row = Declaration.objects.select_for_update(of=("self",)).filter(
        community=community, id=there, kind=Kind.HANDOVER.value
    ).first()  # fmt: skip
    if row is not None and row.state != Step.REJECTED.value:
        _decide(row, after(Step(row.state), Deed.BRING_BACK), "", None)
    record("register.handover.withdrawn", ids=[there])


@command("register.bring_back", may=Permission.REGISTER_HAND_OVER)
def bring_back(
    *, by: Actor, community: UUID, sent: UUID, evidence: Evidence = Evidence.TOLD, relation: str = ""
) -> None:  # fmt: skip
    """They did not move after all: they live where they lived, from the day on which they were said to have left, with the needs,
    the tenancy and the hukou that ended then. ``relation``: GB/T 4761, to who became head meanwhile.

    The proposal is withdrawn there. Conflict where the other community has taken them over; Refused, NotFound.
    """
    hand = Hand(by, community)
    row, told = _sent(hand, sent)
    target = next((zone for zone in public_communities(viewer=by) if zone.code == told.get("to")), None)
    if target is not None and told.get("there"):
        # First the other side, as when it takes them over: whoever comes second waits, and finds it settled.
        _withdraw(by=SYSTEM, community=target.id, there=UUID(told["there"]))
    row = Declaration.objects.select_for_update(of=("self",)).get(id=sent)
    step = after(Step(row.state), Deed.BRING_BACK)
    person = row.person_id
    assert person is not None
    hand.people([person])
    if not Residence.objects.filter(person=person, to_date__isnull=True).exists():
        _settle_again(hand, person, relation, evidence)
    _decide(row, step, BACK, by.account)
    hand.done("register.handover.brought_back", [person], fields=["address"], evidence=evidence.value, ids=[sent])


@command("register.leave_away", may=Permission.REGISTER_HAND_OVER)
def leave_away(*, by: Actor, community: UUID, sent: UUID) -> None:
    """The hand-over came back, and yet they have moved: the record stays closed. Conflict unless it came back; NotFound."""
    hand = Hand(by, community)
    row, _told = _sent(hand, sent)
    _decide(row, after(Step(row.state), Deed.LEAVE), LEFT, by.account)
    record("register.handover.left", ids=_touched(row))


def _settle_again(hand: Hand, person: UUID, relation: str, evidence: Evidence) -> None:
    """Where they lived last, and with whom."""
    last = Residence.objects.filter(person=person, ending=Ending.MOVED_OUT).order_by("-to_date", "-ended_known").first()
    if last is None or last.to_date is None:
        raise NotFound(NOT_FOUND)
    house = Membership.objects.filter(person=person, ended_known=last.ended_known).select_related("household").first()
    hand.settle([person], last.building_id, last.dwelling_id, last.to_date, Change.MOVED_IN.value)
    if house is not None:
        there = hand.members(house.household_id)
        if not there:
            code = house.relation if house.relation in HEADS else ALONE
        elif house.relation in HEADS and not relation:
            raise Refused([HandFault(None, "relation", Words(SAY_RELATION))])
        else:
            code = relation or house.relation
        hand.join(house.household_id, {person: code}, last.to_date)
    models: list[type[Dated]] = [CareNeed, Tenancy]
    if not Hukou.objects.filter(person=person, to_date__isnull=True).exists():
        models.append(Hukou)
    for model in models:
        model._default_manager.filter(Q(person=person), community=hand.community, ended_known=last.ended_known).update(
            to_date=None, ended_known=None, batch=None
        )
    hand.attest({person: ["address", "relation"]}, source_of(Place.DESK, evidence))


def _sent(hand: Hand, sent: UUID) -> tuple[Declaration, dict[str, Any]]:
    row = Declaration.objects.filter(community=hand.community, id=sent, kind=Kind.HANDED_OVER.value).first()
    if row is None or row.person_id is None or row.subject_id is None:
        raise NotFound(NOT_FOUND)
    hand.people([row.person_id])
    key = subject_keys(hand.community, [row.subject_id]).get(row.subject_id)
    if key is None:
        raise NotFound(NOT_FOUND)
    return row, json.loads(key.open(DECLARED, bytes(row.told)))


def _decide(row: Declaration, step: Step, reason: str, account: UUID | None) -> None:
    row.state, row.decided_at, row.decided_by, row.reason = step.value, timezone.now(), account, reason
    row.save(update_fields=["state", "decided_at", "decided_by", "reason"])


def _touched(row: Declaration) -> list[UUID]:
    return [row.id, *([row.person_id] if row.person_id else [])]


def _hukou(hand: Hand, person: UUID, key: Any) -> dict[str, str]:
    row = Hukou.objects.filter(community=hand.community, person=person, to_date__isnull=True).first()
    if row is None:
        return {}
    found = {"hukou_region": row.region, "hukou_address": opened(key, HUKOU_ADDRESS, row.sealed_address)}
    return {name: value for name, value in found.items() if value}
