from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A condition that a question doesn't repeat word for word keeps SQLite from using the index: it read every row instead."""

    dependencies = [
        ("register", "0005_declarations_and_letters"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="household", name="household_by_number"),
        migrations.RemoveIndex(model_name="person", name="person_by_register_no"),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["number"], name="household_by_number"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["register_no"], name="person_by_register_no"),
        ),
    ]
