"""What 0002 does with the rows that are there: values in clear go under the key of their data subject."""

from __future__ import annotations

import base64
from datetime import date

from linli.register.rules.sealing import HOME_ADDRESS, HUKOU_ADDRESS, person_columns, sealed
from linli.trust import SubjectKey, blinder
from linli.trust.keyring import ring
from linli.trust.sealing.keys import Unwrapping

PLAIN = ("name", "number", "document_number", "phone", "birth_date")
SIZE = 900


def seal(apps, _editor):
    """Everybody's values, and what intake noted of them before its files changed them, so that those can still be undone."""
    Person = apps.get_model("register", "Person")
    for community in Person.objects.order_by().values_list("community_id", flat=True).distinct():
        keys = _keys(apps, community)
        blind = blinder(community)
        people = Person.objects.filter(community_id=community)
        subjects = dict(people.values_list("id", "subject_id"))
        kinds = dict(people.values_list("id", "document_kind"))
        for ids in _parts(subjects):
            rows = list(people.filter(id__in=ids))
            for row in rows:
                values = {name: getattr(row, name) for name in PLAIN}
                for column, value in person_columns(keys[row.subject_id], blind, values, document_kind=row.document_kind).items():
                    setattr(row, column, value)
            Person.objects.bulk_update(rows, SEALED, batch_size=200)
        for model, place in (("Residence", HOME_ADDRESS), ("Hukou", HUKOU_ADDRESS)):
            _seal_addresses(apps.get_model("register", model), community, keys, subjects, place)
        _seal_changes(apps, community, keys, subjects, kinds, blind)


SEALED = [
    *("sealed_name", "sealed_number", "sealed_phone", "sealed_birth", "number_index", "birth_month"),
    *("name_token", "given_token", "pinyin_token", "initials_token", "phone_token"),
]


def _keys(apps, community):
    held = ring(str(community))
    unwrap = Unwrapping(held)
    rows = apps.get_model("trust", "WrappedKey").objects.filter(community_id=community)
    return {
        subject: SubjectKey(subject, unwrap(subject, version, wrapped), held.suite)
        for subject, version, wrapped in rows.values_list("subject_id", "version", "wrapped")
    }


def _seal_addresses(model, community, keys, subjects, place):
    written = model.objects.filter(community_id=community).exclude(address_text="")
    for ids in _parts(written.values_list("id", flat=True)):
        rows = list(model.objects.filter(id__in=ids))
        for row in rows:
            row.sealed_address = sealed(keys[subjects[row.person_id]], place, row.address_text)
        model.objects.bulk_update(rows, ["sealed_address"], batch_size=200)


def _seal_changes(apps, community, keys, subjects, kinds, blind):
    Change = apps.get_model("intake", "Change")
    owners = {label: dict(apps.get_model(label).objects.filter(community_id=community).values_list("id", "person_id"))
              for label in ("register.Residence", "register.Hukou")}  # fmt: skip
    owners["register.Person"] = {person: person for person in subjects}
    places = {"register.Residence": HOME_ADDRESS, "register.Hukou": HUKOU_ADDRESS}
    noted = Change.objects.filter(community_id=community, model__in=list(owners))
    for ids in _parts(noted.values_list("id", flat=True)):
        rows = []
        for row in Change.objects.filter(id__in=ids):
            person = owners[row.model].get(row.object_id)
            if person is None:
                continue
            before, key = dict(row.before), keys[subjects[person]]
            plain = {name: before.pop(name) for name in PLAIN if name in before}
            if plain:
                if "birth_date" in plain:
                    plain["birth_date"] = date.fromisoformat(plain["birth_date"])
                kind = before.get("document_kind", kinds[person])
                before |= {name: _json(value) for name, value in person_columns(key, blind, plain, document_kind=kind).items()}
            if "address_text" in before:
                before["sealed_address"] = _json(sealed(key, places[row.model], before.pop("address_text")))
            row.before = before
            rows.append(row)
        Change.objects.bulk_update(rows, ["before"], batch_size=200)


def _json(value):
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    return value.isoformat() if isinstance(value, date) else value


def _parts(values):
    whole = list(values)
    for start in range(0, len(whole), SIZE):
        yield whole[start : start + SIZE]
