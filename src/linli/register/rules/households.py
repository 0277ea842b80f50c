"""Who keeps house with whom. A household number holds together those who bear it in one building; an empty number holds nobody.

People without a household number who share a dwelling are one household only where the file shows a family: exactly one head,
and everybody else a spouse, descendant, ascendant or sibling of that head. Otherwise each keeps house alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from uuid import UUID

from linli.kernel.ids import new_id
from linli.register.rules.codes import HEADS, is_family
from linli.register.rules.entries import Entry
from linli.register.rules.renewal import NewHousehold
from linli.register.rules.standing import DwellingKey, Known, Standing

Door = tuple[UUID, UUID | DwellingKey | None]


def door(entry: Entry) -> Door | None:
    """Building and dwelling (an id, or the key of one not yet known) that the row's address names."""
    found = entry.found
    if found is None or found.building is None:
        return None
    if found.dwelling is not None:
        return found.building, found.dwelling
    return found.building, (found.building, found.unit, found.room) if found.room else None


class Houses:
    """Gives each row its household, making new ones as needed (``made``).

    ``shown``: whether a row of the file that said nothing new speaks of somebody.
    """

    def __init__(self, standing: Standing, entries: Sequence[Entry], shown: Callable[[UUID], bool] = lambda _: False) -> None:
        self.made: list[NewHousehold] = []
        self._shown = shown
        self._standing = standing
        self._numbered: dict[tuple[str, UUID], UUID] = dict(standing.house_by_number)
        self._family: dict[int, list[Entry]] = {}
        self._of_family: dict[int, UUID] = {}
        unnumbered: dict[Door, list[Entry]] = defaultdict(list)
        for entry in entries:
            place = door(entry)
            if not entry.household and place is not None and place[1] is not None:
                unnumbered[place].append(entry)
        for place, group in unnumbered.items():
            if is_one_family([*(entry.relation for entry in group), *(known.relation for known in self._others_at(place))]):
                for entry in group:
                    self._family[entry.row] = group

    def of(self, entry: Entry, *, moved: bool) -> UUID | None:
        """The household of a resident's row; None where the building is not known. ``moved``: the old household doesn't count."""
        place = door(entry)
        if place is None:
            return None
        known = entry.known
        if entry.household:
            key = (entry.household, place[0])
            if key not in self._numbered:
                self._numbered[key] = self._make(entry.household, place)
            return self._numbered[key]
        if known is not None and known.household is not None and not moved:
            return known.household
        group = self._family.get(entry.row)
        if group is None:
            return self._make("", place)
        first = group[0].row
        if first not in self._of_family:
            self._of_family[first] = self._standing_house(group, place) or self._make("", place)
        return self._of_family[first]

    def _others_at(self, place: Door) -> list[Known]:
        """Who lives behind the door by rows that said nothing new, in households without a number."""
        people, houses = self._standing.people, self._standing.houses
        there = self._standing.doors.get(place[1], ()) if isinstance(place[1], UUID) else ()
        shown = [people[person] for person in there if person in people and self._shown(person)]
        return [known for known in shown if known.household in houses and not houses[known.household].number]

    def _standing_house(self, group: Sequence[Entry], place: Door) -> UUID | None:
        """The household that those of the family already registered at this door belong to, where it is one."""
        there = [e.known for e in group if e.known and (e.known.building, e.known.dwelling) == place]
        there += self._others_at(place)
        houses = {known.household for known in there if known.household}
        return houses.pop() if len(houses) == 1 else None

    def _make(self, number: str, place: Door) -> UUID:
        house = NewHousehold(new_id(), number, place[0], place[1])
        self.made.append(house)
        return house.id


def is_one_family(relations: Sequence[str]) -> bool:
    """Whether the people of one dwelling, by their relations, are exactly one head and only family besides."""
    heads = [relation for relation in relations if relation in HEADS]
    return len(relations) > 1 and len(heads) == 1 and all(is_family(relation) for relation in relations if relation not in HEADS)
