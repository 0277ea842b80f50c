"""Rounds: what each file or visit showed, what it did not show, and who signed for a grid."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id


class Lapse(models.Model):
    """Rounds whose full file did not show somebody who lives here; absence never empties a dwelling.

    ``from_monday``: the first such round; ``to_monday``: the first that showed them again; ``verified``: the last before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="lapses")
    from_monday = models.DateField()
    to_monday = models.DateField(null=True)
    verified = models.DateField()
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_monday__isnull=True) | Q(to_monday__gte=F("from_monday")), name="lapse_ends_after_start"
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(to_monday__isnull=True), name="one_open_lapse"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RegisterRound(models.Model):
    """What one file covered: from a full one "last verified" follows for all whom it showed, without writing a row.

    ``named``: whom a file that isn't full of everybody spoke of, 16 bytes an id; None where that isn't known. Of a full one it
    follows from the lapses.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    batch = models.UUIDField(unique=True)
    source = models.CharField(max_length=64, blank=True)
    full = models.BooleanField()
    coverage = models.JSONField(default=dict)
    seen = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    known_from = models.DateTimeField()
    named = models.BinaryField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["community", "-monday"], name="round_newest")]

    def __str__(self) -> str:
        return f"{self.monday}"


class GridSignature(models.Model):
    """A grid's worker, then the manager, has been through the week's list of changes of one grid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    role = models.CharField(max_length=32)
    by = models.UUIDField()
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["grid", "monday", "role"], name="grid_signed_once_by_role")]

    def __str__(self) -> str:
        return f"{self.monday} {self.role}"


class Visit(models.Model):
    """Somebody goes to a door: planned for a yearly survey, a blind second visit, or simply made.

    ``outcome`` empty: still to be done; ``findings``: for a second visit, field → agreed or not; never what stood there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey("territory.Building", on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey("territory.Dwelling", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, default="check", choices=[(k, k) for k in ("check", "survey", "blind")])
    due = models.DateField(null=True)
    on = models.DateField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    by = models.UUIDField(null=True)
    findings = models.JSONField(default=dict)
    known_from = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["community", "kind", "due"], name="visit_due"),
            models.Index(fields=["dwelling", "on"], name="visit_of_dwelling"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on or self.due}"
