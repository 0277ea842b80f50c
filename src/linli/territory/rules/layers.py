"""The layers of grids over one territory, and the states of their versions."""

from __future__ import annotations

from enum import StrEnum


class LayerKind(StrEnum):
    """Several layers of grids lie over one territory: a person has one people-grid, an event falls into one unit grid (about
    10,000 m²), a school, a mall or a park is a dedicated grid of its own."""

    PEOPLE = "people"
    UNIT = "unit"
    DEDICATED = "dedicated"


class VersionState(StrEnum):
    """A version of the grids on its way to being used: drawn, checked by somebody else, in force from a day on."""

    DRAFT = "draft"
    CHECKED = "checked"
    PUBLISHED = "published"


def choices(of: type[StrEnum]) -> list[tuple[str, str]]:
    """As a column of the database takes them."""
    return [(one.value, one.value.title()) for one in of]
