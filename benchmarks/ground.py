"""Grids out of buildings and streets: ``linli divide --buildings`` as a whole process, from reading to the written file.

A synthetic town of 5,000 houses in blocks (six streets of a hundred missing), the same without any street, and Bubeneč, where
``LINLI_SHARED_DATA`` (default: ../shared/data beside the repository) has it. Measured beside the time: gaps, overlaps, and the
most that a house loses, in square metres of the file's system. Residents are drawn at random: 60 a house, and in Bubeneč by floor
space (three to six storeys, 35 m² each on four fifths of the floors).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import _measure as measure
import numpy as np
import shapely
from pyogrio import raw

ROOT = Path(__file__).resolve().parents[1]
BUBENEC = Path(os.environ.get("LINLI_SHARED_DATA") or ROOT.parent / "shared" / "data") / "places" / "bubenec.gpkg"
SECONDS, GAP_M2 = 60.0, 0.01
PLACE = np.array([500_000.0, 4_400_000.0])


def main() -> int:
    sys.path.insert(0, str(ROOT))
    from tests.methods.division.towns import town

    status = 0
    with measure.scratch() as folder:
        place = town(25, missing=0.06, seed=1)
        houses, streets, (edge,) = (_moved(one) for one in (place.houses, place.streets, np.array([place.boundary])))
        persons = np.random.default_rng(1).poisson(60, len(houses))
        maps = _written(
            folder / "town.gpkg", {"buildings": houses, "streets": streets, "boundary": np.array([edge])}, persons, "EPSG:32650"
        )
        # Compiled once for an installation; not a part of any division.
        _divided(folder, maps, 30_000, ["--boundary", maps])
        for name, more in (("streets", ["--streets", maps]), ("no streets", [])):
            status |= _told(
                f"5,000 houses, {name}", folder, maps, houses, edge, _divided(folder, maps, 3_000, ["--boundary", maps, *more])
            )
        if BUBENEC.is_file():
            houses = shapely.from_wkb(raw.read(BUBENEC, layer="buildings")[2])
            random = np.random.default_rng(2)
            persons = random.poisson(shapely.area(houses) / 2.43 * random.choice([3, 4, 5, 6], len(houses)) * 0.8 / 35)
            maps = _written(folder / "bubenec.gpkg", {"buildings": houses}, persons, "EPSG:3857")
            ran = _divided(folder, maps, persons.sum() / 12, ["--streets", BUBENEC, "--plots", BUBENEC])
            status |= _told("Bubeneč, 12 grids", folder, maps, houses, None, ran)
    return status


def _moved(shapes: Any) -> Any:
    """From around the origin to a place that UTM has."""
    return shapely.transform(shapes, lambda xy: xy + PLACE)


def _written(path: Path, layers: dict[str, Any], persons: Any, crs: str) -> Path:
    for name, shapes in layers.items():
        fields = {"id": np.arange(len(shapes)), "persons": persons} if name == "buildings" else {}
        raw.write(
            path,
            np.asarray(shapely.to_wkb(shapes), object),
            list(fields.values()),
            list(fields),
            layer=name,
            driver="GPKG",
            geometry_type="Unknown",
            crs=crs,
            append=path.exists(),
        )
    return path


def _divided(folder: Path, maps: Path, target: float, more: list[Any]) -> measure.Ran:
    given = ["--buildings", maps, "--persons", "persons", "--target", target, "--out", folder / "grids.gpkg", "--json", *more]
    return measure.run(["-m", "linli.site.cli", "divide", *map(str, given)], data=folder)


def _told(name: str, folder: Path, maps: Path, houses: Any, edge: Any, ran: measure.Ran) -> int:
    said = json.loads(ran.out)
    meta, _, geometry, columns = raw.read(folder / "grids.gpkg", layer="grids")
    grids = shapely.from_wkb(geometry)
    code = dict(zip(columns[list(meta["fields"]).index("code")].tolist(), grids, strict=True))
    fields, _, _, columns = raw.read(folder / "grids.gpkg", layer="buildings")
    of = columns[list(fields["fields"]).index("grid")].tolist()
    whole = shapely.union_all(grids)
    gap = (
        shapely.symmetric_difference(whole, edge).area
        if edge is not None
        else sum(shapely.Polygon(ring).area for part in shapely.get_parts(whole) for ring in part.interiors)
    )
    found = {
        "gap_m2": round(float(gap), 4),
        "overlap_m2": round(float(shapely.area(grids).sum() - whole.area), 4),
        "cut_m2": round(
            float(max(shapely.difference(house, code[grid]).area for house, grid in zip(houses, of, strict=True))), 4
        ),
    }
    return measure.tell(
        f"ground: {name}",
        value={"wall_s": ran.cost.wall_s, **found},
        limit={"wall_s": SECONDS, **dict.fromkeys(found, GAP_M2)},
        cpu_s=ran.cost.cpu_s,
        peak_mb=ran.cost.peak_mb,
        **{key: said[key] for key in ("grids", "cells", "max_deviation", "mean_polsby_popper")},
    )


if __name__ == "__main__":
    raise SystemExit(main())
