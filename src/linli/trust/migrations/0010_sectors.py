"""Zones of a community's other layers of grids: their codes count within it, as those of the people's grids do."""

from __future__ import annotations

from django.db import migrations, models

KINDS = ("installation", "city", "district", "subdistrict", "community", "grid", "sector")


class Migration(migrations.Migration):
    dependencies = [("trust", "0009_erased_marks_and_slips")]

    operations = [
        migrations.RemoveConstraint(model_name="zone", name="zone_code_unique_above_grids"),
        migrations.RemoveConstraint(model_name="zone", name="zone_grid_code_unique_in_parent"),
        migrations.AlterField(
            model_name="zone",
            name="kind",
            field=models.CharField(max_length=16, choices=[(kind, kind) for kind in KINDS]),
        ),
        migrations.AddConstraint(
            model_name="zone",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["grid", "sector"]), _negated=True),
                fields=("code",),
                name="zone_code_unique_above_grids",
            ),
        ),
        migrations.AddConstraint(
            model_name="zone",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["grid", "sector"])),
                fields=("parent", "code"),
                name="zone_grid_code_unique_in_parent",
            ),
        ),
    ]
