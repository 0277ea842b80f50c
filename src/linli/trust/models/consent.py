"""What residents agreed to, refused and took back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id
from linli.trust.consent.rules import Act, Channel, Mandate, Relation


def _choices(values: type) -> list[tuple[str, str]]:
    return [(v.value, v.value) for v in values]  # type: ignore[attr-defined]


class ConsentEvent(models.Model):
    """Append-only: somebody agreed to a purpose, said no, or took it back. Where it stands follows from the last one.

    ``version``: of the text that was shown. ``by`` and ``role``: who witnessed it. ``relation`` and ``mandate``: of the guardian
    who decided for a child, and which paper showed that they may.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey("trust.Subject", on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=32)
    version = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=8, choices=_choices(Act))
    at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=_choices(Channel))
    by = models.UUIDField(null=True)
    role = models.CharField(max_length=32)
    guardian = models.ForeignKey("trust.Subject", null=True, on_delete=models.SET_NULL, related_name="+")
    relation = models.CharField(max_length=16, blank=True, choices=_choices(Relation))
    mandate = models.CharField(max_length=20, blank=True, choices=_choices(Mandate))

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["community", "purpose", "subject"], name="consent_by_purpose")]

    def __str__(self) -> str:
        return f"{self.act} {self.purpose}"
