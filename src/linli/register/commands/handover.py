"""Handing somebody who moves over to another community of the installation: what they agreed to, as a proposal there."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.words import Words, sentence
from linli.register.commands.hand import Hand
from linli.register.commands.moving import move_out
from linli.register.models import CareNeed, Declaration, Hukou
from linli.register.rules.by_hand import Evidence, HandFault, Place, Refused
from linli.register.rules.sealing import DECLARED, HUKOU_ADDRESS, opened
from linli.trust import NOT_FOUND, SYSTEM, Permission, command, new_subjects, public_communities, record

KIND = "handover"
AGREED_FIELDS = ("number", "birth_date", "sex", "phone", "education", "ethnicity", "hukou", "needs")
"""What may go along besides the name, each only where the person agreed to it."""
SAME_COMMUNITY = sentence("register.handover.same", "This is the same community; let them move within it.")
NOTHING_AGREED = sentence("register.handover.nothing", "Ask which of it may be handed on, and write down the day.")


@command("register.hand_over", may=Permission.REGISTER_HAND_OVER)
def hand_over(
    *, by: Actor, community: UUID, person: UUID, to: str, on: date, agreed: Collection[str], agreed_on: date, place: Place,
    evidence: Evidence = Evidence.TOLD, hukou_too: bool = False, new_head: UUID | None = None,
) -> UUID:  # fmt: skip
    """Close the record here and propose the person to the community with code ``to``. Returns the proposal's id.

    Only the name and the ``agreed`` fields (``AGREED_FIELDS``) go along, sealed anew under a key of the other community; nothing
    of the record here is readable there, and nothing of there is read here. Refused, NotFound.
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
    proposal = _receive(by=SYSTEM, community=target.id, told=told)
    hand.done("register.person.handed_over", [person], fields=["name", *sorted(agreed)], ids=[target.id])
    return proposal


@command("register.receive_handover", may=Permission.REGISTER_HAND_OVER)
def _receive(*, by: Actor, community: UUID, told: Mapping[str, Any]) -> UUID:
    """The other side: a proposal under a new subject's key. Runs as the system, since nobody of here may write there."""
    (subject,) = new_subjects(community, 1)
    made = Declaration.objects.create(
        community_id=community,
        kind=KIND,
        channel="system",
        declarant="community",
        subject_id=subject.id,
        told=subject.key.seal(DECLARED, json.dumps(dict(told), ensure_ascii=False)),
        received_at=timezone.now(),
    )
    record("register.declaration.received", ids=[made.id], fields=sorted(told))
    return made.id


def _hukou(hand: Hand, person: UUID, key: Any) -> dict[str, str]:
    row = Hukou.objects.filter(community=hand.community, person=person, to_date__isnull=True).first()
    if row is None:
        return {}
    found = {"hukou_region": row.region, "hukou_address": opened(key, HUKOU_ADDRESS, row.sealed_address)}
    return {name: value for name, value in found.items() if value}
