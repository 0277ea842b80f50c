"""The true community, lived through week by week: who comes, is born, moves, dies, and what the police station then knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator

from linli.kernel.weeks import Week
from linli.site.demo import names
from linli.site.demo.households import inherited
from linli.site.demo.people import (
    FLOATING,
    IDENTITY_CARD,
    LODGING,
    OVERSEAS,
    PERMANENT,
    Household,
    Person,
    Registry,
    need_care,
    pick,
)

# A week in a community of 9,000.
MOVED_IN, MOVED_OUT, BORN, DIED = 43.0, 19.0, 8.0, 5.0
NEW_PHONES, NEW_TYPOS, MOVED_HOUSE, NEW_NEEDS = 12.0, 2.0, 3.0, 2.5
# Leases end and graduates go in summer; by month.
LEAVING = {6: 1.8, 7: 2.5, 8: 2.1, 9: 1.5}
REGISTERED, ARRIVED, LEFT, BIRTH, DEATH, CHANGED = "登记", "迁入", "迁出", "出生", "死亡", "变更"


@dataclass(frozen=True)
class Entry:
    """What the station has to say of one person this week."""

    person: Person
    kind: str
    on: date | None


class Town:
    """State of one community. ``empty``: dwellings where nobody lives; ``grid_of``: grid of every dwelling."""

    def __init__(
        self, households: list[Household], empty: set[int], grid_of: list[int], registry: Registry, rng: Generator
    ) -> None:
        self.households = households
        self.empty = sorted(empty)
        self.grid_of = grid_of
        self.registry = registry
        self.rng = rng
        self.scale = sum(len(home.members) for home in households) / 9000
        self.kept: set[int] = set()
        """People (by id()) whom nothing befalls while they are missing from the files."""
        self._events: dict[int, tuple[str, date]] = {}
        self._gone: list[Entry] = []

    def people(self) -> list[Person]:
        return [person for home in self.households for person in home.members]

    def people_of(self, grid: int) -> list[Person]:
        return [person for home in self.households if self.grid_of[home.dwelling] == grid for person in home.members]

    def begin(self) -> None:
        """Faults that stand in the first file: misspelt names, and pairs of different people with one number."""
        everybody = self.people()
        for at in self.rng.choice(len(everybody), size=max(2, round(len(everybody) * 0.0025)), replace=False):
            person = everybody[int(at)]
            if person.document == IDENTITY_CARD:
                person.typed_name = names.mistyped(person.name)
        wanted = 3 if len(everybody) > 3000 else 2
        grown = [
            person for person in everybody if person.number and person.home.kind != OVERSEAS and 1950 < person.birth.year < 2004
        ]
        while wanted:
            first = grown[int(self.rng.integers(len(grown)))]
            near = [
                other
                for other in grown
                if other.home is not first.home and other.male == first.male and abs(other.birth.year - first.birth.year) <= 1
            ]
            taken = {person.number for person in grown if person is not first}
            if near and first.number not in taken:
                other = near[int(self.rng.integers(len(near)))]
                other.birth, other.number = first.birth, first.number
                wanted -= 1

    def live(self, week: Week, first: bool = False) -> list[Entry]:
        """Live through the seven days of ``week``; return an entry for everyone here at its end and everyone who went."""
        self._events, self._gone = {}, []
        if not first:
            self._leave(week)
            self._die(week)
            self._arrive(week)
            self._be_born(week)
            self._change(week)
        here = []
        for person in self.people():
            kind, on = self._events.get(id(person), (REGISTERED, None))
            here.append(Entry(person, kind, on))
        return here + self._gone

    def _count(self, mean: float) -> int:
        return int(self.rng.poisson(mean * self.scale))

    def _day(self, week: Week) -> date:
        return week.first_day + timedelta(days=int(self.rng.integers(7)))

    def _mark(self, person: Person, kind: str, on: date) -> None:
        person.head_text = ""
        if self._events.get(id(person), ("",))[0] not in (ARRIVED, BIRTH):
            self._events[id(person)] = (kind, on)

    def _any_home(self) -> Household:
        return self.households[int(self.rng.integers(len(self.households)))]

    def _free(self, home: Household) -> bool:
        return not any(id(person) in self.kept for person in home.members)

    def _leave(self, week: Week) -> None:
        left = self._count(MOVED_OUT * LEAVING.get(week.last_day.month, 1.05))
        tries = 0
        while left > 0 and tries < 3000:
            tries += 1
            home = self._any_home()
            if (
                not self._free(home)
                or len(home.members) > left + 1
                or self.rng.random() > (1.0 if home.kind != PERMANENT else 0.16)
            ):
                continue
            if len(home.members) == 1 or self.rng.random() < 0.7:
                goes = list(home.members)
            else:
                goes = [person for person in home.members[1:] if 18 <= person.age(week.last_day) < 32][:1]
            on = self._day(week)
            for person in goes:
                self._remove(person, LEFT, on)
            left -= len(goes)

    def _die(self, week: Week) -> None:
        everybody = [person for person in self.people() if id(person) not in self.kept]
        ages = np.array([week.last_day.year - person.birth.year for person in everybody])
        weight = np.exp(0.097 * ages)
        for at in self.rng.choice(len(everybody), size=self._count(DIED), replace=False, p=weight / weight.sum()):
            self._remove(everybody[int(at)], DEATH, self._day(week))

    def _remove(self, person: Person, kind: str, on: date) -> None:
        home = person.home
        # Told apart by identity: two members may well agree in every field.
        home.members[:] = [other for other in home.members if other is not person]
        self._gone.append(Entry(person, kind, on))
        if not home.members:
            self.households.remove(home)
            if all(other.dwelling != home.dwelling for other in self.households):
                self.empty.append(home.dwelling)
        elif person.relation == "02":
            heir = min(home.members, key=lambda other: other.birth)
            home.members.remove(heir)
            home.members.insert(0, heir)
            heir.relation = "02"
            self._mark(heir, CHANGED, on)

    def _arrive(self, week: Week) -> None:
        left = self._count(MOVED_IN * (1.1 if week.last_day.month in (8, 9) else 1.0))
        while left > 0:
            size = min(left, pick(self.rng, (1, 2, 3, 4), (0.5, 0.28, 0.16, 0.06)))
            kind = pick(self.rng, (FLOATING, PERMANENT, LODGING, OVERSEAS), (0.72, 0.14, 0.13, 0.01))
            on = self._day(week)
            dwelling = self._take_dwelling() if self.rng.random() < 0.93 else self._any_home().dwelling
            home = self.registry.household(dwelling, kind, on)
            male = bool(self.rng.random() < 0.52)
            age = float(np.clip(self.rng.normal(30, 7), 19, 70))
            plan = [("02", male, age)]
            if size > 1:
                plan.append(("12" if male else "11", not male, max(20.0, age + self.rng.normal(0, 2))))
            for _ in range(size - 2):
                boy = bool(self.rng.random() < 0.52)
                plan.append(("22" if boy else "32", boy, max(0.3, age - 27 + self.rng.normal(0, 2))))
            for relation, is_male, years in plan:
                birth = on - timedelta(days=int(years * 365.25))
                person = self.registry.person(home, relation, is_male, birth, on, inherited(home, relation, is_male))
                self._mark(person, ARRIVED, on)
            self.households.append(home)
            left -= size

    def _take_dwelling(self) -> int:
        if not self.empty:
            return self._any_home().dwelling
        at = int(self.rng.integers(len(self.empty)))
        self.empty[at], self.empty[-1] = self.empty[-1], self.empty[at]
        return self.empty.pop()

    def _be_born(self, week: Week) -> None:
        left, tries = self._count(BORN), 0
        while left > 0 and tries < 2000:
            tries += 1
            home = self._any_home()
            mother = next(
                (p for p in home.members if not p.male and p.relation in ("02", "12", "32") and 22 <= p.age(week.last_day) <= 41),
                None,
            )
            if mother is None or len(home.members) > 6 or home.kind == OVERSEAS or not self._free(home):
                continue
            boy = bool(self.rng.random() < 0.525)
            relation = ("41" if boy else "42") if mother.relation == "32" else ("22" if boy else "32")
            on = self._day(week)
            baby = self.registry.person(home, relation, boy, on, on, inherited(home, relation, boy))
            baby.since = on
            self._mark(baby, BIRTH, on)
            left -= 1

    def _change(self, week: Week) -> None:
        everybody = [person for person in self.people() if id(person) not in self.kept]
        for person in everybody:
            if person.number_due and person.number_due <= week.last_day:
                person.number = self.registry.numbers.take(person.birth, person.male, self.rng)
                person.document, person.number_due = IDENTITY_CARD, None
                self._mark(person, CHANGED, self._day(week))
            elif person.typed_name and self.rng.random() < 0.12:
                person.typed_name = ""
                self._mark(person, CHANGED, self._day(week))
        for person in self._some(everybody, NEW_PHONES):
            if person.phone:
                person.phone = self.registry.phones.take()
                self._mark(person, CHANGED, self._day(week))
        for person in self._some(everybody, NEW_TYPOS):
            if person.home.kind != OVERSEAS and id(person) not in self._events:
                # A clerk mistypes the name of somebody who was right so far; put right some weeks later.
                person.typed_name, person.head_text = names.mistyped(person.name), ""
        old = [person for person in everybody if person.age(week.last_day) > 68 and not person.needs]
        for person in self._some(old, NEW_NEEDS):
            need_care(person, week.first_day, self.rng, 1.0)
            self._mark(person, CHANGED, self._day(week))
        for _ in range(self._count(MOVED_HOUSE)):
            self._move_house(self._any_home(), self._day(week))

    def _some(self, people: list[Person], mean: float) -> list[Person]:
        return [people[int(at)] for at in self.rng.integers(0, len(people), self._count(mean))] if people else []

    def _move_house(self, home: Household, on: date) -> None:
        if not self.empty or not self._free(home):
            return
        was, home.dwelling = home.dwelling, self._take_dwelling()
        if all(other.dwelling != was for other in self.households):
            self.empty.append(was)
        for person in home.members:
            self._mark(person, CHANGED, on)
