"""Who answers for which building, and the telephone that is published with their duty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class DutyPhone(models.Model):
    """The telephone under which somebody who looks after grids or buildings is reached on duty; it is published."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("trust.Account", on_delete=models.CASCADE, related_name="+")
    phone = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "account"], name="duty_phone_once")]

    def __str__(self) -> str:
        return str(self.account_id)


class BuildingHead(models.Model):
    """Somebody speaks for a building (楼栋长) from one date to another; ``grant`` is their role in the building's grid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey("territory.Building", on_delete=models.CASCADE, related_name="+")
    grant = models.ForeignKey("trust.Grant", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["building", "grant"], name="building_head_once")]

    def __str__(self) -> str:
        return f"{self.building_id} {self.grant_id}"
