"""Where the borders of two divisions of the same cells differ. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from linli.territory.rules.crs import Shapes
from linli.territory.rules.sheets import Ints


def borders(cells: Shapes, pairs: Ints, parts: Ints, before: Any) -> tuple[Shapes, Shapes]:
    """Lines between cells (n,) that are borders in ``parts`` and weren't in ``before`` (n,), and those that were and are no more.

    ``pairs`` (e, 2): cells that touch.
    """
    if not len(pairs):
        nothing: Shapes = np.empty(0, dtype=object)
        return nothing, nothing
    one, other = pairs[:, 0], pairs[:, 1]
    now, then = parts[one] != parts[other], np.asarray(before)[one] != np.asarray(before)[other]
    return _lines(cells, pairs[now & ~then]), _lines(cells, pairs[then & ~now])


def _lines(cells: Shapes, pairs: Ints) -> Shapes:
    shared = shapely.get_parts(shapely.intersection(cells[pairs[:, 0]], cells[pairs[:, 1]]))
    lines = shared[np.isin(shapely.get_type_id(shared), (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING))]
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(shapely.get_parts(lines)))))
