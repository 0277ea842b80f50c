"""Which declared mapping a file belongs to: by its name and its headings. None or several are reported, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from uuid import UUID

from linli.intake.kinds import Kind
from linli.intake.mapping import Definition, definition_of
from linli.intake.models import Mapping
from linli.intake.proposing import Proposal, propose
from linli.intake.readers import open_headings
from linli.intake.readers.top import tops
from linli.intake.rules import shown_headings
from linli.kernel.errors import BadInput, NotFound, Where
from linli.kernel.words import sentence
from linli.trust import NOT_FOUND, Actor

UNKNOWN_NAME = sentence("intake.unknown.name", "No declared mapping fits the name of this file. Declared are: %(patterns)s.")
NOTHING_DECLARED = sentence(
    "intake.unknown.nothing", "No mapping is declared for this community yet, so no file can be recognised."
)
UNKNOWN_HEADINGS = sentence(
    "intake.unknown.headings",
    "By its name this could be “%(mapping)s”, but these headings are missing: %(missing)s. Found: %(found)s.",
)
SEVERAL = sentence("intake.unknown.several", "More than one mapping fits this file: %(mappings)s.")
DECLARE = sentence(
    "intake.unknown.declare",
    "Say on Imports what its columns mean, or declare a mapping (linli imports propose FILE shows one). Nothing was taken in.",
)
CHOOSE = sentence("intake.unknown.choose", "Say which mapping to use, or make their patterns stricter. Nothing was taken in.")
NO_HEADINGS = sentence("intake.unknown.no_headings", "No row among the first of this file has a heading that is known here.")
HEADINGS_FIRST = sentence("intake.unknown.headings_first", "Put a usual heading over each column, in one row, and save it again.")
NO_MAPPING = sentence("intake.unknown.mapping", "There is no mapping called “%(mapping)s”. Declared are: %(mappings)s.")


class Unrecognised(BadInput):
    """No declared mapping fits the file; one can be proposed for it."""


def recognise(*, viewer: Actor, community: UUID, path: Path, file_name: str = "") -> Mapping:
    """The one declared mapping that the file fits (``name``, ``kind``, ``version``). BadInput as in :func:`mapping_for`."""
    return mapping_for(viewer=viewer, community=community, path=path, file_name=file_name)[0]


def mapping_for(*, viewer: Actor, community: UUID, path: Path, file_name: str = "") -> tuple[Mapping, Definition]:
    """The one declared mapping whose file pattern and headings both fit. BadInput where there is none, or more than one.

    A file that fits by name and can't be opened at all (damaged, locked, in another encoding) raises what is wrong with it.
    """
    name = file_name or path.name
    where = Where(file=name)
    declared = _in_force(viewer, community)
    if not declared:
        raise Unrecognised(NOTHING_DECLARED, where=where, remedy=DECLARE)
    named = [(row, definition) for row, definition in declared if definition.fits_name(name)]
    if not named:
        raise Unrecognised(UNKNOWN_NAME, where=where, remedy=DECLARE, patterns=", ".join(d.file_pattern for _, d in declared))
    fitting: list[tuple[Mapping, Definition]] = []
    near: BadInput | None = None
    for row, definition in named:
        try:
            found = open_headings(path, definition, file_name=name)
        except BadInput as fault:
            near = near or fault
            continue
        missing = [heading for heading in definition.headings if heading not in found]
        if not missing:
            fitting.append((row, definition))
        else:
            near = Unrecognised(
                UNKNOWN_HEADINGS,
                where=Where(file=name, row=definition.heading_row),
                remedy=DECLARE,
                mapping=row.name,
                missing=", ".join(missing),
                found=shown_headings(found, {*definition.columns.values(), *definition.headings}),
            )
    if len(fitting) > 1:
        raise BadInput(SEVERAL, where=where, remedy=CHOOSE, mappings=", ".join(row.name for row, _ in fitting))
    if not fitting:
        assert near is not None
        raise near
    return fitting[0]


def mapping_named(*, viewer: Actor, community: UUID, name: str) -> tuple[Mapping, Definition]:
    """The mapping of that name that is in force. BadInput lists those there are."""
    declared = _in_force(viewer, community)
    for row, definition in declared:
        if row.name == name:
            return row, definition
    raise BadInput(NO_MAPPING, remedy=DECLARE, mapping=name, mappings=", ".join(row.name for row, _ in declared) or "–")


def proposal_for(*, path: Path, file_name: str = "", kinds: Sequence[Kind]) -> Proposal:
    """How a file that no mapping fits might be read as one of ``kinds``. Unrecognised where no heading says what it means."""
    name = file_name or path.name
    found = propose(tops(path, file_name=name), kinds)
    if found is None:
        raise Unrecognised(NO_HEADINGS, where=Where(file=name), remedy=HEADINGS_FIRST)
    return found


def free_name(*, viewer: Actor, community: UUID, file_name: str) -> str:
    """A name for a new mapping that no other in force has: that of the file, without its ending."""
    taken = {row.name for row, _ in _in_force(viewer, community)}
    stem = PurePath(file_name).stem[:56] or "file"
    return next(name for name in (stem, *(f"{stem} {n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _in_force(viewer: Actor, community: UUID) -> list[tuple[Mapping, Definition]]:
    if not viewer.sees_community(community):
        raise NotFound(NOT_FOUND)
    rows = Mapping.objects.filter(community=community, ended_at=None).order_by("name")
    return [(row, definition_of(row.definition)) for row in rows]
