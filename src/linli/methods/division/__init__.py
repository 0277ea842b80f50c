"""Grid division: units with weights into parts that are of one piece, hold about the same, and have short borders.

``units_of_edges(…)`` makes the units and refuses what can't be divided; ``divide(units, parts=…)`` divides. Numba compiles at
the first call (some seconds, once for an installation).
"""

from __future__ import annotations

from linli.methods.division.dividing import divide
from linli.methods.division.faults import Cancelled, Cause, Fault, Shortfall, Unfit
from linli.methods.division.measures import Division, measured
from linli.methods.division.units import Units, units_of_edges

__all__ = ["Cancelled", "Cause", "Division", "Fault", "Shortfall", "Unfit", "Units", "divide", "measured", "units_of_edges"]
