"""People and households. What tells who somebody is lies sealed under the key of their data subject."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.register.rules.codes import DOCUMENTS, SEXES, choices


class Person(models.Model):
    """Somebody who lives or lived here.

    ``sealed_*``: ciphertexts (``rules.sealing``); empty where nothing is known. ``number_index``: blind index of what a document
    says, with its kind: no key, not unique, often empty. ``*_token``: keyed hashes of 24 bits that a search asks for before
    anything is opened. ``birth_month``: the first of the month of birth; the day itself is sealed. ``register_no``: the source's
    own file number; ``known_from``: when Linli first heard of the person.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    subject = models.OneToOneField("trust.Subject", on_delete=models.PROTECT, related_name="+")
    sealed_name = models.BinaryField(default=b"")
    sealed_number = models.BinaryField(default=b"")
    sealed_phone = models.BinaryField(default=b"")
    sealed_birth = models.BinaryField(default=b"")
    number_index = models.BinaryField(null=True)
    name_token = models.IntegerField(null=True)
    given_token = models.IntegerField(null=True)
    pinyin_token = models.IntegerField(null=True)
    initials_token = models.IntegerField(null=True)
    phone_token = models.IntegerField(null=True)
    birth_month = models.DateField(null=True)
    sex = models.CharField(max_length=1, choices=choices(dict.fromkeys(SEXES.values(), "")))
    document_kind = models.CharField(max_length=3, blank=True, choices=choices(DOCUMENTS))
    document_expires = models.DateField(null=True)
    register_no = models.CharField(max_length=40, blank=True)
    ethnicity = models.CharField(max_length=2, blank=True)
    education = models.CharField(max_length=2, blank=True)
    marital = models.CharField(max_length=2, blank=True)
    died_on = models.DateField(null=True)
    known_from = models.DateTimeField()
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["number_index"], condition=Q(number_index__isnull=False), name="person_by_number"),
            models.Index(fields=["document_expires"], condition=Q(document_expires__isnull=False), name="person_by_expiry"),
            models.Index(fields=["register_no"], name="person_by_register_no"),
            models.Index(fields=["name_token", "birth_month"], name="person_by_name"),
            models.Index(fields=["given_token", "birth_month"], name="person_by_given"),
            models.Index(fields=["pinyin_token", "birth_month"], name="person_by_pinyin"),
            models.Index(fields=["initials_token"], name="person_by_initials"),
            models.Index(fields=["phone_token", "birth_month"], name="person_by_phone"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Household(models.Model):
    """People who keep house together in one building. ``number`` is what the police station calls it; strangers may share one.

    ``building``, ``dwelling``: where it keeps house today, for what is written today, without dates on purpose: where its people
    lived on an earlier day is told by their residences alone, so that a household and its members can't contradict each other.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    building = models.ForeignKey("territory.Building", on_delete=models.PROTECT, related_name="+")
    dwelling = models.ForeignKey("territory.Dwelling", null=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, blank=True)
    pseudonym = models.CharField(max_length=16, unique=True)
    known_from = models.DateTimeField()
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["number"], name="household_by_number")]

    def __str__(self) -> str:
        return self.pseudonym


class Attestation(models.Model):
    """Who vouches for one field of a person, where that is not the file that last showed them: one row per person and field.

    What has no attestation was told by the source of ``Person.batch`` and is as old as the last round that showed the person.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="attestations")
    field = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    on = models.DateField()
    by = models.UUIDField(null=True)
    known_from = models.DateTimeField()
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "field"], name="one_attestation_per_field")]

    def __str__(self) -> str:
        return f"{self.field} {self.source}"


class FormerNumber(models.Model):
    """A document number that somebody had before, so that they are still found by it. ``until``: the day of the new one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("trust.Zone", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("register.Person", on_delete=models.CASCADE, related_name="former_numbers")
    sealed_number = models.BinaryField()
    number_index = models.BinaryField(db_index=True)
    document_kind = models.CharField(max_length=3, blank=True)
    until = models.DateField()
    known_from = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
