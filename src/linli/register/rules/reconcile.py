"""Decides, row by row, what a population file changes: compares the file with the register as it stands, and writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from linli.kernel.errors import BadInput
from linli.kernel.ids import new_id
from linli.kernel.words import Words, sentence
from linli.register.rules import amending
from linli.register.rules.addresses import Index, Reason
from linli.register.rules.checking import Refusal, doubles, lives_here
from linli.register.rules.codes import LEAVING, Change
from linli.register.rules.households import Houses, door
from linli.register.rules.masking import masked_address
from linli.register.rules.matching import match
from linli.register.rules.residence import Status, hukou_is_here
from linli.register.rules.standing import (
    Entry,
    Known,
    NewHukou,
    NewMembership,
    NewNeed,
    NewPerson,
    NewResidence,
    Renewal,
    Standing,
)

NO_BUILDING = sentence("register.refused.no_building", "No building of this community is meant by the address.")
SEVERAL_BUILDINGS = sentence(
    "register.refused.several_buildings", "Several buildings have this number; the estate or street is missing."
)
UNREADABLE = sentence("register.refused.unreadable", "The address cannot be read.")
NO_ADDRESS = sentence("register.refused.no_address", "No address is given.")
WRITE_ADDRESS = sentence(
    "register.remedy.write_address", "Write estate, building, stair well and room, for example 柳荫苑3号楼2单元501室."
)
NOT_HERE = sentence("register.refused.not_here", "The row says that somebody left who is not on the register.")
NOTHING_TO_DO = sentence(
    "register.remedy.nothing_to_do", "Nothing to do if the person never lived here; else check name and number."
)
RECORDED_DEAD = sentence("register.refused.recorded_dead", "The register has this person as dead since %(day)s.")
CHECK_DEATH = sentence("register.remedy.check_death", "Ask the police station which is right.")
DOUBLED_PERSON = sentence("register.refused.doubled_person", "The person in row %(row)s is the same.")
OTHER_COMMUNITY = sentence(
    "register.other_community",
    "It looks like another community's file: %(lost)s of %(rows)s addresses name no building here.",
)
CHECK_FILE = sentence(
    "register.remedy.check_file", "Check which community the file is for, and whether its buildings have been imported."
)

_ADDRESS_WORDS = {
    Reason.EMPTY: NO_ADDRESS, Reason.UNREADABLE: UNREADABLE, Reason.UNKNOWN: NO_BUILDING, Reason.AMBIGUOUS: SEVERAL_BUILDINGS,
}  # fmt: skip
FEWEST_TO_JUDGE = 10
"""Fewer rows than this say nothing about whose file it is."""


class Result(StrEnum):
    """As ``intake.Verdict``; written here too, because rules know no other package."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one row."""

    row: int
    result: Result
    person: UUID | None = None
    fields: tuple[str, ...] = ()
    refusal: Refusal | None = None


