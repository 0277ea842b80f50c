"""From buildings and streets to cells that cover the land, and from divided cells to grids. Shapes in metres; no files, no
Django."""

from __future__ import annotations

from linli.methods.division.ground.faults import Flaw, NoGround, Overlap, Remarks
from linli.methods.division.ground.grids import Parted, parted, units_on
from linli.methods.division.ground.ground import LANE, ROAD, STREET, Ground, cells, grids_of

__all__ = [
    "LANE",
    "ROAD",
    "STREET",
    "Flaw",
    "Ground",
    "NoGround",
    "Overlap",
    "Parted",
    "Remarks",
    "cells",
    "grids_of",
    "parted",
    "units_on",
]
