"""Care needs by hand: what help somebody needs, kept by their consent or a law, looked at again in time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.kernel.actor import Actor
from linli.kernel.errors import NotFound
from linli.kernel.words import Words, sentence
from linli.register.commands.hand import Hand
from linli.register.models import CareNeed, Person
from linli.register.queries.guardians import adults_beside
from linli.register.rules.by_hand import HandFault, Place, Refused
from linli.register.rules.needs import Basis, Kept, Need, may_be_kept
from linli.register.rules.sealing import HELPER, sealed
from linli.trust import NOT_FOUND, Ended, Permission, answer_consent, command, consents_of, has_consent, record
from linli.trust.consent.rules import Channel, Mandate, Relation

NAME_LAW = sentence("register.hand.name_law", "Name the law by which this may be kept.")
DEAD_OR_GONE = sentence("register.hand.not_here", "This person does not live here now.")
NOT_A_GUARDIAN = sentence("register.hand.not_a_guardian", "Only an adult who keeps house with the child can be chosen here.")
PURPOSE = "care"


@command("register.add_need", may=Permission.REGISTER_WRITE)
def add_need(
    *, by: Actor, community: UUID, person: UUID, need: Need, basis: Basis, place: Place, channel: Channel | None = None,
    guardian: UUID | None = None, relation: Relation | None = None, mandate: Mandate | None = None, law: str = "",
    helper: str = "",
) -> UUID:  # fmt: skip
    """Keep that somebody needs this help. By consent: given today by ``channel``, unless it stands already; by law: its name.

    For a child under 14 a ``guardian`` agrees, with relation and paper: an adult who keeps house with the child, by their id on
    the register; None for one who lives elsewhere. ``helper``: who helps, as they say it. Told twice it is kept once, with the
    newer helper. Refused, NotFound.
    """
    hand = Hand(by, community)
    known = hand.people([person])[person]
    assert known.key is not None
    if not _lives(person):
        raise Refused([HandFault(None, "", Words(DEAD_OR_GONE))])
    asked: dict[str, Any] = {"viewer": by, "community": community, "subject": known.subject, "purpose": PURPOSE}
    if basis is Basis.CONSENT and not has_consent(**asked):
        (row,) = [r for r in consents_of(viewer=by, community=community, subject=known.subject) if r.purpose.key == PURPOSE]
        answer_consent(
            by=by, community=community, subject=known.subject, purpose=PURPOSE, agrees=True, version=row.text.version,
            channel=channel or Channel.PAPER, guardian=_guardian(hand, person, guardian), relation=relation, mandate=mandate,
            born=known.birth_date, own_accord=True,
        )  # fmt: skip
    agreed = hand.today if basis is Basis.CONSENT and has_consent(**asked) else None
    if not may_be_kept(Kept(need, place.value, basis, hand.today, law=law, agreed_on=agreed), hand.today):
        raise Refused([HandFault(None, "law", Words(NAME_LAW))])
    held, new = CareNeed.objects.select_for_update().get_or_create(
        person_id=person, need=need.value, to_date=None,
        defaults={**hand.shared, "from_date": hand.today, "basis": basis.value},
    )  # fmt: skip
    held.basis, held.law, held.source, held.batch = basis.value, law.strip()[:80], place.value, None
    held.sealed_helper = sealed(known.key, HELPER, helper.strip()[:100]) or held.sealed_helper
    held.checked_on = hand.today
    held.save()
    hand.done("register.need.kept", [person], fields=["needs"], ids=[held.id], counts={"new": int(new)})
    return held.id


@command("register.check_need", may=Permission.REGISTER_WRITE)
def check_need(*, by: Actor, community: UUID, need: UUID, helper: str = "") -> None:
    """Somebody asked today and it is still so; ``helper`` where another one helps now. NotFound."""
    hand = Hand(by, community)
    held = _held(hand, need)
    key = hand.people([held.person_id])[held.person_id].key
    assert key is not None
    held.checked_on, held.batch = hand.today, None
    if helper.strip():
        held.sealed_helper = sealed(key, HELPER, helper.strip()[:100])
    held.save(update_fields=["checked_on", "sealed_helper", "batch"])
    hand.done("register.need.checked", [held.person_id], fields=["needs"], ids=[need])


@command("register.end_need", may=Permission.REGISTER_WRITE)
def end_need(*, by: Actor, community: UUID, need: UUID) -> None:
    """This help is no longer needed, from today on. Told twice changes nothing. NotFound."""
    hand = Hand(by, community)
    held = _held(hand, need)
    hand.people([held.person_id])
    hand.end(CareNeed, hand.today, Q(id=need))
    hand.done("register.need.ended", [held.person_id], fields=["needs"], ids=[need])


def _guardian(hand: Hand, child: UUID, guardian: UUID | None) -> UUID | None:
    """The data subject of whoever decides for the child. Refused for somebody who is no adult of the child's household."""
    if guardian is None:
        return None
    if guardian not in adults_beside(viewer=hand.by, community=hand.community, person=child, today=hand.today):
        raise Refused([HandFault(None, "guardian", Words(NOT_A_GUARDIAN))])
    return hand.people([guardian])[guardian].subject


def _held(hand: Hand, need: UUID) -> CareNeed:
    held = CareNeed.objects.select_for_update().filter(community=hand.community, id=need).first()
    if held is None:
        raise NotFound(NOT_FOUND)
    return held


def _lives(person: UUID) -> bool:
    return Person.objects.filter(id=person, residences__to_date__isnull=True, residences__isnull=False).exists()


def _ended(ended: Ended) -> None:
    """A consent to be helped was taken back: the needs that rested on it end, within the same transaction."""
    person = Person.objects.filter(community=ended.community, subject=ended.subject).values_list("id", flat=True).first()
    if person is None:
        return
    hand = Hand(ended.by, ended.community)
    rows = hand.end(CareNeed, hand.today, Q(person=person, basis=Basis.CONSENT.value))
    record("register.need.ended", ids=[person], fields=["needs"], counts={"ended": len(rows)})


ON_WITHDRAWN = (PURPOSE, _ended)
"""What ``site.wiring`` joins to the consent register."""
