"""Decides, row by row, what a population file changes: compares the file with the register as it stands, and writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from linli.kernel.errors import BadInput
from linli.kernel.ids import new_id
from linli.kernel.words import Words, sentence
from linli.register.rules import amending
from linli.register.rules.addresses import Found, How, Index, Reason
from linli.register.rules.ages import GUARDED_UNDER, age_on
from linli.register.rules.checking import Refusal, doubles, lives_here
from linli.register.rules.codes import LEAVING, Change
from linli.register.rules.entries import Entry
from linli.register.rules.households import Houses, door
from linli.register.rules.ids import NOBODY, Ids
from linli.register.rules.masking import masked_address
from linli.register.rules.matching import match
from linli.register.rules.needs import Need
from linli.register.rules.precedence import Source, Told, Verdict, decide, fields
from linli.register.rules.renewal import NewHukou, NewMembership, NewNeed, NewPerson, NewResidence, Question, Renewal, Suspect
from linli.register.rules.residence import Status, hukou_is_here
from linli.register.rules.review import Matter
from linli.register.rules.settling import settled, where
from linli.register.rules.standing import Known, Standing

NO_BUILDING = sentence("register.refused.no_building", "No building of this community is meant by the address.")
SEVERAL_BUILDINGS = sentence(
    "register.refused.several_buildings", "Several buildings have this number; the estate or street is missing."
)
UNREADABLE = sentence("register.refused.unreadable", "The address cannot be read.")
ELSEWHERE = sentence("register.refused.address_elsewhere", "The address lies in another district, sub-district or community.")
NO_ADDRESS = sentence("register.refused.no_address", "No address is given.")
CONTRADICTS = sentence("register.refused.address_contradicts", "The address contradicts itself: its parts name different places.")
WRITE_ADDRESS = sentence(
    "register.remedy.write_address", "Write estate, building, stair well and room, for example 柳荫苑3号楼2单元501室."
)
NOT_HERE = sentence("register.refused.not_here", "The row says that somebody left who is not on the register.")
NOTHING_TO_DO = sentence(
    "register.remedy.nothing_to_do", "Nothing to do if the person never lived here; else check name and number."
)
RECORDED_DEAD = sentence("register.refused.recorded_dead", "The register has this person as dead since %(day)s.")
CHECK_DEATH = sentence("register.remedy.check_death", "Ask the police station which is right.")
SHOWN_BEFORE = sentence("register.refused.shown_before", "Another row of the file, the same as last time, is this person.")
DOUBLED_PERSON = sentence("register.refused.doubled_person", "The person in row %(row)s is the same.")
OTHER_COMMUNITY = sentence(
    "register.other_community",
    "It looks like another community's file: %(lost)s of %(rows)s addresses name no building here.",
)
CHECK_FILE = sentence(
    "register.remedy.check_file", "Check which community the file is for, and whether its buildings have been imported."
)

ASK_WHO = sentence("register.review.ask_who", "Somebody on the register may be the same person.")
COMPARE = sentence("register.remedy.compare", "Compare both in the list of questions; the row waits until then.")
ASK_WHERE = sentence(
    "register.remedy.ask_where", "Say in the list of questions which building is meant; it is remembered for every later file."
)

_ADDRESS_WORDS = {
    Reason.EMPTY: NO_ADDRESS, Reason.UNREADABLE: UNREADABLE, Reason.UNKNOWN: NO_BUILDING, Reason.AMBIGUOUS: SEVERAL_BUILDINGS,
    Reason.CONFLICT: CONTRADICTS, Reason.ELSEWHERE: ELSEWHERE,
}  # fmt: skip
ERASED = sentence("register.refused.erased", "The data of whoever bears this number were erased because they asked for it.")
ASK_PRIVACY = sentence(
    "register.remedy.ask_privacy", "The person in charge of personal data decides whether they are registered again."
)
FEWEST_TO_JUDGE = 10
"""Fewer rows than this say nothing about whose file it is."""


class Result(StrEnum):
    """As ``intake.Verdict``; written here too, because rules know no other package."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"
    REVIEW = "review"
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
    """One file against one register.

    ``day``: the Monday at whose beginning the file stands; ``source``: who speaks (``precedence.Source``); ``shown``: whom rows
    that said nothing new speak of; ``in_scope``: who must be in a full file; ``suspects``: by row, who may be the same person and
    how likely that is; ``judges``: whether it may say that the file is another community's (not of rows that waited);
    ``erased``: rows that name somebody erased on request, with the mark that says so; ``grid_of``: grid by building, for
    whose eyes a question is.
    """

    def __init__(
        self,
        standing: Standing,
        index: Index,
        *,
        day: date,
        full: bool,
        community_code: str,
        source: Source = Source.FILE,
        shown: Ids = NOBODY,
        suspects: Mapping[int, Suspect] | None = None,
        judges: bool = True,
        erased: Mapping[int, UUID] | None = None,
        grid_of: Mapping[UUID, UUID] | None = None,
    ) -> None:
        self.grid_of = grid_of or {}
        self.erased = erased or {}
        self.judges = judges
        self.standing, self.index, self.day, self.code = standing, index, day, community_code
        self.source, self.shown, self.suspects = source, shown, suspects or {}
        # A file older than the newest round says nothing about who is missing today.
        self.full = full and (standing.latest_round is None or day >= standing.latest_round)
        self.renewal = Renewal(full=self.full, monday=day, source=source.value)
        self.counts: Counter[str] = Counter()
        self.unbelieved: set[int] = set()
        """Rows of which some value did not replace the known one, and may do so later."""
        self._taken: dict[UUID, int] = {}
        self._beside: set[int] = set()
        """Rows that name a second record of somebody of whom another row of the file speaks already."""

    def run(self, entries: Sequence[Entry], *, needs_column: bool, refused: dict[int, Refusal] | None = None) -> list[Decision]:
        """A decision for every entry, in order. BadInput where most addresses name no building here."""
        refusals = dict(refused or {}) | doubles(entries)
        self._waiting: dict[int, Refusal] = {}
        left = [entry for entry in entries if entry.row not in refusals]
        self._find_buildings(left, refusals)
        left = [entry for entry in left if entry.row not in refusals and entry.row not in self._waiting]
        self._match(left, refusals)
        left = [entry for entry in left if entry.row not in refusals and entry.row not in self._waiting]
        told = [entry for entry in left if entry.row not in self._beside]
        self.houses = Houses(self.standing, [entry for entry in told if lives_here(entry)], self.shown.__contains__)
        self.needs_column = needs_column
        decisions = {entry.row: self._decide(entry) for entry in told}
        decisions |= {e.row: Decision(e.row, Result.SAME, e.known.id) for e in left if e.row in self._beside and e.known}
        self.renewal.households = self.houses.made
        waiting = [entry for entry in entries if entry.row in self._waiting or entry.row in refusals]
        self._lapses(told, waiting)
        self.counts["conflicts"] = sum(question.matter is Matter.CONFLICT for question in self.renewal.questions)
        self.counts["left_proposed"] = len(self.renewal.open_lapses)
        self.counts += Counter()  # what is nought is not told
        for row, refusal in refusals.items():
            decisions[row] = Decision(row, Result.REFUSED, refusal=refusal)
        for row, refusal in self._waiting.items():
            decisions[row] = Decision(row, Result.REVIEW, refusal=refusal)
        self.renewal.counts = dict(self.counts)
        return [decisions[entry.row] for entry in entries]

    def one(self, entry: Entry, known: Known | None) -> Decision:
        """One row of which somebody has said whom it speaks of (None: of nobody yet known); its place must have been found."""
        self._waiting = {}
        entry.known = known
        self.houses = Houses(self.standing, [entry] if lives_here(entry) else [], self.shown.__contains__)
        self.needs_column = False
        refusal = self._contradiction(entry, known)
        decision = self._decide(entry) if refusal is None else Decision(entry.row, Result.REFUSED, refusal=refusal)
        self.renewal.households = self.houses.made
        return decision

    def _find_buildings(self, entries: Sequence[Entry], refusals: dict[int, Refusal]) -> None:
        """Rows whose building nobody knows wait for an answer: the next file may ask the same again, people answer once."""
        asked = lost = 0
        for entry in entries:
            entry.found = entry.found or self.index.find(entry.address)
            if not lives_here(entry):
                continue
            asked += 1
            if entry.found.reason is not None:
                lost += 1
                self._unplaced(entry, entry.found, refusals)
        self.counts["addresses"], self.counts["addresses_found"] = asked, asked - lost
        if self.judges and asked >= FEWEST_TO_JUDGE and lost * 2 > asked:
            raise BadInput(OTHER_COMMUNITY, remedy=CHECK_FILE, lost=lost, rows=asked)

    def _unplaced(self, entry: Entry, found: Found, refusals: dict[int, Refusal]) -> None:
        assert found.reason is not None
        words = Words(_ADDRESS_WORDS[found.reason])
        if found.reason is Reason.EMPTY or found.how is How.ALIAS:
            # Nothing to ask: no address, or somebody has said that it lies elsewhere.
            refusals[entry.row] = Refusal(words, Words(WRITE_ADDRESS), "address", "")
            return
        self._waiting[entry.row] = Refusal(words, Words(ASK_WHERE), "address", masked_address(entry.address))
        told = {"address": entry.address}
        near = where(found.candidates, self._own_buildings(entry), self.grid_of)
        self.renewal.questions.append(
            Question(Matter.ADDRESS, entry.row, told, building=near, candidates=found.candidates, reason=found.reason.value)
        )

    def _own_buildings(self, entry: Entry) -> list[UUID]:
        """Where the household of the row, or the person whom it names, is known to live."""
        houses = self.standing.houses.values()
        found = [house.building for house in houses if entry.household and house.number == entry.household]
        known = match(entry, self.standing)
        if isinstance(known, Known) and known.building is not None:
            found.insert(0, known.building)
        return found

    def _match(self, entries: Sequence[Entry], refusals: dict[int, Refusal]) -> None:
        meant = [(entry, match(entry, self.standing)) for entry in entries]
        if self.standing.leads:
            # Whoever is named by the leading record's own values comes before a row that names one beside it.
            meant.sort(key=lambda pair: pair[0].through is not None)
        for entry, known in meant:
            if isinstance(known, Refusal):
                refusals[entry.row] = known
                continue
            if entry.through is not None and known is not None:
                # Read anew each time: the print of a record is kept by the row that names it itself.
                self.unbelieved.add(entry.row)
                if known.id in self._taken or known.id in self.shown:
                    entry.known = known
                    self._beside.add(entry.row)
                    continue
            fault = self._contradiction(entry, known)
            if fault:
                refusals[entry.row] = fault
                continue
            entry.known = known
            if known is not None:
                self._taken[known.id] = entry.row
            elif entry.row in self.erased:
                # Somebody who asked to be forgotten is nobody new; whether the law wants them back, one person decides.
                refusals[entry.row] = Refusal(Words(ERASED), Words(ASK_PRIVACY), "number", "")
                self.renewal.erased[self.erased[entry.row]] = entry.row
                self.counts["erased"] += 1
        for entry in entries:
            if entry.known is None and entry.row not in refusals and entry.row in self.suspects:
                self._suspect(entry, self.suspects[entry.row])

    def _suspect(self, entry: Entry, suspect: Suspect) -> None:
        """Somebody is very like the row, though no key says so: taken for the same, or somebody looks at both."""
        if suspect.person in self._taken or suspect.person in self.shown:
            # Another row of the same file speaks of them: nobody stands in one file twice.
            return
        if suspect.surely:
            entry.known = self.standing.people[suspect.person]
            self._taken[suspect.person] = entry.row
            self.renewal.links.append((suspect.person, entry.row, suspect.probability))
            self.counts["linked"] += 1
            return
        self._waiting[entry.row] = Refusal(Words(ASK_WHO), Words(COMPARE), "name", "")
        place = entry.found or Found()
        self.renewal.questions.append(
            Question(
                Matter.SAME_PERSON,
                entry.row,
                entry.told(),
                suspect.person,
                probability=suspect.probability,
                building=place.building,
                dwelling=place.dwelling,
                said_on=entry.verified or self.day,
            )
        )

    def believes(self, entry: Entry, known: Known, column: str, old: str, new: Any) -> bool:
        """Whether the row's value replaces what somebody else than a file stands for; a contradiction becomes a question."""
        name = amending.FIELD_OF.get(column, column)
        voucher = known.vouched.get(name)
        if voucher is None or name not in fields():
            return True
        on = entry.verified or self.day
        verdict = decide(name, Told(str(old), voucher.source, voucher.on), Told(str(new), self.source, on))
        if verdict is Verdict.CONFLICT:
            told = {"value": str(new), "known": str(old)}
            self.renewal.questions.append(
                Question(
                    Matter.CONFLICT, entry.row, told, known.id, name, building=known.building, dwelling=known.dwelling, said_on=on
                )
            )
        if verdict in (Verdict.CONFLICT, Verdict.KEEP):
            self.unbelieved.add(entry.row)
        if verdict is Verdict.TAKE:
            self.renewal.overruled.append((known.id, name, entry.row))
        return verdict is Verdict.TAKE

    def _contradiction(self, entry: Entry, known: Known | None) -> Refusal | None:
        if known is None:
            return Refusal(Words(NOT_HERE), Words(NOTHING_TO_DO), "name") if entry.change in LEAVING else None
        if known.id in self.shown:
            return Refusal(Words(SHOWN_BEFORE), Words(NOTHING_TO_DO), "name")
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
        if entry.known.id in self.standing.asked:
            self.renewal.closed += settled(self, entry, entry.known, fields)
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
        self.add_needs(person, entry, entry.needs, born=entry.birth_date)
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

    def add_needs(self, person: UUID, entry: Entry, needs: frozenset[Need], *, born: date | None) -> None:
        """Needs are kept only with the day of consent; a child's only with a guardian's, whom no file names."""
        if not needs:
            return
        if entry.consent is None:
            self.counts["needs_without_consent"] += len(needs)
        elif born is not None and age_on(born, self.day) < GUARDED_UNDER:
            self.counts["needs_of_children"] += len(needs)
        else:
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

    def _lapses(self, entries: Sequence[Entry], waiting: Sequence[Entry]) -> None:
        """Whom a full file doesn't show lapses. A row that waits or is refused shows whom it speaks of all the same."""
        seen = {entry.known.id: entry.row for entry in entries if entry.known is not None}
        for entry in waiting:
            known = match(entry, self.standing)
            if known is not None and not isinstance(known, Refusal):
                seen.setdefault(known.id, entry.row)
        self.renewal.named = Ids.of(seen).joined(self.shown)
        living = self.standing.living
        told_before = self.shown.within(living)
        self.renewal.seen = sum(lives_here(entry) for entry in entries) + len(told_before)
        if self.full or self.standing.latest_round in (None, self.day):
            lapses = self.standing.lapses
            self.renewal.close_lapses += [(lapses[person].id, row) for person, row in seen.items() if person in lapses]
            self.renewal.close_lapses += [(lapse.id, 0) for person, lapse in lapses.items() if person in told_before]
        if not self.full:
            return
        # The last full round before this one showed whoever has no open lapse.
        before = self.standing.latest_full if self.standing.latest_full and self.standing.latest_full < self.day else None
        unseen = living.without(told_before).without(Ids.of(seen)).uuids()
        if unseen:
            self.counts["unverified"] += len(unseen)
        since = before or self.day - timedelta(days=7)
        self.renewal.open_lapses += [(person, since) for person in unseen if person not in self.standing.lapses]


__all__ = ["Decision", "Reconciliation", "Result", "Status"]
