from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.territory.files import town

if TYPE_CHECKING:
    from linli.territory.reports import ImportReport


@pytest.fixture
def place(db: None) -> UUID:
    """A community with no territory yet."""
    from linli.territory.commands import add_community
    from linli.trust import SYSTEM

    return add_community(
        by=SYSTEM,
        code="999901001001",
        name={"en": "Willow Court", "zh-Hans": "柳荫社区"},
        subdistrict="999901001",
        subdistrict_name={"zh-Hans": "桐荫街道"},
    )


@pytest.fixture
def town_file(tmp_path: Path) -> Path:
    """The small territory as a GeoPackage."""
    return town(tmp_path / "territory.gpkg")


@pytest.fixture
def settled(place: UUID, town_file: Path) -> ImportReport:
    """The small territory taken in."""
    from linli.territory.commands import import_territory
    from linli.territory.reader import read_delivery
    from linli.trust import SYSTEM

    return import_territory(by=SYSTEM, community=place, delivery=read_delivery(town_file))
