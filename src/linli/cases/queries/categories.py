"""The categories of a community: its own versions, and the ones that come with Linli behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.cases.models import Category
from linli.cases.rules import UNSORTED, UNSORTED_NAME, CategoryData, shipped_categories
from linli.kernel.actor import Actor


@dataclass(frozen=True)
class CategoryRow:
    """A category as it stands."""

    id: UUID
    code: str
    name: Mapping[str, str]
    limit_hours: int | None
    severity: float
    grave: bool
    klass: str


def categories(*, viewer: Actor, community: UUID) -> list[CategoryRow]:
    """The categories in force, by code."""
    if not viewer.sees_community(community):
        return []
    found = Category.objects.filter(community=community, to_date__isnull=True).order_by("code")
    return [CategoryRow(c.id, c.code, c.name, c.limit_hours, c.severity, c.grave, c.klass) for c in found]


def matter_names(*, viewer: Actor, community: UUID) -> Mapping[str, Mapping[str, str]]:
    """Both languages' names of every matter by code, past and present."""
    names: dict[str, Mapping[str, str]] = {code: c.name for code, c in shipped_categories().items()}
    if viewer.sees_community(community):
        for category in Category.objects.filter(community=community).order_by("from_date"):
            names[category.code] = category.name
    names[UNSORTED] = UNSORTED_NAME
    return names


def matter_severity(*, viewer: Actor, community: UUID) -> Mapping[str, float]:
    """The severity of every matter by code, 0 to 1."""
    severity = {code: c.severity for code, c in shipped_categories().items()}
    if viewer.sees_community(community):
        severity |= {
            c.code: c.severity
            for c in Category.objects.filter(community=community, to_date__isnull=True).only("code", "severity")
        }
    return severity


class Versions:
    """Every version of a community's categories, to be asked by code and day. For the planner; not a public query."""

    def __init__(self, community: UUID) -> None:
        self._by_code: dict[str, list[Category]] = {}
        self._by_name: dict[str, str] = {}
        self._community = community
        self.made: list[Category] = []
        for category in Category.objects.filter(community=community).order_by("code", "from_date"):
            self._take(category)

    def _take(self, category: Category) -> None:
        self._by_code.setdefault(category.code, []).append(category)
        for name in category.name.values():
            self._by_name.setdefault(name.strip().lower(), category.code)

    def of(self, code: str, on: date) -> Category | None:
        """The version of ``code`` in force on a day; before the first one, the first."""
        versions = self._by_code.get(code)
        if not versions:
            return None
        return next((c for c in reversed(versions) if c.from_date <= on), versions[0])

    def code_of_name(self, name: str) -> str | None:
        """The code of a category of that name in either language."""
        return self._by_name.get(name.strip().lower())

    def make(self, data: CategoryData, on: date) -> Category:
        """A category that the file needs and nobody has yet; written when the plan is applied."""
        made = Category(
            community_id=self._community,
            code=data.code,
            name=dict(data.name),
            klass=data.klass,
            limit_hours=data.limit_hours,
            severity=data.severity,
            grave=data.grave,
            from_date=on,
        )
        self.made.append(made)
        self._take(made)
        return made
