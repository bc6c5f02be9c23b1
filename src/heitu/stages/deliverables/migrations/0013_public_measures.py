"""What a model reached on the public rows, which is all that teams see while the call runs."""

from django.db import migrations
from django.db.models import FloatField, GeneratedField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast


def of_public_rows(key: str) -> GeneratedField:
    found = KeyTextTransform(key, KeyTransform("public_measure", "record"))
    return GeneratedField(expression=Cast(found, FloatField()), output_field=FloatField(), db_persist=True)


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0012_clearances")]

    operations = [
        migrations.AddField("verdict", "public_measure", of_public_rows("mean")),
        migrations.AddField("verdict", "public_low", of_public_rows("low")),
        migrations.AddField("verdict", "public_high", of_public_rows("high")),
    ]
