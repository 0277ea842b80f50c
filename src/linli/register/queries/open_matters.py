"""What of the register still waits for somebody, in one list: for the round, the agenda and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min
from django.utils import timezone

from linli.kernel.actor import Actor
from linli.kernel.weeks import Week
from linli.kernel.words import Words, sentence
from linli.register.models import Declaration
from linli.register.queries.declarations import which_seen
from linli.register.queries.questions import open_by_matter
from linli.register.queries.rounds import unsigned
from linli.register.queries.running_out import running_out
from linli.register.queries.survey import survey
from linli.register.rules.declarations import BETWEEN_COMMUNITIES, WAITING, Kind, Step
from linli.register.rules.review import MATTER_WORDS

DECLARED = sentence("register.open.declared", "Declarations to be taken over")
ARRIVING = sentence("register.open.arriving", "People announced by another community")
CAME_BACK = sentence("register.open.came_back", "Hand-overs that came back")
PAPERS = sentence("register.open.papers", "Papers that run out within four weeks, or have")
SURVEY = sentence("register.open.survey", "Homes overdue in the survey")


@dataclass(frozen=True)
class OpenMatter:
    """One kind of thing that waits. ``page``: the page where it is done; ``oldest``: since when the first of them waits."""

    key: str
    name: Words
    count: int
    oldest: date | None
    page: str


@dataclass(frozen=True)
class OpenMatters:
    """Everything that waits. ``unsigned``: numbers of the grids that the management hasn't signed for in that week."""

    rows: list[OpenMatter]
    unsigned: list[str]

    @property
    def count(self) -> int:
        """How many things wait, of whatever kind."""
        return sum(row.count for row in self.rows)


def open_matters(*, viewer: Actor, community: UUID, week: Week, day: date) -> OpenMatters:
    """What waits now within scope: questions by kind, leavers proposed, declarations, hand-overs, papers that run out, the
    survey; and which grids nobody has signed for in ``week``."""
    if not viewer.sees_community(community):
        return OpenMatters([], [])
    asked = open_by_matter(viewer=viewer, community=community)
    rows = [
        OpenMatter(matter.value, Words(MATTER_WORDS[matter]), count, oldest, "register:questions")
        for matter, (count, oldest) in asked.items()
    ]
    rows += _declared(viewer, community)
    if papers := running_out(viewer=viewer, community=community, today=day):
        past = next((due.day for due in papers if due.left is not None and due.left < 0), None)
        rows.append(OpenMatter("papers", Words(PAPERS), len(papers), past, "register:running_out"))
    whole = survey(viewer=viewer, community=community, day=day)
    if late := sum(grid.progress.late for grid in whole.grids):
        rows.append(OpenMatter("survey", Words(SURVEY), late, None, "register:survey"))
    return OpenMatters(rows, unsigned(viewer=viewer, community=community, week=week))


def _declared(viewer: Actor, community: UUID) -> list[OpenMatter]:
    told = Declaration.objects.filter(community=community)
    waiting = told.filter(state__in=WAITING).exclude(kind__in=BETWEEN_COMMUNITIES)
    rows = list(waiting.values_list("building", "person", "received_at"))
    own = which_seen(viewer=viewer, community=community, about=[row[:2] for row in rows])
    mine = [at for (_building, _person, at), shown in zip(rows, own, strict=True) if shown]
    found = []
    if mine:
        since = timezone.localdate(min(mine))
        found.append(OpenMatter("declared", Words(DECLARED), len(mine), since, "register:declarations"))
    if viewer.grids is not None:
        return found
    for key, name, kind, step in (
        ("arriving", ARRIVING, Kind.HANDOVER, Step.OPEN), ("came_back", CAME_BACK, Kind.HANDED_OVER, Step.REJECTED),
    ):  # fmt: skip
        there = told.filter(kind=kind.value, state=step.value).aggregate(count=Count("id"), first=Min("received_at"))
        if there["count"]:
            found.append(OpenMatter(key, Words(name), there["count"], timezone.localdate(there["first"]), "register:handovers"))
    return found
