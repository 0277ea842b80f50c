from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Who bears a name, or one that sounds alike, and was born about then: found in the index, as by given name."""

    dependencies = [
        ("register", "0010_papers_that_run_out"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="person", name="person_by_name"),
        migrations.RemoveIndex(model_name="person", name="person_by_pinyin"),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name_token", "birth_month"], name="person_by_name"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["pinyin_token", "birth_month"], name="person_by_pinyin"),
        ),
    ]
