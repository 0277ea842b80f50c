"""Evidence that other flats show below a finding. ``site.wiring`` offers them: focus names no other context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.focus.queries import FindingRow
from linli.kernel.actor import Actor


@dataclass(frozen=True)
class Section:
    """One part of a finding's page. ``build(viewer, community, finding)`` gives its context, or None for nothing to show."""

    name: str
    template: str
    permission: str
    build: Callable[[Actor, UUID, FindingRow], Mapping[str, Any] | None]


SECTIONS: list[Section] = []


def offer(section: Section) -> None:
    """Add a part to the page of every finding."""
    if section.name not in {s.name for s in SECTIONS}:
        SECTIONS.append(section)
