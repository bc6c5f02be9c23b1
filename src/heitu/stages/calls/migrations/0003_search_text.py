"""One column that a search looks through: taking the texts of 3,000 calls out of JSON each time took 20 ms."""

from django.db import migrations, models
from django.db.models import Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat, Lower

SEARCHED = Concat(
    "number", Value("\n"), "task", Value("\n"), KeyTextTransform("zh", "title"), Value("\n"),
    KeyTextTransform("en", "title"), Value("\n"), KeyTextTransform("zh", "summary"), Value("\n"),
    KeyTextTransform("en", "summary"), output_field=models.TextField(),
)


class Migration(migrations.Migration):
    dependencies = [("calls", "0002_newest_first")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="search_text",
            field=models.GeneratedField(expression=Lower(SEARCHED), output_field=models.TextField(), db_persist=True),
        ),
    ]
