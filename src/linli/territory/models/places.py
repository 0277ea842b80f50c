"""Communities with their areas, streets, buildings and dwellings, and what else lies in the territory.

Shapes are WKB in EPSG:4326 with their bounding box; areas in square metres on the ground.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id


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
    supervision_phone = models.CharField(max_length=32, blank=True, help_text="published: whom to ring about a grid worker")

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
