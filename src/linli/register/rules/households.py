"""Who keeps house with whom. A household number holds together those who bear it in one building; an empty number holds nobody.

People without a household number who share a dwelling are one household only where the file shows a family: exactly one head,
and everybody else a spouse, descendant, ascendant or sibling of that head. Otherwise each keeps house alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from linli.kernel.ids import new_id
from linli.register.rules.codes import HEADS, is_family
from linli.register.rules.standing import DwellingKey, Entry, NewHousehold, Standing

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
    """Gives each row its household, making new ones as needed (``made``)."""

    def __init__(self, standing: Standing, entries: Sequence[Entry]) -> None:
        self.made: list[NewHousehold] = []
        self._standing = standing
        self._numbered: dict[tuple[str, UUID], UUID] = dict(standing.house_by_number)
        self._family: dict[int, list[Entry]] = {}
        self._of_family: dict[int, UUID] = {}
        unnumbered: dict[Door, list[Entry]] = defaultdict(list)
        for entry in entries:
            place = door(entry)
            if not entry.household and place is not None and place[1] is not None:
                unnumbered[place].append(entry)
        for group in unnumbered.values():
            if is_one_family(group):
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

    def _standing_house(self, group: Sequence[Entry], place: Door) -> UUID | None:
        """The household that those of the family already registered at this door belong to, where it is one."""
        houses = {
            e.known.household for e in group if e.known and e.known.household and (e.known.building, e.known.dwelling) == place
        }
        return houses.pop() if len(houses) == 1 else None

    def _make(self, number: str, place: Door) -> UUID:
        house = NewHousehold(new_id(), number, place[0], place[1])
        self.made.append(house)
        return house.id


def is_one_family(entries: Sequence[Entry]) -> bool:
    """Whether the rows of one dwelling show exactly one head and only family besides."""
    heads = [entry for entry in entries if entry.relation in HEADS]
    return len(entries) > 1 and len(heads) == 1 and all(is_family(e.relation) for e in entries if e is not heads[0])
