from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('territory', '0002_drafts_lineage_duties'),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='asked',
            field=models.JSONField(default=dict),
        ),
    ]
