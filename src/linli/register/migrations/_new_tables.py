"""The tables that 0002 adds."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models.deletion import CASCADE, PROTECT, SET_NULL

import linli.kernel.ids

NEW_TABLES = [
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
    migrations.AddField(
        model_name="addressalias",
        name="building",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="territory.building"),
    ),
    migrations.AddField(
        model_name="addressalias",
        name="community",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="addressalias",
        name="dwelling",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="territory.dwelling"),
    ),
    migrations.AddField(
        model_name="attestation",
        name="community",
        field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="attestation",
        name="person",
        field=models.ForeignKey(on_delete=CASCADE, related_name="attestations", to="register.person"),
    ),
    migrations.AddField(
        model_name="declaration",
        name="building",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="territory.building"),
    ),
    migrations.AddField(
        model_name="declaration",
        name="community",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="declaration",
        name="dwelling",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="territory.dwelling"),
    ),
    migrations.AddField(
        model_name="declaration",
        name="person",
        field=models.ForeignKey(null=True, on_delete=SET_NULL, related_name="declarations", to="register.person"),
    ),
    migrations.AddField(
        model_name="declaration",
        name="subject",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="trust.subject"),
    ),
    migrations.AddField(
        model_name="gridsignature",
        name="community",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="gridsignature",
        name="grid",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="lettercode",
        name="community",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="lettercode",
        name="person",
        field=models.ForeignKey(on_delete=CASCADE, related_name="letters", to="register.person"),
    ),
    migrations.AddField(
        model_name="link",
        name="community",
        field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="link",
        name="other",
        field=models.ForeignKey(null=True, on_delete=CASCADE, related_name="linked_to", to="register.person"),
    ),
    migrations.AddField(
        model_name="link",
        name="person",
        field=models.ForeignKey(on_delete=CASCADE, related_name="links", to="register.person"),
    ),
    migrations.AddField(
        model_name="permit",
        name="community",
        field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="permit",
        name="person",
        field=models.ForeignKey(on_delete=CASCADE, related_name="permits", to="register.person"),
    ),
    migrations.AddField(
        model_name="reviewitem",
        name="building",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="territory.building"),
    ),
    migrations.AddField(
        model_name="reviewitem",
        name="community",
        field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="reviewitem",
        name="dwelling",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="territory.dwelling"),
    ),
    migrations.AddField(
        model_name="reviewitem",
        name="other",
        field=models.ForeignKey(null=True, on_delete=CASCADE, related_name="+", to="register.person"),
    ),
    migrations.AddField(
        model_name="reviewitem",
        name="person",
        field=models.ForeignKey(null=True, on_delete=CASCADE, related_name="questions", to="register.person"),
    ),
    migrations.AddField(
        model_name="reviewitem",
        name="subject",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="trust.subject"),
    ),
    migrations.AddField(
        model_name="tenancy",
        name="community",
        field=models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="tenancy",
        name="dwelling",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="territory.dwelling"),
    ),
    migrations.AddField(
        model_name="tenancy",
        name="landlord",
        field=models.ForeignKey(null=True, on_delete=SET_NULL, related_name="lettings", to="register.person"),
    ),
    migrations.AddField(
        model_name="tenancy",
        name="person",
        field=models.ForeignKey(null=True, on_delete=CASCADE, related_name="tenancies", to="register.person"),
    ),
    migrations.AddField(
        model_name="tie",
        name="community",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="tie",
        name="person",
        field=models.ForeignKey(on_delete=CASCADE, related_name="ties", to="register.person"),
    ),
    migrations.AddField(
        model_name="visit",
        name="building",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="territory.building"),
    ),
    migrations.AddField(
        model_name="visit",
        name="community",
        field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="trust.zone"),
    ),
    migrations.AddField(
        model_name="visit",
        name="dwelling",
        field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="territory.dwelling"),
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
]
