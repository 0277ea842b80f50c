"""Requests about one's own data, and what happened to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id
from linli.trust.rights.rules import Act, Asker, Channel, Proof, Right, State


def _choices(values: type) -> list[tuple[str, str]]:
    return [(v.value, v.value) for v in values]  # type: ignore[attr-defined]


class RightsRequest(models.Model):
    """One request. ``state``, ``due_on`` and ``closed_at`` follow from its events. Texts are sealed under the subject's key.

    ``guest``: the subject was made for this request, of somebody who is in no register. A request outlives the erasure that it
    may ask for: the subject is then empty, and what was sealed can no longer be read.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=16)
    right = models.CharField(max_length=8, choices=_choices(Right))
    channel = models.CharField(max_length=8, choices=_choices(Channel))
    asker = models.CharField(max_length=8, choices=_choices(Asker))
    proof = models.CharField(max_length=20, blank=True, choices=_choices(Proof))
    subject = models.ForeignKey("trust.Subject", null=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.BooleanField(default=False)
    sealed_wish = models.BinaryField(null=True)
    sealed_contact = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    received_by = models.UUIDField(null=True)
    due_on = models.DateField()
    extended = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=_choices(State), default=State.RECEIVED.value)
    refusal = models.CharField(max_length=24, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "reference"], name="rights_reference_once")]
        indexes: ClassVar = [models.Index(fields=["community", "state", "due_on"], name="rights_worklist")]

    def __str__(self) -> str:
        return self.reference


class RightsEvent(models.Model):
    """Append-only: what happened to a request. ``code``: the reason of a refusal or which proof."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RightsRequest, on_delete=models.CASCADE, related_name="events")
    act = models.CharField(max_length=8, choices=_choices(Act))
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=32)
    code = models.CharField(max_length=24, blank=True)
    sealed_note = models.BinaryField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return self.act
