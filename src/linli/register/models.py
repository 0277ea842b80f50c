"""People, households and the dated relations between them.

Two times are kept: ``from_date``/``to_date`` (half-open) say when something was true, ``known_from``/``ended_known`` when it was
recorded, so that any Monday can be shown as it was known then. ``batch`` is the last writer, by which intake undoes a file.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.register.rules.codes import DOCUMENTS, SEXES, choices
from linli.register.rules.needs import Need
from linli.register.rules.residence import Status


def _ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")), name=name)


class Person(models.Model):
    """Somebody who lives or lived here. ``number`` is what a document says: no key, not unique, often empty.

    ``register_no`` is the source's own file number; ``known_from`` when Linli first heard of the person.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.OneToOneField("trust.Subject", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    sex = models.CharField(max_length=1, choices=choices(dict.fromkeys(SEXES.values(), "")))
    birth_date = models.DateField()
    number = models.CharField(max_length=18, blank=True)
    document_kind = models.CharField(max_length=3, blank=True, choices=choices(DOCUMENTS))
    document_number = models.CharField(max_length=40, blank=True)
    register_no = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    ethnicity = models.CharField(max_length=2, blank=True)
    education = models.CharField(max_length=2, blank=True)
    died_on = models.DateField(null=True)
    known_from = models.DateTimeField()
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["community", "name"], name="person_by_name"),
            models.Index(fields=["community", "number"], name="person_by_number"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Household(models.Model):
    """People who keep house together in one building. ``number`` is what the police station calls it; strangers may share one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey("territory.Building", on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey("territory.Dwelling", null=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, blank=True)
    pseudonym = models.CharField(max_length=16, unique=True)
    known_from = models.DateTimeField()
    batch = models.UUIDField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.pseudonym


class Dated(models.Model):
    """What is true of a person from one day until another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
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


class Residence(Dated):
    """Where somebody lives. ``said`` is what the source calls them (居住类型), ``came`` how they came to be here."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="residences")
    building = models.ForeignKey("territory.Building", on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey("territory.Dwelling", null=True, on_delete=models.PROTECT, related_name="+")
    address_text = models.CharField(max_length=200)
    said = models.CharField(max_length=10, blank=True, choices=choices({status.value: "" for status in Status}))
    came = models.CharField(max_length=12, blank=True)
    ending = models.CharField(max_length=12, blank=True, choices=Ending.choices)

    class Meta:
        constraints: ClassVar = [
            _ends_after_start("residence_ends_after_start"),
            models.UniqueConstraint(fields=["person"], condition=Q(to_date__isnull=True), name="one_open_residence"),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "to_date"], name="residence_current")]

    def __str__(self) -> str:
        return str(self.id)


class Hukou(Dated):
    """Where somebody is registered. ``here``: whether that is this community (None: not known)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="hukou")
    region = models.CharField(max_length=12, blank=True)
    address_text = models.CharField(max_length=200, blank=True)
    here = models.BooleanField(null=True)

    class Meta:
        constraints: ClassVar = [
            _ends_after_start("hukou_ends_after_start"),
            models.UniqueConstraint(fields=["person"], condition=Q(to_date__isnull=True), name="one_open_hukou"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Membership(Dated):
    """Who belongs to a household, and how they are related to its head (GB/T 4761)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    relation = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints: ClassVar = [
            _ends_after_start("membership_ends_after_start"),
            models.UniqueConstraint(fields=["person"], condition=Q(to_date__isnull=True), name="one_open_membership"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CareNeed(Dated):
    """What help somebody needs, since when they agreed that it is kept. ``basis``: ``consent`` or ``law``."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="needs")
    need = models.CharField(max_length=12, choices=choices({need.value: "" for need in Need}))
    basis = models.CharField(max_length=8, default="consent")

    class Meta:
        constraints: ClassVar = [
            _ends_after_start("need_ends_after_start"),
            models.UniqueConstraint(fields=["person", "need"], condition=Q(to_date__isnull=True), name="one_open_need"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Lapse(models.Model):
    """Rounds whose full file did not show somebody who lives here; absence never empties a dwelling.

    ``from_monday``: the first such round; ``to_monday``: the first that showed them again; ``verified``: the last before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lapses")
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
    """What one file covered: from a full one "last verified" follows for all whom it showed, without writing a row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    batch = models.UUIDField(unique=True)
    full = models.BooleanField()
    seen = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    known_from = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["community", "-monday"], name="round_newest")]

    def __str__(self) -> str:
        return f"{self.monday}"
