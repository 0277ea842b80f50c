"""Categories as data: a changed one is a new version, and the old one keeps its cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.cases.models import Category
from linli.cases.rules import CategoryData, parse_category
from linli.kernel.errors import BadInput
from linli.kernel.words import sentence
from linli.trust import Actor, Permission, command, record

BAD_CATEGORY = sentence("cases.bad_category", "The categories can't be used: %(reason)s")
MEND_CATEGORIES = sentence("cases.mend_categories", "Each needs a code, a name in English and Chinese, and limit_hours or null.")


@command("cases.import_categories", may=Permission.CASE_IMPORT)
def import_categories(
    *, by: Actor, community: UUID, categories: Iterable[Mapping[str, Any]], on: date | None = None
) -> dict[str, int]:
    """Take in categories as ``categories.json`` has them; they hold from ``on`` (default: today) on.

    Returns ``{"new", "changed", "same"}``. A category that isn't in the list stays as it is. BadInput where one entry is
    unusable; nothing is written then.
    """
    try:
        wanted = [parse_category(entry) for entry in categories]
    except (ValueError, TypeError, AttributeError) as fault:
        raise BadInput(BAD_CATEGORY, remedy=MEND_CATEGORIES, reason=str(fault)) from None
    day = on or timezone.localdate()
    current = {c.code: c for c in Category.objects.filter(community_id=community, to_date__isnull=True)}
    counts = {"new": 0, "changed": 0, "same": 0}
    touched: list[UUID] = []
    for data in wanted:
        before = current.get(data.code)
        if before and _says(before) == data:
            counts["same"] += 1
            continue
        counts["changed" if before else "new"] += 1
        if before and before.from_date >= day:
            _write(before, data)
            before.save()
            touched.append(before.id)
            continue
        if before:
            before.to_date = day
            before.save(update_fields=["to_date"])
        made = Category(community_id=community, code=data.code, from_date=day)
        _write(made, data)
        made.save()
        current[data.code] = made
        touched.append(made.id)
    record("cases.category", ids=touched, counts=counts)
    return counts


def _says(category: Category) -> CategoryData:
    return CategoryData(category.code, category.name, category.limit_hours, category.severity, category.grave, category.klass)


def _write(category: Category, data: CategoryData) -> None:
    category.name, category.limit_hours, category.severity = dict(data.name), data.limit_hours, data.severity
    category.grave, category.klass = data.grave, data.klass
