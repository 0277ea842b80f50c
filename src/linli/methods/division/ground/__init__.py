"""From buildings and streets to cells that cover the land, and from divided cells to grids. Shapes in metres; no files, no
Django."""

from __future__ import annotations

from linli.methods.division.ground.faults import Flaw, NoGround, Overlap, Remarks
from linli.methods.division.ground.grids import Parted, parted, units_on
from linli.methods.division.ground.ground import Ground, cells, grids_of
from linli.methods.division.ground.streets import rank_of

__all__ = [
    "Flaw",
    "Ground",
    "NoGround",
    "Overlap",
    "Parted",
    "Remarks",
    "cells",
    "grids_of",
    "parted",
    "rank_of",
    "units_on",
]
