"""Lists show the newest first; without the index every page of them sorts the whole table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0002_append_only")]

    operations = [
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["-published_at", "-id"], name="publication_newest"),
        ),
    ]
