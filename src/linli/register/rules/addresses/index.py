"""The buildings of one community, ready to be asked for by address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from linli.register.rules.addresses.aliases import Aliases, Learned, Target
from linli.register.rules.addresses.names import Meaning, Names
from linli.register.rules.addresses.places import Doors, Found, How, Parsed, Place, Reason
from linli.register.rules.addresses.prefix import Prefix
from linli.register.rules.addresses.reading import Reader, Reading, bare
from linli.register.rules.addresses.signs import clean, has_brackets, normalise, opened, without_remarks

CANDIDATES = 3
"""So many buildings at most are offered for a text that names none for certain."""
_PARTS = re.compile(r"[;/\n]|,(?=[^,]{6})|(?:或者?|以及|及|和|搬至|迁至|转至)|(?=(?:现住|实住|现居|户籍|原住)[:]?)")
_NOW = re.compile(r"^[ ,]*(?:现住|实住|现居|实际居住|居住地)")


@dataclass
class Index:
    """The buildings and dwellings of one community, ready to be asked.

    ``dwellings``: id by (building, stair well, room), or whoever tells them by building. ``areas``: names of the province, city,
    district, sub-district and community it lies in, as far as known: an address that names others is elsewhere. ``aliases``: what
    people confirmed.
    """

    places: Sequence[Place]
    dwellings: Mapping[tuple[UUID, str, str], UUID] | Doors = field(default_factory=dict)
    areas: Iterable[str] = ()
    aliases: Aliases = field(default_factory=Aliases)
    _cache: dict[str, Found] = field(default_factory=dict)
    _known: dict[str, Found] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id = {place.id: place for place in self.places}
        self._doors = _Grouped(self.dwellings) if isinstance(self.dwellings, Mapping) else self.dwellings
        self._prefix = Prefix(self.areas)
        self._plain = self._reader = Reader(self.places, self._prefix, {})
        self._meanings: dict[str, Meaning] = {}
        self._prepare(self.aliases)

    def _prepare(self, aliases: Aliases) -> None:
        """Take over what was confirmed; only new names need a new dictionary."""
        meanings = aliases.meanings()
        if meanings != self._meanings:
            self._reader = Reader(self.places, self._prefix, meanings) if meanings else self._plain
        self._meanings, self._aliases, self._version = meanings, aliases, aliases.version
        self._cache.clear()

    @property
    def names(self) -> Names:
        """The dictionary of names that texts are read with."""
        return self._reader.names

    def parse(self, text: str) -> Parsed | None:
        """What ``text`` says, read with the help of the known streets and estates; None where it cannot be read."""
        return next((reading.parsed for reading in self._readings(clean(text)) if reading.parsed is not None), None)

    def remember(self, text: str, found: Found) -> None:
        """``text`` was read before and names this building and dwelling."""
        self._known.setdefault(
            text, Found(found.building, found.dwelling, found.unit, found.room, how=How.EXACT) if found.building else found
        )

    def find(self, text: str, aliases: Aliases | None = None) -> Found:
        """The building and dwelling that ``text`` names. The same text is read once.

        Precedence: a text that was remembered, a confirmed text, a confirmed name in the text, the reading. A text for which two
        buildings were confirmed finds none (CONFLICT), nor does one that was remembered where people confirmed another building.
        """
        aliases = self.aliases if aliases is None else aliases
        if aliases is not self._aliases or aliases.version != self._version:
            self._prepare(aliases)
        found = self._cache.get(text)
        if found is None:
            found = self._cache[text] = self._find(text, aliases)
        return found

    def learn(self, aliases: Aliases, text: str, *, building: UUID, dwelling: UUID | None = None) -> Learned:
        """Somebody confirmed what ``text`` means: into ``aliases`` with it, and with the unknown name in it, if its number fits.

        红星里3号楼 confirmed as 柳荫苑3号楼 shows that 红星里 may be 柳荫苑; 红星里A座 as 柳荫苑1号楼,
        that 红星里A座 is that building.
        A name counts after ``FRAGMENT_NEEDS`` texts. Raises KeyError for a building that isn't of this community.
        """
        place = self._by_id[building]
        learned = aliases.confirm(text, building=building, dwelling=dwelling)
        unknown = self._plain.unknown_name(clean(text)) if learned is not Learned.CONFLICT else None
        if unknown is not None:
            name, tail = unknown
            if tail.building == bare(place.number) and place.estate:
                aliases.confirm_fragment(name, Target(estate=place.estate), text=text)
            elif tail.building.isalpha():
                aliases.confirm_fragment(f"{name}{tail.building}{tail.word}", Target(building=building), text=text)
        return learned

    def _find(self, text: str, aliases: Aliases) -> Found:
        known = self._known.get(text)
        # What was confirmed holds no telephone: such a text is known by what is left of it.
        if aliases.is_elsewhere(text) or (aliases.elsewhere and aliases.is_elsewhere(clean(text))):
            return Found(reason=Reason.ELSEWHERE, how=How.ALIAS)
        if targets := aliases.of_text(text) or (aliases.of_text(clean(text)) if aliases.texts else []):
            buildings = {target.building for target in targets if target.building in self._by_id}
            if known is not None and known.building is not None:
                buildings.add(known.building)
            if len(buildings) > 1 or len(targets) > 1:
                return self._none(Reason.CONFLICT, [self._by_id[b] for b in sorted(b for b in buildings if b in self._by_id)])
            if buildings and known is None:
                target = targets[0]
                return self._confirmed(text, self._by_id[buildings.pop()], target.dwelling)
        if known is not None:
            return known
        flat = clean(text)
        if not flat.strip(" ,.;:-/"):
            return Found(reason=Reason.EMPTY)
        best: Found | None = None
        for reading in self._readings(flat):
            found = self._settle(reading)
            if found.building is not None:
                return found
            best = found if best is None or _weight(found) > _weight(best) else best
        parts = [part for piece in _PARTS.split(flat) if piece for part in self._reader.apart(piece) if part.strip(" ,.;:")]
        if len(parts) > 1:
            return self._of_several(parts) or best or Found(reason=Reason.UNREADABLE)
        return best or Found(reason=Reason.UNREADABLE)

    def _readings(self, flat: str) -> Iterable[Reading]:
        """The text with its brackets opened, then without what is in them: the first that names a building counts."""
        if not has_brackets(flat):
            yield self._reader.read(flat)
            return
        yield self._reader.read(opened(flat))
        bare = without_remarks(flat)
        # What is in brackets may be the estate: only where it holds no name may it be left out.
        if bare.strip() and not self._reader.names_in(flat) - self._reader.names_in(bare):
            yield self._reader.read(bare)

    def _settle(self, reading: Reading) -> Found:
        if reading.reason is not None or len(reading.places) != 1:
            reason = reading.reason or (Reason.AMBIGUOUS if reading.places else Reason.UNKNOWN)
            return self._none(reason, reading.places, reading.parsed)
        parsed = reading.parsed
        return self._in_building(reading.places[0], parsed.unit if parsed else "", parsed.room if parsed else "", reading)

    def _of_several(self, parts: list[str]) -> Found | None:
        """Two addresses in one cell: the one that is called present counts, or the one building that all of them name."""
        read = [(part, self._part(part)) for part in parts]
        telling = [(part, found) for part, found in read if found is not None]
        now = [found for part, found in telling if _NOW.match(part)]
        if len(now) == 1:
            return now[0]
        found = [found for _, found in telling]
        if not found:
            return None
        buildings = {one.building for one in found}
        if len(buildings) == 1 and None not in buildings:
            return next((one for one in found if one.dwelling is not None), found[0])
        if len(found) == 1:
            return found[0]
        candidates = [self._by_id[one] for one in buildings if one is not None]
        candidates += [self._by_id[other] for one in found for other in one.candidates]
        return self._none(Reason.AMBIGUOUS, candidates)

    def _part(self, part: str) -> Found | None:
        """What one part of a cell names; None where it says nothing about a place at all."""
        found = Found(reason=Reason.UNREADABLE)
        for reading in self._readings(part):
            found = self._settle(reading)
            if found.building is not None:
                return found
        if found.building is None and found.reason is Reason.UNREADABLE and not re.search(r"\d", part):
            return None
        return found

    def _none(self, reason: Reason, places: Iterable[Place] = (), parsed: Parsed | None = None) -> Found:
        offered = tuple(dict.fromkeys(place.id for place in places))[:CANDIDATES]
        return Found(unit=parsed.unit if parsed else "", room=parsed.room if parsed else "", reason=reason, candidates=offered)

    def _confirmed(self, text: str, place: Place, dwelling: UUID | None) -> Found:
        if dwelling is None:
            return Found(place.id, how=How.ALIAS)
        doors = (door for door, one in self._doors.of(place.id).items() if one == dwelling)
        return Found(place.id, dwelling, *next(doors, ("", "")), how=How.ALIAS)

    def _in_building(self, place: Place, unit: str, room: str, reading: Reading) -> Found:
        how = reading.how
        if not room:
            return Found(place.id, how=how)
        doors = self._doors.of(place.id)
        exact = doors.get((unit, room))
        if exact is not None:
            return Found(place.id, exact, unit, room, how=how)
        rooms = [(well, one) for (well, other), one in doors.items() if other == room]
        if (not unit or place.units <= 1) and len(rooms) == 1:
            return Found(place.id, rooms[0][1], rooms[0][0], room, how=how)
        if not unit and len(room) == 4 and not rooms:
            # 3号楼2501: stair well 2, room 501, where the house has no 25th floor.
            inside = doors.get((room[0], room[1:]))
            if inside is not None:
                return Found(place.id, inside, room[0], room[1:], how=how)
        if not unit and (place.units > 1 or len(rooms) > 1):
            # Several stair wells have such a room: the building is certain, the door is not.
            return Found(place.id, how=how)
        return Found(place.id, None, unit, room, how=how)


class _Grouped:
    """Dwellings that are all known, by building."""

    def __init__(self, dwellings: Mapping[tuple[UUID, str, str], UUID]) -> None:
        self._of: dict[UUID, dict[tuple[str, str], UUID]] = {}
        for (building, unit, room), dwelling in dwellings.items():
            self._of.setdefault(building, {})[unit, room] = dwelling

    def of(self, building: UUID) -> Mapping[tuple[str, str], UUID]:
        return self._of.get(building, {})


def _weight(found: Found) -> int:
    order = (Reason.EMPTY, Reason.UNREADABLE, Reason.UNKNOWN, Reason.AMBIGUOUS, Reason.CONFLICT, Reason.ELSEWHERE)
    return order.index(found.reason) if found.reason else len(order)


__all__ = ["CANDIDATES", "Found", "Index", "Parsed", "Place", "Reason", "normalise"]
