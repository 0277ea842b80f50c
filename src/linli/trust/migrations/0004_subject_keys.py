"""Every data subject gets a key; those who are there already get theirs now."""

from __future__ import annotations

import os
from itertools import groupby

import django.db.models.deletion
from django.db import migrations, models

from linli.trust.keyring import ring
from linli.trust.sealing.keys import wrapped_keys


def give_keys(apps, _editor):
    """A key for each subject, wrapped under the ring of its community."""
    keys = apps.get_model("trust", "WrappedKey").objects
    rows = apps.get_model("trust", "Subject").objects.order_by("community_id").values_list("community_id", "id")
    for community, some in groupby(rows.iterator(), key=lambda row: row[0]):
        held = ring(str(community))
        ids = [subject for _, subject in some]
        wrapped = wrapped_keys(held, ids, (os.urandom(32) for _ in ids))
        made = (
            keys.model(subject_id=i, community_id=community, version=held.current, suite=held.suite, wrapped=w)
            for i, w in zip(ids, wrapped, strict=True)
        )
        keys.bulk_create(made, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("trust", "0003_installation")]

    operations = [
        migrations.CreateModel(
            name="WrappedKey",
            fields=[
                (
                    "subject",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="wrapped_key",
                        serialize=False,
                        to="trust.subject",
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.zone"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("suite", models.PositiveSmallIntegerField()),
                ("wrapped", models.BinaryField(max_length=128)),
            ],
            options={"indexes": [models.Index(fields=["community", "version", "suite"], name="wrapped_key_by_version")]},
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
    ]
