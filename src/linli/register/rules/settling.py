"""Which open questions a row settles by itself, and whose eyes a question about an address is for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from linli.register.rules.households import door
from linli.register.rules.renewal import Amend
from linli.register.rules.review import Closed, State

if TYPE_CHECKING:
    from linli.register.rules.entries import Entry
    from linli.register.rules.reconcile import Reconciliation
    from linli.register.rules.standing import Known

_SAYS = {
    "name": ("name", "name"),
    "sex": ("sex", "sex"),
    "birth": ("birth_date", "birth_date"),
    "number": ("number", "number"),
    "document": ("document_kind", "document_kind"),
    "phone": ("phone", "phone"),
    "ethnic": ("ethnicity", "ethnicity"),
    "education": ("education", "education"),
    "relation": ("relation", "relation"),
    "hukou_region": ("region", "hukou_region"),
    "hukou_address": ("hukou_text", "hukou_text"),
}
"""Field of the order of sources → where a row says it, and where the register has it."""


def settled(file: Reconciliation, entry: Entry, known: Known, changed: Sequence[str]) -> list[Amend]:
    """The questions about ``known`` that this row settles.

    A field that the row has just changed: whatever contradicted the former value contradicts nothing any more. A field in which
    the source that contradicted now says what the register says: there is nothing left to decide.
    """
    found = []
    for item, field, source in file.standing.asked[known.id]:
        why = None
        if field in changed:
            why = Closed.TAKEN
        elif source == file.source.value and _agrees(entry, known, field):
            why = Closed.AGREED
        if why is not None:
            found.append(Amend(item, entry.row, {"state": State.LAPSED.value, "reason": why.value}))
    return found


def _agrees(entry: Entry, known: Known, field: str) -> bool:
    if field == "address":
        place = door(entry)
        return place is not None and place[0] == known.building and place[1] in (None, known.dwelling)
    if field == "residence":
        return entry.said is not None and entry.said.value == known.said
    if field not in _SAYS:
        return False
    told, stands = _SAYS[field]
    value = getattr(entry, told)
    return bool(value) and value == getattr(known, stands)


def where(candidates: Sequence[UUID], own: Sequence[UUID], grid_of: Mapping[UUID, UUID]) -> UUID | None:
    """The building by whose grid a question about an address is seen; None: by those alone who see the whole community.

    The buildings that the text may mean, where they lie in one grid; else where the person or household is known to live, where
    that is in one grid.
    """
    for buildings in (candidates, own):
        grids = {grid_of.get(building) for building in buildings}
        if len(grids) == 1 and None not in grids:
            return buildings[0]
    return None