class Reconciliation:
    """One file against one register. ``day``: the Monday at whose beginning the file stands."""

    def __init__(self, standing: Standing, index: Index, *, day: date, full: bool, community_code: str) -> None:
        self.standing, self.index, self.day, self.code = standing, index, day, community_code
        # A file older than the newest round says nothing about who is missing today.
        self.full = full and (standing.latest_round is None or day >= standing.latest_round)
        self.renewal = Renewal(full=self.full, monday=day)
        self.counts: Counter[str] = Counter()
        self._taken: dict[UUID, int] = {}

    def run(self, entries: Sequence[Entry], *, needs_column: bool, refused: dict[int, Refusal] | None = None) -> list[Decision]:
        """A decision for every entry, in order. BadInput where most addresses name no building here."""
        refusals = dict(refused or {}) | doubles(entries)
        left = [entry for entry in entries if entry.row not in refusals]
        self._find_buildings(left, refusals)
        left = [entry for entry in left if entry.row not in refusals]
        self._match(left, refusals)
        left = [entry for entry in left if entry.row not in refusals]
        self.houses = Houses(self.standing, [entry for entry in left if lives_here(entry)])
        self.needs_column = needs_column
        decisions = {entry.row: self._decide(entry) for entry in left}
        self.renewal.households = self.houses.made
        self._lapses(left, decisions)
        for row, refusal in refusals.items():
            decisions[row] = Decision(row, Result.REFUSED, refusal=refusal)
        self.renewal.counts = dict(self.counts)
        return [decisions[entry.row] for entry in entries]

    def _find_buildings(self, entries: Sequence[Entry], refusals: dict[int, Refusal]) -> None:
        asked = lost = 0
        for entry in entries:
            entry.found = self.index.find(entry.address)
            if not lives_here(entry):
                continue
            asked += 1
            if entry.found.reason is not None:
                lost += 1
                words = Words(_ADDRESS_WORDS[entry.found.reason])
                refusals[entry.row] = Refusal(words, Words(WRITE_ADDRESS), "address", masked_address(entry.address))
        if asked >= FEWEST_TO_JUDGE and lost * 2 > asked:
            raise BadInput(OTHER_COMMUNITY, remedy=CHECK_FILE, lost=lost, rows=asked)

    def _match(self, entries: Sequence[Entry], refusals: dict[int, Refusal]) -> None:
        for entry in entries:
            known = match(entry, self.standing)
            if isinstance(known, Refusal):
                refusals[entry.row] = known
                continue
            fault = self._contradiction(entry, known)
            if fault:
                refusals[entry.row] = fault
                continue
            entry.known = known
            if known is not None:
                self._taken[known.id] = entry.row

    def _contradiction(self, entry: Entry, known: Known | None) -> Refusal | None:
        if known is None:
            return Refusal(Words(NOT_HERE), Words(NOTHING_TO_DO), "name") if entry.change in LEAVING else None
        if known.id in self._taken:
            words = Words(DOUBLED_PERSON, {"row": str(self._taken[known.id])})
            return Refusal(words, Words(NOTHING_TO_DO), "name")
        if known.died_on is not None and entry.change is not Change.DIED:
            words = Words(RECORDED_DEAD, {"day": {"day": known.died_on.isoformat(), "style": "year"}})
            return Refusal(words, Words(CHECK_DEATH), "change")
        return None

    def _decide(self, entry: Entry) -> Decision:
        if entry.known is None:
            return self._add(entry)
        if entry.change in LEAVING:
            return self._end(entry, entry.known)
        fields = amending.amend(self, entry, entry.known)
        if fields:
            self.counts["amended"] += 1
            return Decision(entry.row, Result.CHANGED, entry.known.id, fields)
        return Decision(entry.row, Result.SAME, entry.known.id)

    def _add(self, entry: Entry) -> Decision:
        person = new_id()
        self.renewal.people.append(NewPerson(person, entry))
        start = self.start_of(entry)
        if lives_here(entry):
            self.settle(person, entry, start)
        here = hukou_is_here(entry.said, entry.region, self.code)
        if here is not None or entry.region or entry.hukou_text:
            self.renewal.hukou.append(NewHukou(person, entry.region, entry.hukou_text, here, start))
        self.add_needs(person, entry, entry.needs)
        kind = entry.change if entry.change in (Change.BORN, Change.MOVED_IN) else Change.REGISTERED
        self.counts[kind.value] += 1
        if not entry.number and not entry.document_number:
            self.counts["without_number"] += 1
        return Decision(entry.row, Result.NEW, person)

    def settle(self, person: UUID, entry: Entry, start: date) -> None:
        """A residence and a place in a household from ``start`` on."""
        place = door(entry)
        assert place is not None
        said = entry.said.value if entry.said else ""
        came = entry.change.value if entry.change in (Change.BORN, Change.MOVED_IN) else ""
        self.renewal.residences.append(NewResidence(person, place[0], place[1], entry.address, said, start, came))
        household = self.houses.of(entry, moved=True)
        assert household is not None
        self.renewal.memberships.append(NewMembership(person, household, entry.relation, start))

    def start_of(self, entry: Entry) -> date:
        """Since when they live here: as the row says, else the day of the event, else the day of the file."""
        if entry.change in (Change.BORN, Change.MOVED_IN) and entry.change_date:
            return entry.change_date
        return entry.since or entry.change_date or (entry.birth_date if entry.change is Change.BORN else self.day)

    def add_needs(self, person: UUID, entry: Entry, needs: frozenset[object] | frozenset) -> None:  # type: ignore[type-arg]
        """Needs are kept only with the day of consent; without it they are counted, not kept."""
        if not needs:
            return
        if entry.consent is None:
            self.counts["needs_without_consent"] += len(needs)
            return
        self.renewal.needs.extend(NewNeed(person, need, entry.consent) for need in sorted(needs))

    def _end(self, entry: Entry, known: Known) -> Decision:
        died = entry.change is Change.DIED
        if known.residence is None and known.hukou is None and (not died or known.died_on is not None):
            return Decision(entry.row, Result.SAME, known.id)
        on = entry.change_date or self.day
        amending.end_all(self.renewal, known, entry.row, on, ending=entry.change.value)
        if died:
            self.renewal.amend_people.append(amending.Amend(known.id, entry.row, {"died_on": on}))
        self.counts[entry.change.value] += 1
        return Decision(entry.row, Result.LEFT, known.id, ("change",))

    def _lapses(self, entries: Sequence[Entry], decisions: dict[int, Decision]) -> None:
        seen = {entry.known.id: entry.row for entry in entries if entry.known is not None}
        self.renewal.seen = sum(lives_here(entry) for entry in entries)
        if self.full or self.standing.latest_round in (None, self.day):
            lapses = self.standing.lapses
            self.renewal.close_lapses += [(lapses[person].id, row) for person, row in seen.items() if person in lapses]
        if not self.full:
            return
        # The last full round before this one showed whoever has no open lapse.
        before = self.standing.latest_full if self.standing.latest_full and self.standing.latest_full < self.day else None
        unseen = self.standing.living.difference(seen)
        if unseen:
            self.counts["unverified"] += len(unseen)
        since = before or self.day - timedelta(days=7)
        self.renewal.open_lapses += [(person, since) for person in sorted(unseen) if person not in self.standing.lapses]


__all__ = ["Decision", "Reconciliation", "Result", "Status"]
