"""Which resident's account belongs to which person, and the one-time codes by which it is tied."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id


class Tie(models.Model):
    """An account speaks for a person: tied at the desk with a document, or by a code from a letter to the dwelling."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="ties")
    account = models.UUIDField(db_index=True)
    how = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="one_account_of_a_person"),
            models.UniqueConstraint(
                fields=["account", "community"], condition=Q(ended_at__isnull=True), name="one_person_of_an_account"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class LetterCode(models.Model):
    """A one-time code that went out in a letter to the dwelling; only its keyed hash is kept.

    ``reference``: the letter's own number, printed beside the code, so that a wrong code counts against this letter. ``mark``:
    empty until the letter is printed, since the code is made then and shown on that paper alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="letters")
    reference = models.CharField(max_length=12, blank=True)
    mark = models.BinaryField(default=b"")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["community", "reference"], name="letter_by_reference")]

    def __str__(self) -> str:
        return str(self.id)
