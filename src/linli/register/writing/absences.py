"""Lapses as they would be had a round never been: what it began, what it ended, and what later ones reckoned from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Max, Q

from linli.intake import bulk, changed_after, changed_by, hand_on, stand_in
from linli.kernel.ids import new_id
from linli.register.models import Lapse, RegisterRound, Residence
from linli.register.opening import chunks
from linli.register.rules.undoing import Span, begun_by, ended_by, next_missing, reckoned_from
from linli.register.writing.undoing import Later

_LABEL = Lapse._meta.label


def homes_written(batch: UUID) -> set[UUID]:
    """People whose home the file wrote, new ones among them. Where it is given back, later files saw them somewhere else."""
    written = Residence.objects.filter(Q(batch=batch) | Q(id__in=changed_by(batch, Residence._meta.label)))
    return set(written.values_list("person_id", flat=True))


def forget_round(community: UUID, mine: RegisterRound, later: Later, built: Collection[UUID]) -> None:
    """Rearrange the lapses that the round ``mine`` has to do with, while ``later`` ones stand; inside the undo of its file.

    ``built``: people whose row stays, and with it what it ended. What is left to the undo itself is given back by it.
    """
    before = _full_before(community, mine)
    ended = changed_by(mine.batch, _LABEL)
    for lapse in Lapse.objects.filter(community=community, batch=mine.batch).exclude(id__in=ended):
        _begun(lapse, later, before)
    # Begun by this round, ended by a later one.
    begun = [pk for pk, before in changed_after(community, _LABEL, mine.batch).items() if before.get("to_monday") is None]
    for part in chunks(begun):
        for lapse in Lapse.objects.filter(id__in=part):
            stand_in(community, _LABEL, lapse.id, writer=mine.batch, by=_begun(lapse, later, before))
    inherited = _ended(community, mine, later, built)
    if mine.full and not RegisterRound.objects.filter(community=community, full=True, monday=mine.monday).exclude(
        id=mine.id
    ).exists():  # fmt: skip
        reckoned = list(Lapse.objects.filter(community=community, verified=mine.monday, from_monday__gt=mine.monday))
        for lapse in reckoned:
            lapse.verified = inherited.get(lapse.person_id, reckoned_from(lapse.from_monday, before))
        Lapse.objects.bulk_update(reckoned, ["verified"], batch_size=500)


def _begun(lapse: Lapse, later: Later, before: date | None) -> UUID | None:
    """The batch of the round that began the lapse instead; None: it is gone."""
    at = next_missing(lapse.person_id, later.rounds)
    span = begun_by(_span(lapse), None if at is None else later.rounds[at].monday, before)
    if span is None or at is None:
        lapse.delete()
        return None
    lapse.from_monday, lapse.verified = span.start, span.verified
    if lapse.to_monday is None:
        lapse.batch = later.writers[at]
    lapse.save(update_fields=["from_monday", "verified", "batch"])
    return later.writers[at]


def _ended(community: UUID, mine: RegisterRound, later: Later, built: Collection[UUID]) -> dict[UUID, date]:
    """Give what the round ended to the next that would have. Returns until when those people had been verified."""
    inherited: dict[UUID, date] = {}
    ended = changed_by(mine.batch, _LABEL)
    for lapse in list(Lapse.objects.filter(community=community, batch=mine.batch, id__in=ended)):
        at = next_missing(lapse.person_id, later.rounds)
        if at is None or lapse.person_id in built:
            continue
        lapse.to_monday = ended_by(_span(lapse), later.rounds[at].monday).end
        lapse.batch = later.writers[at]
        lapse.save(update_fields=["to_monday", "batch"])
        hand_on(mine.batch, _LABEL, lapse.id, to=later.writers[at])
        inherited[lapse.person_id] = lapse.verified
    return inherited


def unverify(community: UUID, mine: RegisterRound, later: Later, people: Iterable[UUID]) -> int:
    """Who lives again where they lived before the file, and not where later files saw them: nobody has verified that since.

    Returns how many lapse by it, each from the first later round that would have missed them.
    """
    before = _full_before(community, mine)
    rows = []
    for part in chunks(people):
        homes = Residence.objects.filter(community=community, person__in=part, to_date__isnull=True)
        lapses = Lapse.objects.filter(community=community, person__in=part)
        still = set(lapses.filter(to_monday__isnull=True).values_list("person_id", flat=True))
        spans = list(lapses.values_list("person_id", "to_monday", "verified"))
        for person in homes.values_list("person_id", flat=True):
            at = next_missing(person, later.rounds)
            if at is None or person in still:
                continue
            monday = later.rounds[at].monday
            since = next((verified for one, end, verified in spans if (one, end) == (person, monday)), None)
            rows.append(
                (new_id(), community, later.writers[at], person, monday, since or reckoned_from(monday, before))
            )  # fmt: skip
    return bulk.insert(Lapse, ("id", "community", "batch", "person", "from_monday", "verified"), rows)


def _full_before(community: UUID, mine: RegisterRound) -> date | None:
    full = RegisterRound.objects.filter(community=community, full=True, monday__lt=mine.monday)
    return full.aggregate(newest=Max("monday"))["newest"]


def _span(lapse: Lapse) -> Span:
    return Span(lapse.from_monday, lapse.to_monday, lapse.verified)
