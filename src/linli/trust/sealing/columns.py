"""Which columns are sealed: flats say so once, so that erasing a person and sealing anew reach every one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from linli.trust.sealing.blinding import Blinder

Derive = Callable[[Blinder, str, Mapping[str, Any]], Mapping[str, Any]]
"""(keyed hashes, the opened text, the columns named in ``reads``) → the look-up columns that follow from them."""


@dataclass(frozen=True)
class Column:
    """One sealed column. ``subject``: the way from the model to the data subject, as the ORM writes it (``person__subject``).

    ``derived``: the look-up columns that ``derives`` makes of the opened text; ``blanks``: further columns of the row that go at
    an erasure, with what then stands there.
    """

    model: str
    name: str
    place: str
    subject: str = "subject"
    derived: tuple[str, ...] = ()
    derives: Derive | None = None
    reads: tuple[str, ...] = ()
    blanks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def blanked(self) -> dict[str, Any]:
        """What stands in the row's columns once the person is erased."""
        table = self.table
        sealed = table._meta.get_field(self.name)
        return {
            self.name: None if getattr(sealed, "null", False) else b"",
            **{name: _nothing(table._meta.get_field(name)) for name in self.derived},
            **self.blanks,
        }


def _nothing(column: Any) -> Any:
    return None if column.null else column.get_default()


COLUMNS: dict[tuple[str, str], Column] = {}
ERASERS: list[Callable[[UUID, UUID], None]] = []


def sealed(
    model: str,
    name: str,
    place: str,
    *,
    subject: str = "subject",
    derived: tuple[str, ...] = (),
    derives: Derive | None = None,
    reads: tuple[str, ...] = (),
    blanks: Mapping[str, Any] | None = None,
) -> None:
    """Declare that the column ``name`` of ``model`` (``register.Person``) holds what ``SubjectKey.seal(place, …)`` made.

    TypeError for look-up columns without the function that makes them. Declared twice, the last word counts.
    """
    if bool(derived) != (derives is not None):
        raise TypeError(f"{model}.{name}: `derived` names the columns that `derives` makes")
    COLUMNS[model, name] = Column(model, name, place, subject, derived, derives, reads, dict(blanks or {}))


def on_erased(eraser: Callable[[UUID, UUID], None]) -> None:
    """Have ``eraser(community, subject)`` called inside every erasure, for what is no sealed column (fingerprints, kept rows)."""
    if eraser not in ERASERS:
        ERASERS.append(eraser)
