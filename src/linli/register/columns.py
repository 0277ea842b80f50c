"""Which columns of the register are sealed, and what goes beside them when a person is erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.register.models import (
    Attestation,
    CareNeed,
    FormerNumber,
    Hukou,
    LetterCode,
    Link,
    Membership,
    Person,
    Residence,
    ReviewItem,
    Tie,
)
from linli.register.rules import sealing as places
from linli.trust import SYSTEM, Blinder, erase_subject, on_erased, sealed

_NAME_TOKENS = ("name_token", "given_token", "pinyin_token", "initials_token")
_KEPT = ("kept", "rows")
"""What an answer to a question keeps of the rows it changed, to be taken back by (``writing.keeping``)."""
_OF_PERSON = (
    ("Residence", "sealed_address", places.HOME_ADDRESS),
    ("Hukou", "sealed_address", places.HUKOU_ADDRESS),
    ("CareNeed", "sealed_helper", places.HELPER),
    ("Tenancy", "sealed_landlord", places.LANDLORD),
    ("Permit", "sealed_number", places.PERMIT_NUMBER),
)


def declare_sealed() -> None:
    """Tell trust, so that erasing and sealing anew reach every one of them."""
    person = "register.Person"
    sealed(
        person, "sealed_name", places.NAME, derived=_NAME_TOKENS, derives=lambda blind, text, _: places.name_tokens(blind, text),
        blanks={"register_no": ""},
    )  # fmt: skip
    for model in (person, "register.FormerNumber"):
        place = places.NUMBER if model == person else places.FORMER_NUMBER
        way = "subject" if model == person else "person__subject"
        kind = ("document_kind",)
        sealed(model, "sealed_number", place, subject=way, derived=("number_index",), derives=_number_index, reads=kind)
    sealed(person, "sealed_phone", places.PHONE, derived=("phone_token",), derives=_phone_token)
    sealed(person, "sealed_birth", places.BIRTH, blanks={"birth_month": None, "document_expires": None})
    for model, name, place in _OF_PERSON:
        sealed(f"register.{model}", name, place, subject="person__subject")
    sealed("register.ReviewItem", "told", places.TOLD)
    sealed("register.Declaration", "told", places.DECLARED)
    on_erased(_forget)


def _number_index(blind: Blinder, number: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"number_index": places.number_index(blind, row["document_kind"], number)}


def _phone_token(blind: Blinder, phone: str, _row: Mapping[str, Any]) -> dict[str, Any]:
    return {"phone_token": places.phone_token(blind, phone)}


def _forget(community: UUID, subject: UUID) -> None:
    """What is no sealed column: former numbers, the account, letters, and all that could bring keyed hashes back.

    What files and answers noted of the rows as they stood before goes, too, so they can't be undone for this person any more.
    Sources must compare the person's row in full.
    """
    from linli.intake import forget_changes, forget_prints

    people = list(Person.objects.filter(community=community, subject=subject).values_list("id", flat=True))
    # A record that stands beside theirs is the same person's: it goes with it.
    beside = Link.objects.filter(community=community, person__in=people, other__isnull=False, ended_at__isnull=True)
    for other in list(beside.values_list("other__subject", flat=True)):
        erase_subject(by=SYSTEM, community=community, subject=other, reason="same_person")
    for model in (FormerNumber, Attestation, Tie, LetterCode):
        model._default_manager.filter(community=community, person__in=people).delete()
    rows = [*people]
    for dated in (Residence, Hukou, Membership, CareNeed):
        rows += dated._default_manager.filter(community=community, person__in=people).values_list("id", flat=True)
    forget_prints(community, people)
    forget_changes(community, rows)
    for person in people:
        for item in ReviewItem.objects.filter(community=community, details__icontains=str(person)):
            item.details = {name: value for name, value in item.details.items() if name not in _KEPT}
            item.save(update_fields=["details"])
        Link.objects.filter(community=community).filter(Q(person=person) | Q(other=person)).update(before={})
