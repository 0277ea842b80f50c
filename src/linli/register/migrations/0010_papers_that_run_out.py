from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import linli.kernel.ids


class Migration(migrations.Migration):
    """Applications for a residence permit, and documents by the day on which they run out."""

    dependencies = [
        ("register", "0009_whom_a_file_named"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["document_expires"], condition=Q(document_expires__isnull=False), name="person_by_expiry"),
        ),
        migrations.CreateModel(
            name="PermitApplication",
            fields=[
                (
                    "id",
                    models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("applied_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permit_applications",
                        to="register.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)), fields=("person",), name="one_open_application"
                    )
                ],
            },
        ),
    ]
