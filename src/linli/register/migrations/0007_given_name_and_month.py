from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Who bears a given name, or four digits, and was born in a month: found in the index, instead of fetched by the hundred."""

    dependencies = [
        ("register", "0006_looked_up_by_any_value"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="person", name="person_by_given"),
        migrations.RemoveIndex(model_name="person", name="person_by_phone"),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["given_token", "birth_month"], name="person_by_given"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["phone_token", "birth_month"], name="person_by_phone"),
        ),
    ]
