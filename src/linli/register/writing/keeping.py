"""What an answer changed, kept so exactly that it can be taken back: rows as they stood before and after, still sealed."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from linli.kernel.errors import Conflict
from linli.kernel.words import sentence
from linli.register.models import (
    AddressAlias,
    Attestation,
    CareNeed,
    FormerNumber,
    Household,
    Hukou,
    Lapse,
    Membership,
    Permit,
    PermitApplication,
    Person,
    Residence,
    ReviewItem,
    Tenancy,
    Visit,
)

BUILT_ON = sentence("register.review.built_on", "Something was written since that rests on this answer.")
BY_HAND = sentence("register.review.by_hand", "Correct the record by hand, or take back the later change first.")

# Those that others refer to come last: rows that an answer made are deleted in this order, and put back in the opposite one.
MODELS: tuple[type[models.Model], ...] = (
    *(Visit, AddressAlias, Attestation, Lapse, CareNeed, Tenancy, PermitApplication, Permit, FormerNumber),
    *(Membership, Hukou, Residence),
    *(ReviewItem, Household, Person),
)
_BY_NAME = {model.__name__: model for model in MODELS}
_BYTES = "$bytes"

Rows = dict[str, dict[str, dict[str, Any]]]
"""By model and id: the row's columns as JSON, ciphertexts as they lie in the table."""


def rows_of(
    community: UUID, people: Collection[UUID], *, item: UUID | None = None, dwellings: Collection[UUID] = (), text: str = ""
) -> Rows:
    """Everything that stands of these people, of the visits of these doors, and of what an address ``text`` means.

    ``item``: the question itself, which is left out.
    """
    mine = {"community": community}
    found: Rows = {}
    for model in MODELS:
        rows = model._default_manager.filter(**mine)
        if model is Person:
            rows = rows.filter(id__in=people)
        elif model is Household:
            rows = rows.filter(members__person__in=people).distinct()
        elif model is Visit:
            rows = rows.filter(dwelling__in=dwellings)
        elif model is AddressAlias:
            rows = rows.filter(text=text, ended_at__isnull=True) if text else rows.none()
        elif model is ReviewItem:
            rows = rows.filter(person__in=people).exclude(id=item)
        elif model is Tenancy:
            rows = rows.filter(Q(person__in=people) | Q(landlord__in=people))
        else:
            rows = rows.filter(person__in=people)
        kept = {str(row.pk): {f.attname: plain(getattr(row, f.attname)) for f in model._meta.concrete_fields} for row in rows}
        if kept:
            found[model.__name__] = kept
    return found


def difference(before: Rows, after: Rows, since: datetime) -> dict[str, Any]:
    """``made`` rows whole, ``gone`` rows whole, of ``changed`` ones the columns before and after. JSON.

    ``since``: when the answer began; a household known before it was not made but joined.
    """
    joined = after.get("Household", {})
    stood = {pk: row for pk, row in joined.items() if datetime.fromisoformat(row["known_from"]) < since}
    before = {**before, "Household": {**stood, **before.get("Household", {})}}
    made: Rows = {}
    gone: Rows = {}
    changed: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name in {*before, *after}:
        old, new = before.get(name, {}), after.get(name, {})
        made |= {name: rows} if (rows := {pk: new[pk] for pk in new if pk not in old}) else {}
        left = {pk: old[pk] for pk in old if pk not in new}
        # Nobody keeps house there any more: the household itself stays.
        gone |= {name: left} if left and name != "Household" else {}
        for pk in old.keys() & new.keys():
            columns = [column for column in old[pk] if old[pk][column] != new[pk][column]]
            if columns:
                pair = [{column: row[pk][column] for column in columns} for row in (old, new)]
                changed.setdefault(name, {})[pk] = pair
    return {"made": made, "gone": gone, "changed": changed}


def give_back(community: UUID, kept: Mapping[str, Any]) -> set[UUID]:
    """What stood before, exactly. Conflict where a row is no longer as the answer left it, or later rows refer to one it made.

    Returns the subjects of people whom the answer had made.
    """
    made, gone, changed = kept.get("made", {}), kept.get("gone", {}), kept.get("changed", {})
    subjects: set[UUID] = set()
    for model in MODELS:
        name = model.__name__
        mine = model._default_manager.filter(community=community)
        for pk, row in made.get(name, {}).items():
            now = mine.filter(pk=pk).first()
            if now is None or any(plain(getattr(now, column)) != value for column, value in row.items()):
                raise Conflict(BUILT_ON, remedy=BY_HAND)
            if isinstance(now, Person):
                subjects.add(now.subject_id)
        for pk, (_before, after) in changed.get(name, {}).items():
            now = mine.filter(pk=pk).first()
            if now is None or any(plain(getattr(now, column)) != value for column, value in after.items()):
                raise Conflict(BUILT_ON, remedy=BY_HAND)
    for model in MODELS:
        name = model.__name__
        ids = list(made.get(name, {}))
        if ids:
            _unreferred(model, ids, made)
            model._default_manager.filter(community=community, pk__in=ids).delete()
    for model in reversed(MODELS):
        name = model.__name__
        for pk, (before, _after) in changed.get(name, {}).items():
            columns = {column: back(model, column, value) for column, value in before.items()}
            model._default_manager.filter(pk=pk).update(**columns)
        for row in gone.get(name, {}).values():
            model(**{column: back(model, column, value) for column, value in row.items()}).save(force_insert=True)
    return subjects


def people_in(community: UUID, kept: Mapping[str, Any]) -> set[UUID]:
    """Whom an answer touched, themselves or in a row of theirs: what files say of them must be compared anew."""
    found = {UUID(pk) for part in ("made", "changed") for pk in kept.get(part, {}).get("Person", {})}
    rows = [row for part in ("made", "gone") for rows in kept.get(part, {}).values() for row in rows.values()]
    found |= {UUID(row["person_id"]) for row in rows if row.get("person_id")}
    for name, changed in kept.get("changed", {}).items():
        model = _BY_NAME[name]
        if any(field.name == "person" for field in model._meta.concrete_fields):
            mine = model._default_manager.filter(community=community, pk__in=list(changed), person__isnull=False)
            found |= set(mine.values_list("person_id", flat=True))
    return found


def _unreferred(model: type[models.Model], ids: Collection[str], made: Mapping[str, Any]) -> None:
    """Conflict where a row that the answer didn't make refers to one that it did: deleting would take it along."""
    if referred(model, ids, made):
        raise Conflict(BUILT_ON, remedy=BY_HAND)


def referred(model: type[models.Model], ids: Collection[str], made: Mapping[str, Any]) -> bool:
    """Whether rows that aren't among ``made`` refer to one of these."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        other: Any = relation.related_model
        own = list(made.get(other.__name__, {}))
        if other._base_manager.filter(**{f"{relation.field.name}__in": ids}).exclude(pk__in=own).exists():  # type: ignore[union-attr]
            return True
    return False


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {_BYTES: base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def back(model: type[models.Model], column: str, value: Any) -> Any:
    """The value that :func:`plain` was made of."""
    if isinstance(value, dict) and set(value) == {_BYTES}:
        return base64.b64decode(value[_BYTES])
    field: Any = next(f for f in model._meta.concrete_fields if f.attname == column)
    return field.to_python(value) if not isinstance(field, models.ForeignKey) else (UUID(value) if value else None)
