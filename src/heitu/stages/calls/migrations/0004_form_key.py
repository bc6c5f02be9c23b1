"""A form that is sent twice makes one call."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0003_search_text")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="form_key",
            field=models.CharField(
                blank=True, help_text="of the form that made it", max_length=40, null=True, unique=True
            ),
        ),
    ]
