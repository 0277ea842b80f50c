"""What tells who somebody is goes under the key of their data subject; names and numbers in clear leave the database."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from linli.register.migrations._new_tables import NEW_TABLES
from linli.register.migrations._sealing import seal


class Migration(migrations.Migration):
    dependencies = [
        ("register", "0001_initial"),
        ("territory", "0001_initial"),
        ("trust", "0004_subject_keys"),
        ("intake", "0001_initial"),
    ]

    operations = [
        *NEW_TABLES,
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
