"""Layers of grids, their lasting identities, versions with outlines, and what one version's grids gave to the next one's."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.territory.rules.layers import LayerKind, VersionState, choices


class GridLayer(models.Model):
    """One way in which the territory is divided."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=choices(LayerKind), default=LayerKind.PEOPLE.value)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "kind"], name="grid_layer_once")]

    def __str__(self) -> str:
        return self.kind


class Grid(models.Model):
    """A grid's lasting identity: its zone, on which scope, workers and statistics hang. Its outline belongs to versions."""

    zone = models.OneToOneField("trust.Zone", primary_key=True, on_delete=models.PROTECT, related_name="+")
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    layer = models.ForeignKey(GridLayer, on_delete=models.PROTECT, related_name="grids")
    label = models.CharField(max_length=8)

    class Meta:
        ordering: ClassVar = ["label"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["layer", "label"], name="grid_label_once")]

    def __str__(self) -> str:
        return self.label


class GridVersion(models.Model):
    """The outlines of a layer's grids from one date to another, half-open."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    layer = models.ForeignKey(GridLayer, on_delete=models.PROTECT, related_name="versions")
    state = models.CharField(max_length=16, choices=choices(VersionState), default=VersionState.DRAFT.value)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=120, blank=True)
    checked_by = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="grid_version_ends_later"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(valid_from__isnull=False), name="grid_version_published_from"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.valid_from}"


class GridShape(models.Model):
    """The outline of one grid in one version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(GridVersion, on_delete=models.CASCADE, related_name="shapes")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="shapes")
    shape = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    area_m2 = models.FloatField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "grid"], name="grid_shape_once")]

    def __str__(self) -> str:
        return str(self.grid_id)


class BuildingGrid(models.Model):
    """The grid that a building belongs to in one version: persons' grids follow from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(GridVersion, on_delete=models.CASCADE, related_name="+")
    building = models.ForeignKey("territory.Building", on_delete=models.CASCADE, related_name="+")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "building"], name="building_in_one_grid")]

    def __str__(self) -> str:
        return f"{self.building_id} {self.grid_id}"


class GridLineage(models.Model):
    """What a grid of one version gave to a grid of the next; both may be the same. Counts as of the day of publishing.

    ``share``: of the giving grid's persons (of its buildings or area, where nobody lives there).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(GridVersion, on_delete=models.CASCADE, related_name="lineage")
    source = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="gave")
    target = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="took")
    buildings = models.PositiveIntegerField()
    persons = models.PositiveIntegerField()
    share = models.FloatField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "source", "target"], name="grid_lineage_once")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.target_id}"
