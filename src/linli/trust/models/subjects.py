"""Whom data are about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from linli.kernel.ids import new_id


class Subject(models.Model):
    """A data subject: a random pseudonym, all that facts may carry of the person. Deleting the row cuts it loose."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    pseudonym = models.CharField(max_length=16, unique=True)

    def __str__(self) -> str:
        return self.pseudonym


class WrappedKey(models.Model):
    """The key of one data subject, wrapped by version ``version`` of the community's key ring; in a table of its own, so that it
    can be kept apart from what it opens. Deleting the row makes everything sealed with it unreadable for ever."""

    subject = models.OneToOneField("trust.Subject", on_delete=models.CASCADE, primary_key=True, related_name="wrapped_key")
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    version = models.PositiveIntegerField()
    suite = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField(max_length=128)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["community", "version", "suite"], name="wrapped_key_by_version")]

    def __str__(self) -> str:
        return str(self.subject_id)
