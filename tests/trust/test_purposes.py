"""Every kind of personal data has its purpose, every purpose its ground and its end; the notice says it in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.db import models

from linli.trust.purposes import rules
from linli.trust.purposes.rules import (
    Basis,
    PersonalField,
    Sensitivity,
    consent_texts,
    keep_days,
    notice,
    personal_fields,
    purposes,
)
from linli.trust.rules import Role

TECHNICAL = {"id", "batch", "row", "by", "role", "at", "known_from", "ended_known"}
"""What a row needs to be a row: ids, when and by whom it was written."""

ABOUT_PEOPLE = ("register.Person", "trust.Subject")
WITHOUT_PERSON = {"register.Household", "register.Visit"}
"""Tables that are about people though they point to none."""


def _personal_tables() -> dict[str, type[models.Model]]:
    """Tables of the register, and everything else that points to a person or a data subject."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label
        targets = {f.related_model._meta.label for f in model._meta.concrete_fields if f.is_relation and f.related_model}
        if label == "register.Person" or label in WITHOUT_PERSON or targets & set(ABOUT_PEOPLE):
            found[label] = model
    return found


def _told(model: type[models.Model]) -> set[str]:
    """The columns that say something: no keys, no relations, nothing that only tells when and by whom a row was written."""
    return {
        field.name
        for field in model._meta.concrete_fields
        if not field.is_relation and field.name not in TECHNICAL and not field.name.endswith(("_at", "_by"))
    }


# Keys are what makes the rest personal data or not; they carry nothing themselves.
KEYS = {"trust.WrappedKey"}


def test_every_personal_column_has_its_purpose() -> None:
    declared: dict[str, set[str]] = {}
    for field in personal_fields():
        declared.setdefault(field.table, set()).update(field.columns)
    missing = {
        label: sorted(lost)
        for label, model in _personal_tables().items()
        if label not in KEYS and (lost := _told(model) - declared.get(label, set()))
    }
    assert missing == {}


def test_no_sealed_column_anywhere_is_without_purpose() -> None:
    declared = {(field.table, column) for field in personal_fields() for column in field.columns}
    sealed = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.startswith("sealed_") and isinstance(field, models.BinaryField)
    }
    assert sealed
    assert sealed - declared == set()


@pytest.mark.parametrize("field", personal_fields(), ids=lambda field: f"{field.table}-{field.columns[0]}")
def test_what_is_declared_is_there(field: PersonalField) -> None:
    model = apps.get_model(field.table)
    assert set(field.columns) <= {one.name for one in model._meta.concrete_fields}
    assert field.purposes
    assert set(field.purposes) <= set(purposes())
    assert field.source
    assert all(field.name.values())


def test_every_purpose_has_ground_authority_and_end() -> None:
    for purpose in purposes().values():
        assert all(law and article for law, article in purpose.laws)
        assert all(purpose.name.values())
        assert all(purpose.authority.values())
        assert purpose.keep_days > 0
        assert set(purpose.who) <= set(Role)
        assert purpose.who
        assert purpose.checked in {"yes", "partly", "no"}


def test_every_purpose_is_served_by_some_data() -> None:
    used = {key for field in personal_fields() for key in field.purposes}
    assert set(purposes()) == used


def test_a_purpose_by_consent_has_a_text_and_one_by_law_has_none() -> None:
    for purpose in purposes().values():
        texts = consent_texts(purpose.key)
        assert bool(texts) is (purpose.basis is Basis.CONSENT)
        assert [text.version for text in texts] == list(range(1, len(texts) + 1))
        assert [text.since for text in texts] == sorted(text.since for text in texts)
        assert all(all(text.words.values()) for text in texts)
        if texts:
            assert texts[-1].version == purpose.version


def test_texts_are_in_force_from_their_day() -> None:
    assert rules.texts_on("care", date(2025, 12, 31)) == ()
    assert [text.version for text in rules.texts_on("care", date(2026, 8, 31))] == [1]
    assert [text.version for text in rules.texts_on("care", date(2026, 9, 1))] == [1, 2]


def test_the_log_is_never_kept_shorter_than_the_law_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert purposes()["log"].keep_least == rules.LOG_LEAST_DAYS
    assert keep_days("log") >= rules.LOG_LEAST_DAYS
    from dataclasses import replace

    short = {"log": replace(purposes()["log"], keep_days=1)}
    monkeypatch.setattr(rules, "purposes", lambda: short)
    assert keep_days("log") == rules.LOG_LEAST_DAYS


def test_all_data_of_a_child_are_sensitive() -> None:
    for field in personal_fields():
        assert field.about(guarded=True) is Sensitivity.MINOR
        assert field.about(guarded=False) is field.sensitivity


def test_the_notice_names_every_kind_under_every_purpose_it_serves() -> None:
    told = {(row.purpose.key, kind["en"]) for row in notice() for kind in row.kinds}
    assert told == {(purpose, field.name["en"]) for field in personal_fields() for purpose in field.purposes}
    for row in notice():
        assert {kind["en"] for kind in row.sensitive} <= {kind["en"] for kind in row.kinds}
