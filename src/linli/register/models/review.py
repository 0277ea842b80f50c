"""What a person has to decide: who is whom, which of two values holds, whether somebody left, which building an address means."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.register.rules.declarations import Step
from linli.register.rules.review import Matter, State


class ReviewItem(models.Model):
    """One question to somebody who knows the street.

    ``person``/``other``: whom it is about; ``subject``: whose key seals ``told`` (a row's values as JSON, place
    ``register.reviewitem.told``); ``mark``: keyed fingerprint of the question, so that a file that asks it again every week asks
    it once; ``building``: by whose grid it is seen, empty for a clerk's eyes alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    matter = models.CharField(max_length=12, choices=[(m.value, m.value) for m in Matter])
    state = models.CharField(max_length=10, default=State.OPEN.value, choices=[(s.value, s.value) for s in State])
    mark = models.BinaryField()
    subject = models.ForeignKey("trust.Subject", null=True, on_delete=models.PROTECT, related_name="+")
    told = models.BinaryField(default=b"")
    person = models.ForeignKey("register.Person", null=True, on_delete=models.CASCADE, related_name="questions")
    other = models.ForeignKey("register.Person", null=True, on_delete=models.CASCADE, related_name="+")
    building = models.ForeignKey("territory.Building", null=True, on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey("territory.Dwelling", null=True, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=64, blank=True)
    said_on = models.DateField(null=True)
    probability = models.FloatField(null=True)
    details = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    row = models.PositiveIntegerField(null=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "mark"], condition=Q(state="open"), name="question_asked_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "state", "matter"], name="question_open")]

    def __str__(self) -> str:
        return f"{self.matter} {self.state}"


class Link(models.Model):
    """Two records, or a source's row and a record, are held to be one person. Nothing is merged; ``ended_at`` takes it back.

    ``before``: what linking changed in ``other``'s rows, so that it can be given back exactly.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey("register.Person", null=True, on_delete=models.CASCADE, related_name="linked_to")
    how = models.CharField(max_length=12)
    probability = models.FloatField(null=True)
    model = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField(default=dict)
    row = models.PositiveIntegerField(null=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["other"], condition=Q(ended_at__isnull=True), name="other_linked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.how} {self.person_id}"


class Declaration(models.Model):
    """What a resident, landlord or employer declares, by QR code or on paper: a proposal until a clerk or worker has decided.

    ``reference``: the number on the receipt; ``token``: SHA-256 of the code with which the sender can follow it; ``told`` sealed
    under ``subject``'s key; ``reason``: why it was refused, a code of ``rules.declarations``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=8)
    declarant = models.CharField(max_length=10)
    subject = models.ForeignKey("trust.Subject", null=True, on_delete=models.PROTECT, related_name="+")
    told = models.BinaryField(default=b"")
    person = models.ForeignKey("register.Person", null=True, on_delete=models.SET_NULL, related_name="declarations")
    building = models.ForeignKey("territory.Building", null=True, on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey("territory.Dwelling", null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, blank=True)
    token = models.CharField(max_length=64, blank=True, db_index=True)
    state = models.CharField(max_length=10, default=Step.OPEN.value, choices=[(s.value, s.value) for s in Step])
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["community", "state"], name="declaration_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class AddressAlias(models.Model):
    """What people write for a building or dwelling, confirmed once by somebody. ``text`` normalised; holds no name or number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200)
    fragment = models.BooleanField(default=False)
    building = models.ForeignKey("territory.Building", null=True, on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey("territory.Dwelling", null=True, on_delete=models.PROTECT, related_name="+")
    stands_for = models.CharField(max_length=120, blank=True)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "text"], condition=Q(ended_at__isnull=True), name="alias_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)
