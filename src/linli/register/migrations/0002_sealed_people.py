"""What tells who somebody is goes under the key of their data subject; names and numbers in clear leave the database."""

from __future__ import annotations

import base64
from datetime import date

import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.ids
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


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0001_initial"),
        ("territory", "0001_initial"),
        ("trust", "0004_subject_keys"),
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressAlias",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("text", models.CharField(max_length=200)),
                ("fragment", models.BooleanField(default=False)),
                ("stands_for", models.CharField(blank=True, max_length=120)),
                ("confirmed_at", models.DateTimeField()),
                ("confirmed_by", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("field", models.CharField(max_length=20)),
                ("source", models.CharField(max_length=20)),
                ("on", models.DateField()),
                ("by", models.UUIDField(null=True)),
                ("known_from", models.DateTimeField()),
                ("batch", models.UUIDField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("channel", models.CharField(max_length=8)),
                ("declarant", models.CharField(max_length=10)),
                ("told", models.BinaryField(default=b"")),
                ("token", models.CharField(blank=True, db_index=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("accepted", "accepted"), ("rejected", "rejected"), ("lapsed", "lapsed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="GridSignature",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("monday", models.DateField()),
                ("role", models.CharField(max_length=32)),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("counts", models.JSONField(default=dict)),
                ("note", models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="LetterCode",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("mark", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("by", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("how", models.CharField(max_length=12)),
                ("probability", models.FloatField(null=True)),
                ("model", models.CharField(blank=True, max_length=64)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("before", models.JSONField(default=dict)),
                ("row", models.PositiveIntegerField(null=True)),
                ("batch", models.UUIDField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Permit",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("sealed_number", models.BinaryField(default=b"")),
                ("issued_on", models.DateField()),
                ("endorsed", models.JSONField(default=list)),
                ("ended_on", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("batch", models.UUIDField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "matter",
                    models.CharField(
                        choices=[
                            ("same_person", "same_person"),
                            ("conflict", "conflict"),
                            ("left", "left"),
                            ("address", "address"),
                            ("relation", "relation"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("accepted", "accepted"), ("rejected", "rejected"), ("lapsed", "lapsed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("mark", models.BinaryField()),
                ("told", models.BinaryField(default=b"")),
                ("field", models.CharField(blank=True, max_length=20)),
                ("source", models.CharField(blank=True, max_length=64)),
                ("said_on", models.DateField(null=True)),
                ("probability", models.FloatField(null=True)),
                ("details", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("row", models.PositiveIntegerField(null=True)),
                ("batch", models.UUIDField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Tenancy",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("from_date", models.DateField()),
                ("to_date", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("ended_known", models.DateTimeField(null=True)),
                ("batch", models.UUIDField(db_index=True, null=True)),
                ("use", models.CharField(blank=True, max_length=2)),
                ("hazard", models.CharField(blank=True, max_length=2)),
                ("sealed_landlord", models.BinaryField(default=b"")),
            ],
        ),
        migrations.CreateModel(
            name="Tie",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("account", models.UUIDField(db_index=True)),
                ("how", models.CharField(max_length=8)),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("check", "check"), ("survey", "survey"), ("blind", "blind")], default="check", max_length=8
                    ),
                ),
                ("due", models.DateField(null=True)),
                ("on", models.DateField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("by", models.UUIDField(null=True)),
                ("findings", models.JSONField(default=dict)),
                ("known_from", models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="person",
            name="person_by_name",
        ),
        migrations.RemoveIndex(
            model_name="person",
            name="person_by_number",
        ),
        migrations.AddField(
            model_name="careneed",
            name="checked_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="careneed",
            name="law",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="careneed",
            name="sealed_helper",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="careneed",
            name="source",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="hukou",
            name="sealed_address",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="person",
            name="birth_month",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="document_expires",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="given_token",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="initials_token",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="marital",
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.AddField(
            model_name="person",
            name="name_token",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="number_index",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="phone_token",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="pinyin_token",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="sealed_birth",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="person",
            name="sealed_name",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="person",
            name="sealed_number",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="person",
            name="sealed_phone",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="registerround",
            name="coverage",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="registerround",
            name="source",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="residence",
            name="housing",
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.AddField(
            model_name="residence",
            name="reason",
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.AddField(
            model_name="residence",
            name="sealed_address",
            field=models.BinaryField(default=b""),
        ),
        migrations.AlterField(
            model_name="careneed",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AlterField(
            model_name="household",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AlterField(
            model_name="hukou",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="document_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("111", "111"),
                    ("112", "112"),
                    ("113", "113"),
                    ("114", "114"),
                    ("115", "115"),
                    ("116", "116"),
                    ("117", "117"),
                    ("411", "411"),
                    ("412", "412"),
                    ("413", "413"),
                    ("414", "414"),
                    ("415", "415"),
                    ("416", "416"),
                    ("417", "417"),
                    ("418", "418"),
                    ("419", "419"),
                    ("420", "420"),
                    ("421", "421"),
                    ("511", "511"),
                    ("513", "513"),
                    ("516", "516"),
                    ("517", "517"),
                    ("551", "551"),
                    ("552", "552"),
                    ("553", "553"),
                    ("554", "554"),
                    ("555", "555"),
                    ("990", "990"),
                    ("L16", "L16"),
                    ("L11", "L11"),
                ],
                max_length=3,
            ),
        ),
        migrations.AlterField(
            model_name="residence",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AlterField(
            model_name="residence",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("moved_out", "Moved Out"),
                    ("died", "Died"),
                    ("moved_within", "Moved Within"),
                    ("corrected", "Corrected"),
                    ("same_person", "Same Person"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="careneed",
            index=models.Index(fields=["community", "to_date"], name="need_current"),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(condition=models.Q(("number", ""), _negated=True), fields=["number"], name="household_by_number"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("number_index__isnull", False)), fields=["number_index"], name="person_by_number"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("register_no", ""), _negated=True), fields=["register_no"], name="person_by_register_no"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name_token"], name="person_by_name"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["given_token"], name="person_by_given"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["pinyin_token"], name="person_by_pinyin"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["initials_token"], name="person_by_initials"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("phone_token__isnull", False)), fields=["phone_token"], name="person_by_phone"
            ),
        ),
        migrations.AddField(
            model_name="addressalias",
            name="building",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.building"
            ),
        ),
        migrations.AddField(
            model_name="addressalias",
            name="community",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"),
        ),
        migrations.AddField(
            model_name="addressalias",
            name="dwelling",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.dwelling"
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="attestations", to="register.person"
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="building",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.building"
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="community",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"),
        ),
        migrations.AddField(
            model_name="declaration",
            name="dwelling",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.dwelling"
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="declarations", to="register.person"
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="subject",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.subject"),
        ),
        migrations.AddField(
            model_name="gridsignature",
            name="community",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"),
        ),
        migrations.AddField(
            model_name="gridsignature",
            name="grid",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"),
        ),
        migrations.AddField(
            model_name="lettercode",
            name="community",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"),
        ),
        migrations.AddField(
            model_name="lettercode",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="letters", to="register.person"),
        ),
        migrations.AddField(
            model_name="link",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="other",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="linked_to", to="register.person"
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="links", to="register.person"),
        ),
        migrations.AddField(
            model_name="permit",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AddField(
            model_name="permit",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="permits", to="register.person"),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="building",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.building"
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="dwelling",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.dwelling"
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="other",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="register.person"
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="register.person"
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="subject",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.subject"),
        ),
        migrations.AddField(
            model_name="tenancy",
            name="community",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
            ),
        ),
        migrations.AddField(
            model_name="tenancy",
            name="dwelling",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.dwelling"),
        ),
        migrations.AddField(
            model_name="tenancy",
            name="landlord",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="lettings", to="register.person"
            ),
        ),
        migrations.AddField(
            model_name="tenancy",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="tenancies", to="register.person"
            ),
        ),
        migrations.AddField(
            model_name="tie",
            name="community",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"),
        ),
        migrations.AddField(
            model_name="tie",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="ties", to="register.person"),
        ),
        migrations.AddField(
            model_name="visit",
            name="building",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.building"),
        ),
        migrations.AddField(
            model_name="visit",
            name="community",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"),
        ),
        migrations.AddField(
            model_name="visit",
            name="dwelling",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="territory.dwelling"
            ),
        ),
        migrations.AddConstraint(
            model_name="addressalias",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("community", "text"), name="alias_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(fields=("person", "field"), name="one_attestation_per_field"),
        ),
        migrations.AddIndex(
            model_name="declaration",
            index=models.Index(fields=["community", "state"], name="declaration_open"),
        ),
        migrations.AddConstraint(
            model_name="gridsignature",
            constraint=models.UniqueConstraint(fields=("grid", "monday", "role"), name="grid_signed_once_by_role"),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("other",), name="other_linked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)), fields=("person",), name="one_open_permit"
            ),
        ),
        migrations.AddIndex(
            model_name="reviewitem",
            index=models.Index(fields=["community", "state", "matter"], name="question_open"),
        ),
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("community", "mark"), name="question_asked_once"
            ),
        ),
        migrations.AddIndex(
            model_name="tenancy",
            index=models.Index(fields=["dwelling", "to_date"], name="tenancy_of_dwelling"),
        ),
        migrations.AddConstraint(
            model_name="tenancy",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_date__isnull", True), ("to_date__gte", models.F("from_date")), _connector="OR"),
                name="tenancy_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="tie",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("person",), name="one_account_of_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="tie",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("account", "community"), name="one_person_of_an_account"
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["community", "kind", "due"], name="visit_due"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["dwelling", "on"], name="visit_of_dwelling"),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="hukou",
            name="address_text",
        ),
        migrations.RemoveField(
            model_name="person",
            name="birth_date",
        ),
        migrations.RemoveField(
            model_name="person",
            name="document_number",
        ),
        migrations.RemoveField(
            model_name="person",
            name="name",
        ),
        migrations.RemoveField(
            model_name="person",
            name="number",
        ),
        migrations.RemoveField(
            model_name="person",
            name="phone",
        ),
        migrations.RemoveField(
            model_name="residence",
            name="address_text",
        ),
    ]
