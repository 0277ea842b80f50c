"""What a row changes about somebody whom the register knows. An empty cell says nothing and erases nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linli.register.rules.checking import lives_here
from linli.register.rules.codes import IDENTITY_CARD, Change, number_kind
from linli.register.rules.entries import Entry
from linli.register.rules.households import door
from linli.register.rules.renewal import Amend, NewHukou, NewMembership, NewResidence, Renewal
from linli.register.rules.residence import hukou_is_here
from linli.register.rules.standing import Known

if TYPE_CHECKING:
    from linli.register.rules.reconcile import Reconciliation

PERSON_FIELDS = (
    "name",
    "sex",
    "birth_date",
    "number",
    "document_kind",
    "document_number",
    "register_no",
    "phone",
    "ethnicity",
    "education",
)
FIELD_OF = {
    "birth_date": "birth",
    "document_kind": "document",
    "document_number": "number",
    "register_no": "key",
    "ethnicity": "ethnic",
}
"""The file's field that a column of the register comes from, where the names differ."""


def amend(file: Reconciliation, entry: Entry, known: Known) -> tuple[str, ...]:
    """Note what differs in ``file.renewal``; the names of the fields that do.

    What the record beside the leading one said when they were set together (``entry.through``) was known then, and is no news.
    """
    fields: list[str] = []
    values = {
        name: new
        for name in PERSON_FIELDS
        if (new := getattr(entry, name))
        and new != (old := getattr(known, name))
        and not (name == "document_kind" and _same_paper(old, new))
        and not (entry.through is not None and new == getattr(entry.through, name))
        and file.believes(entry, known, name, old, new)
    }
    if values:
        file.renewal.amend_people.append(Amend(known.id, entry.row, values, known.id, known.document_kind))
        fields += (FIELD_OF.get(name, name) for name in values)
    fields += _residence(file, entry, known)
    fields += _hukou(file, entry, known)
    fields += _needs(file, entry, known)
    return tuple(fields)


def _same_paper(old: str, new: str) -> bool:
    """A temporary card or the booklet in place of the identity card: the same number on another paper, nothing has changed."""
    return new != IDENTITY_CARD and number_kind(new) == IDENTITY_CARD and old == IDENTITY_CARD


def _residence(file: Reconciliation, entry: Entry, known: Known) -> list[str]:
    renewal = file.renewal
    if not lives_here(entry):
        if known.residence is None:
            return []
        end_residence(renewal, known, entry.row, entry.change_date or file.day, Change.MOVED_OUT.value)
        return ["address"]
    if known.residence is None:
        start = max(file.start_of(entry), known.last_lived or date.min)
        file.settle(known.id, entry, start)
        file.counts["came_back"] += 1
        return ["address"]
    place = door(entry)
    assert place is not None
    beside = entry.through
    if beside is not None and (beside.building is None or place in _doors_of(beside)):
        return []
    if place[0] != known.building or (known.dwelling is not None and place[1] is not None and place[1] != known.dwelling):
        if not file.believes(entry, known, "address", _door_text(known.building, known.dwelling), entry.address):
            return []
        return _move(file, entry, known, place)
    values: dict[str, Any] = {}
    if place[1] is not None and known.dwelling is None:
        values["dwelling_id"] = place[1]
    if (
        entry.said is not None
        and entry.said.value != known.said
        and file.believes(entry, known, "residence", known.said, entry.said.value)
    ):
        values["said"] = entry.said.value
    if values:
        renewal.amend_residences.append(Amend(known.residence, entry.row, values))
    names = {"dwelling_id": "address", "said": "residence"}
    return [*(names[name] for name in values), *_member(file, entry, known)]


def _doors_of(known: Known) -> tuple[tuple[UUID | None, Any], ...]:
    """What a row may name where it means the door of ``known``: the dwelling, or the building alone."""
    return (known.building, known.dwelling), (known.building, None)


def _door_text(building: UUID | None, dwelling: UUID | None) -> str:
    """Something to compare with what is told; it never equals an address."""
    return f"{building} {dwelling}"


def _move(file: Reconciliation, entry: Entry, known: Known, place: tuple[UUID, Any]) -> list[str]:
    assert known.lives_from is not None
    renewal = file.renewal
    on = max(entry.change_date or file.day, known.lives_from)
    assert known.residence is not None
    end = {"to_date": on, "ending": "moved_within"}
    renewal.amend_residences.append(Amend(known.residence, entry.row, end))
    said = entry.said.value if entry.said else known.said
    renewal.residences.append(NewResidence(known.id, place[0], place[1], entry.address, said, on, "moved_within"))
    file.counts["moved_within"] += 1
    household = file.houses.of(entry, moved=True)
    if household is not None and household != known.household:
        _change_household(renewal, entry, known, household, on)
    return ["address"]


