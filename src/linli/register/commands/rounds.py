"""The Monday round of the register: signing for a grid, planning the yearly survey, second visits without the first answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.errors import BadInput, Conflict, NotFound
from linli.kernel.weeks import Week
from linli.kernel.words import sentence
from linli.methods.names import normal_name
from linli.register.commands.hand import Hand
from linli.register.commands.visits import REFUSED
from linli.register.models import GridSignature, Residence, Visit
from linli.register.opening import open_people
from linli.register.queries.rounds import MANAGER, WORKER, current_week, grid_rounds
from linli.register.queries.visits import doors_seen, first_visitors
from linli.register.rules.rounds import blind_sample
from linli.register.rules.survey import WEEKS, Home, plan
from linli.territory.queries import building_grids, dwellings
from linli.trust import NOT_FOUND, Permission, command, record

SIGNED = sentence("register.round.signed", "This grid is signed for already in that role.")
NOTHING_CHANGED = sentence("register.round.look", "Look at the list; a signature is given once.")
WORKER_FIRST = sentence("register.round.worker_first", "The grid’s worker signs first.")
ASK_WORKER = sentence("register.round.ask_worker", "Ask the worker to go through the list of the grid.")
NOT_YET = sentence("register.round.not_yet", "This Monday has not come yet.")
OWN_VISIT = sentence("register.round.own_visit", "Whoever made the first visit does not make the second.")
ANOTHER = sentence("register.round.another", "Ask a colleague to go there.")
DONE = sentence("register.round.done", "This visit has been made.")
NOBODY_TOLD = sentence("register.round.nobody_told", "Nobody is written down yet.")
TELL_WHO = sentence("register.round.tell_who", "Write down who lives here, or tick that nobody does.")
BLIND_DAYS = 28


@command("register.sign_grid", may=Permission.REGISTER_SIGN)
def sign_grid(*, by: Actor, community: UUID, grid: UUID, week: Week, note: str = "") -> UUID:
    """Put one's name under the list of a grid: first its worker, then the manager (alone where the grid has no worker).

    Once each. A later change doesn't take it back; the page says that the list changed since. NotFound out of scope.
    """
    if week.monday > current_week(viewer=by, community=community).monday:
        raise Conflict(NOT_YET)
    rows = grid_rounds(viewer=by, community=community, week=week, grid=grid)
    if not rows or by.account is None:
        raise NotFound(NOT_FOUND)
    mine = rows[0]
    role = MANAGER if by.grids is None else WORKER
    if role == MANAGER and mine.worker and mine.signed(WORKER) is None:
        raise Conflict(WORKER_FIRST, remedy=ASK_WORKER)
    counts = {delta.value: count for delta, count in mine.counts.items()} | {"questions": mine.questions}
    row, made = GridSignature.objects.get_or_create(
        grid_id=grid, monday=week.monday, role=role,
        defaults={
            "community_id": community, "by": by.account, "at": timezone.now(), "note": note.strip()[:500],
            "counts": {**counts, "digest": mine.digest},
        },
    )  # fmt: skip
    if not made:
        raise Conflict(SIGNED, remedy=NOTHING_CHANGED)
    record("register.grid_signed", ids=[row.id, grid], counts=counts, digest=mine.digest)
    return row.id


@command("register.plan_survey", may=Permission.MONDAY_RUN)
def plan_survey(*, by: Actor, community: UUID, start: date, weeks: int = WEEKS) -> int:
    """Plan a visit to every home within the coming weeks, the longest unseen first, an even load a week. Returns how many.

    ``start``: a Monday. Visits of an earlier plan that were not made yet give way to the new one.
    """
    grids = building_grids(viewer=by, community=community)
    seen = doors_seen(viewer=by, community=community)
    lived = set(
        Residence.objects.filter(community=community, to_date__isnull=True, dwelling__isnull=False).values_list(
            "dwelling_id", flat=True
        )
    )
    places = {row.id: row.building for row in dwellings(viewer=by, community=community) if row.id in lived}
    homes = [
        Home(str(dwelling), str(grids[building]), str(building), seen.get(dwelling))
        for dwelling, building in places.items()
        if building in grids
    ]
    planned = plan(homes, start=start, weeks=weeks)
    Visit.objects.filter(community=community, kind="survey", on__isnull=True).delete()
    now = timezone.now()
    Visit.objects.bulk_create(
        (
            Visit(
                community_id=community, building_id=places[UUID(home)], dwelling_id=UUID(home), kind="survey", due=monday,
                known_from=now,
            )
            for home, monday in planned.items()
        ),
        batch_size=2000,
    )  # fmt: skip
    record("register.survey", counts={"planned": len(planned)})
    return len(planned)


@command("register.draw_blind", may=Permission.MONDAY_RUN)
def draw_blind(*, by: Actor, community: UUID, week: Week) -> int:
    """Draw the homes that are visited a second time by somebody else: 2 % of those visited in the last four weeks, at least one
    a grid. The draw is the same however often it is made. Returns how many are new."""
    grids = building_grids(viewer=by, community=community)
    last = week.monday - timedelta(days=BLIND_DAYS)
    visited = Visit.objects.filter(
        community=community, outcome="unchanged", on__gte=last, on__lte=week.next().monday, dwelling__isnull=False
    ).exclude(kind="blind")
    homes: dict[str, set[str]] = defaultdict(set)
    place: dict[str, UUID] = {}
    for dwelling, building in visited.values_list("dwelling_id", "building_id"):
        if building in grids:
            homes[str(grids[building])].add(str(dwelling))
            place[str(dwelling)] = building
    drawn = [home for some in blind_sample(homes, seed=f"{community} {week}").values() for home in some]
    due = week.next().monday - timedelta(days=1)
    known = Visit.objects.filter(community=community, kind="blind", due=due).values_list("dwelling_id", flat=True)
    there = {str(one) for one in known}
    now = timezone.now()
    fresh = [home for home in drawn if home not in there]
    Visit.objects.bulk_create(
        Visit(
            community_id=community, building_id=place[home], dwelling_id=UUID(home), kind="blind", due=due, known_from=now
        )
        for home in fresh
    )  # fmt: skip
    record("register.blind_visit", counts={"drawn": len(fresh)})
    return len(fresh)


@dataclass(frozen=True)
class Told:
    """What somebody says at the door of one who lives there. ``phone``: its last four digits; empty: has none."""

    name: str
    year: int | None = None
    phone: str = ""


@command("register.record_blind", may=Permission.REGISTER_WRITE)
def record_blind(
    *, by: Actor, community: UUID, visit: UUID, told: Sequence[Told], empty: bool = False
) -> dict[str, bool]:  # fmt: skip
    """What a second visit found, written down without seeing the first answer: compared here, field by field agreed or not.

    ``empty``: nobody lives there. What was told isn't kept. BadInput where neither was said; Conflict for who made the first
    visit, and for a visit made before.
    """
    hand, found = _second_visit(by, community, visit)
    if not empty and not any(one.name.strip() for one in told):
        raise BadInput(NOBODY_TOLD, remedy=TELL_WHO)
    living = Residence.objects.filter(community=community, dwelling=found.dwelling_id, to_date__isnull=True)
    people = open_people(community, living.values_list("person_id", flat=True)).values()
    known = {normal_name(person.name): person for person in people}
    said = {} if empty else {normal_name(one.name): one for one in told if one.name.strip()}
    both = known.keys() & said.keys()
    findings = {"people": len(known) == len(said), "name": known.keys() == said.keys()}
    if both:
        findings["birth"] = all(said[n].year in (None, b.year) for n in both if (b := known[n].birth_date) is not None)
        findings["phone"] = all(known[n].phone[-4:] == said[n].phone[-4:] for n in both)
    found.on, found.outcome, found.by, found.findings = hand.today, "compared", by.account, findings
    found.save(update_fields=["on", "outcome", "by", "findings"])
    record("register.blind_visit", ids=[visit], fields=sorted(findings), counts={"agreed": sum(findings.values())})
    return findings


@command("register.close_blind", may=Permission.REGISTER_WRITE)
def close_blind(*, by: Actor, community: UUID, visit: UUID) -> None:
    """They did not want to talk a second time: the visit is done and says nothing. Conflict, NotFound as above."""
    hand, found = _second_visit(by, community, visit)
    found.on, found.outcome, found.by = hand.today, REFUSED, by.account
    found.save(update_fields=["on", "outcome", "by"])
    record("register.blind_visit", ids=[visit], counts={"refused": 1})


def _second_visit(by: Actor, community: UUID, visit: UUID) -> tuple[Hand, Visit]:
    """A second visit that is still to be made, by somebody who did not make the first."""
    hand = Hand(by, community)
    found = Visit.objects.select_for_update().filter(community=community, id=visit, kind="blind").first()
    if found is None or found.dwelling_id is None:
        raise NotFound(NOT_FOUND)
    hand.dwelling(found.dwelling_id)
    if found.on is not None:
        raise Conflict(DONE)
    first = first_visitors(viewer=by, community=community, dwellings=[found.dwelling_id]).get(found.dwelling_id)
    if first is not None and first == by.account:
        raise Conflict(OWN_VISIT, remedy=ANOTHER)
    return hand, found
