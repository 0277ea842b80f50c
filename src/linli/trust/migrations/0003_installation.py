"""A zone for the whole installation, above all others, so that its first administrator has somewhere to stand."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linli.kernel.ids import new_id

KINDS = ("installation", "city", "district", "subdistrict", "community", "grid")


def put_below(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Zones that had nothing above them move below the installation; an empty database gets it at first need."""
    zones = apps.get_model("trust", "Zone").objects
    tops = list(zones.filter(parent=None))
    if not tops:
        return
    root_id = new_id()
    name = {"en": "The whole installation", "zh-Hans": "整个系统"}
    root = zones.create(id=root_id, kind="installation", code="installation", name=name, path=f"/{root_id.hex}/")
    for top in tops:
        zones.filter(id=top.id).update(parent=root)
    for zone in zones.exclude(id=root_id):
        zones.filter(id=zone.id).update(path=f"/{root_id.hex}{zone.path}")


class Migration(migrations.Migration):
    dependencies = [("trust", "0002_keptanswer")]

    operations = [
        migrations.AlterField("zone", "kind", models.CharField(choices=[(k, k) for k in KINDS], max_length=16)),
        migrations.RunPython(put_below, migrations.RunPython.noop),
    ]