def _member(file: Reconciliation, entry: Entry, known: Known) -> list[str]:
    household = file.houses.of(entry, moved=False)
    if household is not None and household != known.household:
        _change_household(file.renewal, entry, known, household, file.day)
        return ["household"]
    if entry.relation and entry.relation != known.relation and known.membership is not None:
        if not file.believes(entry, known, "relation", known.relation, entry.relation):
            return []
        file.renewal.amend_memberships.append(Amend(known.membership, entry.row, {"relation": entry.relation}))
        return ["relation"]
    return []


def _change_household(renewal: Renewal, entry: Entry, known: Known, household: UUID, on: date) -> None:
    start = max(on, known.member_from or on)
    if known.membership is not None:
        renewal.amend_memberships.append(Amend(known.membership, entry.row, {"to_date": start}))
    renewal.memberships.append(NewMembership(known.id, household, entry.relation or known.relation, start))


def _hukou(file: Reconciliation, entry: Entry, known: Known) -> list[str]:
    beside = entry.through
    if beside is not None and known.hukou is not None and entry.region in ("", beside.hukou_region):
        return []
    here = hukou_is_here(entry.said, entry.region or known.hukou_region, file.code)
    region = entry.region or known.hukou_region
    if here is None:
        here = known.hukou_here
    if known.hukou is None:
        if here is None and not region and not entry.hukou_text:
            return []
        file.renewal.hukou.append(NewHukou(known.id, region, entry.hukou_text, here, entry.change_date or file.day))
        return ["hukou_region"]
    if (here, region) != (known.hukou_here, known.hukou_region):
        if not file.believes(entry, known, "hukou_region", known.hukou_region, region):
            return []
        on = max(entry.change_date or file.day, known.hukou_from or date.min)
        file.renewal.amend_hukou.append(Amend(known.hukou, entry.row, {"to_date": on}))
        file.renewal.hukou.append(NewHukou(known.id, region, entry.hukou_text or known.hukou_text, here, on))
        return ["hukou_region"]
    if entry.hukou_text and entry.hukou_text != known.hukou_text:
        if not file.believes(entry, known, "hukou_address", known.hukou_text, entry.hukou_text):
            return []
        file.renewal.amend_hukou.append(Amend(known.hukou, entry.row, {"address_text": entry.hukou_text}, known.id))
        return ["hukou_address"]
    return []


def _needs(file: Reconciliation, entry: Entry, known: Known) -> list[str]:
    """Needs appear with consent and end when a file that carries them no longer names them."""
    named = {need.value for need in entry.needs}
    added = frozenset(need for need in entry.needs if need.value not in known.needs)
    if entry.consent is not None:
        # An agreement from before the person took it back, or before the need was over, is none any more.
        stale = {need for need in added if (over := known.needs_ended.get(need.value)) is not None and entry.consent <= over}
        file.counts["needs_without_consent"] += len(stale)
        added -= stale
    before = len(file.renewal.needs)
    file.add_needs(known.id, entry, added, born=known.birth_date)
    ended = [value for value, need in known.needs.items() if value not in named and need[2]] if file.needs_column else []
    for value in ended:
        row, since, _by_file = known.needs[value]
        file.renewal.amend_needs.append(Amend(row, entry.row, {"to_date": max(file.day, since)}))
    return ["needs"] if ended or len(file.renewal.needs) > before else []


def end_residence(renewal: Renewal, known: Known, row: int, on: date, ending: str) -> None:
    """End residence, membership and needs; the hukou stays."""
    if known.residence is not None:
        assert known.lives_from is not None
        renewal.amend_residences.append(Amend(known.residence, row, {"to_date": max(on, known.lives_from), "ending": ending}))
    if known.membership is not None:
        renewal.amend_memberships.append(Amend(known.membership, row, {"to_date": max(on, known.member_from or on)}))
    for need, since, _by_file in known.needs.values():
        renewal.amend_needs.append(Amend(need, row, {"to_date": max(on, since)}))


def end_all(renewal: Renewal, known: Known, row: int, on: date, *, ending: str) -> None:
    """End everything that is true of somebody who left or died."""
    end_residence(renewal, known, row, on, ending)
    if known.hukou is not None:
        renewal.amend_hukou.append(Amend(known.hukou, row, {"to_date": max(on, known.hukou_from or on)}))
