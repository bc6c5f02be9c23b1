"""Lists show the newest first; without the index every page of them sorts the whole table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["-started_at", "-id"], name="application_newest"),
        ),
    ]
