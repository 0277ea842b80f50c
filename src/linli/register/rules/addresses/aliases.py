"""What people confirmed: this text, or this name in a text, means that building, dwelling or estate."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from linli.register.rules.addresses.names import Meaning
from linli.register.rules.addresses.signs import normalise

FRAGMENT_NEEDS = 2
"""So many different confirmed texts must show what a name in them means before it counts for other texts."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an alias means: a building and maybe its dwelling, or (for a name in a text) an estate or a street as stored."""

    building: UUID | None = None
    dwelling: UUID | None = None
    estate: str = ""
    street: str = ""

    def agrees(self, other: Target) -> bool:
        """Whether both can be true: one building (and one dwelling, where both name one), one estate, one street."""
        return (self.building, self.estate, self.street) == (other.building, other.estate, other.street) and (
            self.dwelling is None or other.dwelling is None or self.dwelling == other.dwelling
        )


class Learned(StrEnum):
    """What a confirmation changed."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"
    """Somebody confirmed something else before: both stay, and neither counts until one is withdrawn."""


@dataclass
class Aliases:
    """Confirmed texts and names of one community. A key with several targets is a conflict and finds nothing.

    ``texts``: by normalised text; ``fragments``: by normalised name; ``shown``: how many texts showed a name to mean that;
    ``elsewhere``: normalised texts of which somebody said that they name no place of this community.
    """

    texts: dict[str, list[Target]] = field(default_factory=dict)
    fragments: dict[str, list[Target]] = field(default_factory=dict)
    shown: dict[tuple[str, Target], set[str]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    version: int = 0

    def confirm(self, text: str, *, building: UUID, dwelling: UUID | None = None) -> Learned:
        """Somebody confirmed that ``text`` means this building, and maybe this dwelling."""
        return self._add(self.texts, normalise(text), Target(building, dwelling))

    def confirm_fragment(self, fragment: str, target: Target, *, text: str) -> Learned:
        """The confirmed ``text`` shows that the name ``fragment`` means ``target``."""
        key = normalise(fragment)
        before = len(self.shown.setdefault((key, target), set()))
        self.shown[key, target].add(normalise(text))
        learned = self._add(self.fragments, key, target)
        if len(self.shown[key, target]) != before:
            self.version += 1
        return learned

    def withdraw(self, text: str, *, building: UUID) -> bool:
        """That ``text`` means this building was a mistake; what it showed about names is taken back too. Whether it was known."""
        key = normalise(text)
        left = [target for target in self.texts.get(key, []) if target.building != building]
        known = len(left) != len(self.texts.get(key, []))
        if not known:
            return False
        self._set(self.texts, key, left)
        for (fragment, target), texts in list(self.shown.items()):
            if key in texts:
                texts.discard(key)
                if not texts:
                    del self.shown[fragment, target]
                    self._set(self.fragments, fragment, [other for other in self.fragments.get(fragment, []) if other != target])
        self.version += 1
        return True

    def reject(self, text: str) -> None:
        """Somebody said that ``text`` names no place here."""
        self.elsewhere.add(normalise(text))
        self.version += 1

    def is_elsewhere(self, text: str) -> bool:
        """Whether somebody said so, and nobody said what it means."""
        return bool(self.elsewhere) and normalise(text) in self.elsewhere and not self.of_text(text)

    def of_text(self, text: str) -> list[Target]:
        """What was confirmed for the whole text; several are a conflict."""
        return self.texts.get(normalise(text), []) if self.texts else []

    def meanings(self) -> dict[str, Meaning]:
        """The names that enough texts have shown, without those in conflict, for the dictionary of names."""
        found: dict[str, Meaning] = {}
        for fragment, targets in self.fragments.items():
            if len(targets) != 1 or len(self.shown.get((fragment, targets[0]), ())) < FRAGMENT_NEEDS:
                continue
            target = targets[0]
            found[fragment] = Meaning(
                (target.estate,) if target.estate else (),
                (target.street,) if target.street else (),
                (target.building,) if target.building else (),
                alias=True,
            )
        return found

    def conflicts(self) -> list[str]:
        """Normalised texts and names for which different things were confirmed."""
        return sorted(key for table in (self.texts, self.fragments) for key, targets in table.items() if len(targets) > 1)

    def _add(self, table: dict[str, list[Target]], key: str, target: Target) -> Learned:
        if not key:
            return Learned.KNOWN
        known = table.setdefault(key, [])
        for at, other in enumerate(known):
            if other.agrees(target):
                if other.dwelling is None and target.dwelling is not None:
                    known[at] = target
                    self.version += 1
                    return Learned.NEW if len(known) == 1 else Learned.CONFLICT
                return Learned.KNOWN if len(known) == 1 else Learned.CONFLICT
        known.append(target)
        self.version += 1
        return Learned.NEW if len(known) == 1 else Learned.CONFLICT

    @staticmethod
    def _set(table: dict[str, list[Target]], key: str, targets: list[Target]) -> None:
        if targets:
            table[key] = targets
        else:
            table.pop(key, None)
