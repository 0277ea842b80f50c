"""The territory's tables. Shapes are WKB in EPSG:4326 with their bounding box; areas in square metres on the ground."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id


class LayerKind(models.TextChoices):
    """Several layers of grids lie over one territory; a person has one people-grid, an event falls into one unit grid."""

    PEOPLE = "people"
    UNIT = "unit"
    DEDICATED = "dedicated"


class VersionState(models.TextChoices):
    """A version of the grids on its way to being used."""

    DRAFT = "draft"
    CHECKED = "checked"
    PUBLISHED = "published"


class FeatureKind(models.TextChoices):
    """What lies in the territory without anything hanging on it."""

    BOUNDARY = "boundary"
    STREET = "street"
    PLOT = "plot"
    WATER = "water"
    COUNTER = "counter"


class Community(models.Model):
    """What territory knows of a community; its code, name and place in the scope tree are its zone's."""

    zone = models.OneToOneField("trust.Zone", primary_key=True, on_delete=models.PROTECT, related_name="+")
    time_zone = models.CharField(max_length=64, default="Asia/Shanghai")
    calendar = models.CharField(max_length=8, default="CN")
    metric_crs = models.PositiveIntegerField(null=True, help_text="EPSG number; settled when the first shape is known")

    def __str__(self) -> str:
        return str(self.zone_id)


class Area(models.Model):
    """A division that a community lies in or is, with the code and name it had from one date to another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=16)
    code = models.CharField(max_length=32, db_index=True)
    name = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "level", "valid_from"], name="area_one_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="area_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Street(models.Model):
    """A street by its name; its line is a :class:`Feature`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "name"], name="street_name_once")]

    def __str__(self) -> str:
        return self.name


class Building(models.Model):
    """A building with its footprint. ``number`` counts within the estate (3号楼), ``house_number`` along the street (18弄)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    source_key = models.CharField(max_length=80)
    name = models.CharField(max_length=120, blank=True)
    estate = models.CharField(max_length=120, blank=True)
    street = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=32, blank=True)
    house_number = models.CharField(max_length=32, blank=True)
    units = models.PositiveSmallIntegerField(null=True)
    storeys = models.PositiveSmallIntegerField(null=True)
    use = models.CharField(max_length=16, blank=True)
    footprint = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    lon = models.FloatField()
    lat = models.FloatField()
    area_m2 = models.FloatField()
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "source_key"], name="building_key_once")]
        indexes: ClassVar = [models.Index(fields=["community", "name"], name="building_by_name")]

    def __str__(self) -> str:
        return self.name or self.source_key


class Dwelling(models.Model):
    """A dwelling: the room as people write it, and its stair well where the building has several."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="dwellings")
    unit = models.CharField(max_length=16, blank=True)
    room = models.CharField(max_length=32, blank=True)
    area_m2 = models.FloatField(null=True)
    use = models.CharField(max_length=16, blank=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["building", "unit", "room"], name="dwelling_once")]

    def __str__(self) -> str:
        return "-".join(part for part in (self.unit, self.room) if part)


class Feature(models.Model):
    """A boundary, street line, plot, stretch of water or counter's place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=FeatureKind)
    code = models.CharField(max_length=80, blank=True)
    name = models.JSONField(default=dict)
    details = models.JSONField(default=dict)
    shape = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["community", "kind"], name="feature_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class GridLayer(models.Model):
    """One way in which the territory is divided."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=LayerKind, default=LayerKind.PEOPLE)

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
    state = models.CharField(max_length=16, choices=VersionState, default=VersionState.DRAFT)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    digest = models.CharField(max_length=64)

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
    building = models.ForeignKey(Building, on_delete=models.CASCADE, related_name="+")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "building"], name="building_in_one_grid")]

    def __str__(self) -> str:
        return f"{self.building_id} {self.grid_id}"


class SourceFile(models.Model):
    """A file that was taken in: the same file again changes nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    declared = models.CharField(max_length=300, blank=True, help_text="what was declared with it: system, roles of layers")
    at = models.DateTimeField()
    report = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "sha256", "declared"], name="source_file_once")]

    def __str__(self) -> str:
        return self.file_name
