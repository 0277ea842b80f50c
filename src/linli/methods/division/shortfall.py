"""Why a division doesn't keep a tolerance."""

from __future__ import annotations

import numpy as np

from linli.methods.division.faults import Cause, Shortfall
from linli.methods.division.measures import Division, heaviest_alone
from linli.methods.division.units import Ints, Parts, Units


def shortfalls(units: Units, made: Division, fixed: Parts, late: bool) -> tuple[Shortfall, ...]:
    """One reason for each weight that is beyond its tolerance."""
    found = []
    which: Ints
    for name, share in made.tolerance.items():
        if made.deviation[name] <= share + 1e-9:
            continue
        column = units.weights[name]
        mean = float(column.sum()) / made.parts
        off = np.abs(made.held[name] / mean - 1)
        part = int(off.argmax())
        alone, _rest = heaviest_alone(column, made.parts, share)
        cause, which = Cause.NOT_FOUND, np.zeros(0, np.int64)
        if len(alone) and column[alone[0]] > mean * (1 + share):
            cause = Cause.LARGE_UNIT if made.held[name][part] > mean else Cause.UNEVEN_REST
            which = alone
        elif made.deviation[name] <= made.least[name] + 1e-9:
            cause = Cause.INDIVISIBLE
        elif late:
            cause = Cause.TIME
        elif (fixed >= 0).any():
            cause, which = Cause.FIXED, np.nonzero((fixed >= 0) & (made.part == part))[0]
        without = np.ones(made.parts, bool)
        without[made.part[which]] = False
        others = float(off[without].max()) if without.any() else 0.0
        ids = tuple(units.ids[at] for at in which[:10])
        found.append(Shortfall(cause, name, float(off[part]), made.least[name], others, part, ids))
    return tuple(found)
