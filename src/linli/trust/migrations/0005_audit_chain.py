"""The chain over the audit trail, and which event touched which object. Events there are wait for their first seal."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from itertools import islice

import django.db.models
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import linli.kernel.ids

MOST_TOUCHED = 50
AT_ONCE = 2000


def take_in(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Every event so far waits for a seal; what it touched can be looked up."""
    events = apps.get_model("trust", "AuditEvent").objects.order_by("id").values_list("id", "community_id", "ids")
    pending, touch = apps.get_model("trust", "AuditPending"), apps.get_model("trust", "AuditTouch")
    rows: Iterable[tuple[uuid.UUID, uuid.UUID | None, list[str]]] = events.iterator(chunk_size=AT_ONCE)
    rows = iter(rows)
    while some := list(islice(rows, AT_ONCE)):
        pending.objects.bulk_create(pending(event_id=event, community_id=community) for event, community, _ids in some)
        touch.objects.bulk_create(
            touch(object_id=uuid.UUID(touched), event_id=event, community_id=community)
            for event, community, ids in some
            if len(ids) <= MOST_TOUCHED
            for touched in dict.fromkeys(ids)
        )


class Migration(migrations.Migration):
    dependencies = [("trust", "0004_subject_keys")]

    operations = [
        migrations.CreateModel(
            name="AuditBlock",
            fields=[
                (
                    "id",
                    models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("community_id", models.UUIDField(null=True)),
                ("chain", models.CharField(max_length=36)),
                ("number", models.PositiveIntegerField()),
                ("events", models.PositiveIntegerField()),
                ("late", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
                ("members", models.BinaryField()),
                ("link_before", models.BinaryField(max_length=32)),
                ("link", models.BinaryField(max_length=32)),
                ("suite", models.PositiveSmallIntegerField()),
                ("sealed_at", models.DateTimeField()),
                ("dropped_at", models.DateTimeField(null=True)),
                ("dropped_key", models.CharField(blank=True, max_length=32)),
                ("dropped_signature", models.BinaryField(default=b"", max_length=64)),
            ],
            options={
                "ordering": ["chain", "number"],
                "constraints": [models.UniqueConstraint(fields=("chain", "number"), name="audit_block_once")],
            },
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "id",
                    models.UUIDField(default=linli.kernel.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("community_id", models.UUIDField(null=True)),
                ("chain", models.CharField(max_length=36)),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("block", models.PositiveIntegerField()),
                ("events", models.PositiveBigIntegerField()),
                ("link", models.BinaryField(max_length=32)),
                ("suite", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=32)),
                ("signature", models.BinaryField(max_length=64)),
            ],
            options={
                "ordering": ["chain", "block"],
                "constraints": [models.UniqueConstraint(fields=("chain", "block"), name="audit_head_once")],
            },
        ),
        migrations.CreateModel(
            name="AuditPending",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("community_id", models.UUIDField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditTouch",
            fields=[
                (
                    "pk",
                    django.db.models.CompositePrimaryKey(
                        "object_id", "event_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("object_id", models.UUIDField()),
                ("event_id", models.UUIDField(db_index=True)),
                ("community_id", models.UUIDField(null=True)),
            ],
        ),
        migrations.RunPython(take_in, migrations.RunPython.noop),
    ]
