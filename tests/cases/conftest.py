"""A community with two grids and a mapping for the hotline's file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from linli.intake import BatchReport

HEADINGS = ("key", "reported_at", "channel", "category", "title", "text", "address", "lon", "lat", "reporter", "phone", "status",
            "closed_at", "agency")  # fmt: skip
MAPPING: dict[str, Any] = {
    "name": "hotline",
    "kind": "cases.reports",
    "recognise": {"file": "*.csv", "headings": ["key", "reported_at"]},
    "encodings": ["utf-8-sig"],
    "columns": {name: name for name in HEADINGS},
    "options": {"zone": "Asia/Shanghai", "crs": "EPSG:4490", "source": "hotline"},
}


@pytest.fixture
def grids(community: UUID, data: Path) -> dict[str, UUID]:
    """Zones of the grids 01 and 02 of the community."""
    from tests.support.ground import lay

    return lay(community)


@pytest.fixture
def take(community: UUID, grids: dict[str, UUID], tmp_path: Path) -> Callable[..., BatchReport]:
    """``take(row, row, …, as_of=, options=)``: a file with these rows (dicts by heading), taken in as the system."""
    import csv

    from linli.intake import declare_mapping, take_in
    from linli.kernel.actor import SYSTEM

    numbers = iter(range(1000))

    def run(*rows: dict[str, str], as_of: Any = None, **options: Any) -> BatchReport:
        definition = {**MAPPING, "options": {**MAPPING["options"], **options}}
        declare_mapping(by=SYSTEM, community=community, definition=definition)
        path = tmp_path / f"report_{next(numbers)}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, HEADINGS)
            writer.writeheader()
            writer.writerows(rows)
        return take_in(by=SYSTEM, community=community, path=path, mapping="hotline", as_of=as_of)

    return run
