"""What is true of a person from one day to another: residence, hukou, household, care needs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.register.rules.codes import choices
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status


def ends_after_start(name: str) -> models.CheckConstraint:
    """A relation doesn't end before it begins."""
    return models.CheckConstraint(condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name=name)


class Dated(models.Model):
    """What is true of a person from one day until another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    known_from = models.DateTimeField()
    ended_known = models.DateTimeField(null=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        abstract = True


class Ending(models.TextChoices):
    """Why a residence ended."""

    MOVED_OUT = "moved_out"
    DIED = "died"
    MOVED_WITHIN = "moved_within"
    CORRECTED = "corrected"
    SAME_PERSON = "same_person"


class Residence(Dated):
    """Where somebody lives.

    ``sealed_address``: as it was written; ``said``: what the source calls them (居住类型); ``came``: how they came to be here;
    ``reason``: why they came (流入原因), ``housing``: what kind of home it is to them (住所类型), both by GB/T 31000's lists.
    """

    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="residences")
    building = models.ForeignKey("territory.Building", on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey("territory.Dwelling", null=True, on_delete=models.PROTECT, related_name="+")
    sealed_address = models.BinaryField(default=b"")
    said = models.CharField(max_length=10, blank=True, choices=choices({status.value: "" for status in Status}))
    came = models.CharField(max_length=12, blank=True)
    ending = models.CharField(max_length=12, blank=True, choices=Ending.choices)
    reason = models.CharField(max_length=2, blank=True)
    housing = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints: ClassVar = [
            ends_after_start("residence_ends_after_start"),
            models.UniqueConstraint(fields=["person"], condition=Q(to_date__isnull=True), name="one_open_residence"),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "to_date"], name="residence_current")]

    def __str__(self) -> str:
        return str(self.id)


class Hukou(Dated):
    """Where somebody is registered. ``here``: whether that is this community (None: not known)."""

    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="hukou")
    region = models.CharField(max_length=12, blank=True)
    sealed_address = models.BinaryField(default=b"")
    here = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            ends_after_start("hukou_ends_after_start"),
            models.UniqueConstraint(fields=["person"], condition=Q(to_date__isnull=True), name="one_open_hukou"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Membership(Dated):
    """Who belongs to a household, and how they are related to its head (GB/T 4761)."""

    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="memberships")
    household = models.ForeignKey("register.Household", on_delete=models.CASCADE, related_name="members")
    relation = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints: ClassVar = [
            ends_after_start("membership_ends_after_start"),
            models.UniqueConstraint(fields=["person"], condition=Q(to_date__isnull=True), name="one_open_membership"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CareNeed(Dated):
    """What help somebody needs, since when it is kept. ``basis``: ``consent`` or ``law`` (then ``law`` names it).

    ``sealed_helper``: who helps, as the person said it; ``checked_on``: when somebody last asked whether this is still so.
    """

    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="needs")
    need = models.CharField(max_length=12, choices=choices({need.value: "" for need in Need}))
    basis = models.CharField(max_length=8, default="consent")
    law = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=20, blank=True)
    sealed_helper = models.BinaryField(default=b"")
    checked_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            ends_after_start("need_ends_after_start"),
            models.UniqueConstraint(fields=["person", "need"], condition=Q(to_date__isnull=True), name="one_open_need"),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "to_date"], name="need_current")]

    def __str__(self) -> str:
        return str(self.id)


class Tenancy(Dated):
    """A dwelling that is let. ``person``: the tenant, where registered; ``sealed_landlord``: under the tenant's key."""

    person = models.ForeignKey("register.Person", null=True, on_delete=models.CASCADE, related_name="tenancies")
    dwelling = models.ForeignKey("territory.Dwelling", on_delete=models.PROTECT, related_name="+")
    use = models.CharField(max_length=2, blank=True)
    hazard = models.CharField(max_length=2, blank=True)
    landlord = models.ForeignKey("register.Person", null=True, on_delete=models.SET_NULL, related_name="lettings")
    sealed_landlord = models.BinaryField(default=b"")

    class Meta:
        constraints: ClassVar = [ends_after_start("tenancy_ends_after_start")]
        indexes: ClassVar = [models.Index(fields=["dwelling", "to_date"], name="tenancy_of_dwelling")]

    def __str__(self) -> str:
        return str(self.id)


class PermitApplication(models.Model):
    """An application for a residence permit that was taken in and passed on. ``closed_on``: issued, or wanted no longer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="permit_applications")
    applied_on = models.DateField()
    closed_on = models.DateField(null=True)
    known_from = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(closed_on__isnull=True), name="one_open_application"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Permit(models.Model):
    """A residence permit (居住证). ``endorsed``: days of its yearly endorsements; its state follows from ``rules.permits``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="permits")
    sealed_number = models.BinaryField(default=b"")
    issued_on = models.DateField()
    endorsed = models.JSONField(default=list)
    ended_on = models.DateField(null=True)
    known_from = models.DateTimeField()
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_on__isnull=True), name="one_open_permit"),
        ]

    def __str__(self) -> str:
        return str(self.id)
