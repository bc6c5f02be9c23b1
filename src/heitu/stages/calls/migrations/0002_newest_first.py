"""Lists show the newest first; without the index every page of them sorts the whole table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                models.F("announced_at").desc(nulls_first=True), models.F("id").desc(), name="call_newest"
            ),
        ),
    ]
