"""The territory's tables, split by noun."""

from __future__ import annotations

from linli.territory.models.drafts import Draft, DraftCell, DraftStep
from linli.territory.models.duties import BuildingHead, DutyPhone
from linli.territory.models.grids import (
    BuildingGrid,
    Grid,
    GridLayer,
    GridLineage,
    GridShape,
    GridVersion,
    LayerKind,
    VersionState,
)
from linli.territory.models.places import Area, Building, Community, Dwelling, Feature, FeatureKind, SourceFile, Street

__all__ = [
    "Area",
    "Building",
    "BuildingGrid",
    "BuildingHead",
    "Community",
    "Draft",
    "DraftCell",
    "DraftStep",
    "DutyPhone",
    "Dwelling",
    "Feature",
    "FeatureKind",
    "Grid",
    "GridLayer",
    "GridLineage",
    "GridShape",
    "GridVersion",
    "LayerKind",
    "SourceFile",
    "Street",
    "VersionState",
]
