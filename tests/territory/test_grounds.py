"""Cells for drafts, out of what was taken in."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import shapely

from linli.territory.commands import import_territory
from linli.territory.grounds import lay
from linli.territory.models import Feature, FeatureKind
from linli.territory.reader import read_delivery
from linli.territory.reports import ImportReport
from linli.trust import SYSTEM
from tests.territory.files import EAST, NORTH, as_degrees, write_layer


@pytest.mark.parametrize(("kind", "blocks"), [("residential", 2), ("primary", 2), ("footway", 1), ("", 2)])
def test_paths_part_no_blocks(place: UUID, settled: ImportReport, tmp_path: Path, kind: str, blocks: int) -> None:
    path = tmp_path / "streets.gpkg"
    line = as_degrees(shapely.LineString([(EAST - 10, NORTH + 150), (EAST + 460, NORTH + 150)]))
    write_layer(path, "streets", [line], {"name": ["桐荫路"], "highway": [kind]})
    import_territory(by=SYSTEM, community=place, delivery=read_delivery(path))
    kept = Feature.objects.get(community_id=place, kind=FeatureKind.STREET.value).details
    assert kept == ({"kind": kind} if kind else {})
    laid = lay(place)
    assert len(laid.shapes) == 36
    assert len(set(laid.block.tolist())) == blocks


def test_a_larger_street_parts_grids_rather(place: UUID, settled: ImportReport, tmp_path: Path) -> None:
    cheap = []
    for kind in ("service", "primary"):
        path = tmp_path / f"{kind}.gpkg"
        line = as_degrees(shapely.LineString([(EAST - 10, NORTH + 150), (EAST + 460, NORTH + 150)]))
        write_layer(path, "streets", [line], {"name": ["桐荫路"], "highway": [kind]})
        import_territory(by=SYSTEM, community=place, delivery=read_delivery(path))
        laid = lay(place)
        across = [cost for one, other, _, cost in laid.borders if laid.block[one] != laid.block[other]]
        cheap.append(max(across))
    assert cheap[1] > cheap[0]
