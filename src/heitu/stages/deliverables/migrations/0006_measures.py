"""Models have a measure instead of a speed-up. What ranks either is derived in the database, as is how long the judge
took: verdicts may not be changed, so those that are there can only get columns that follow from what they hold."""

from django.db import migrations, models
from django.db.models import Case, Expression, F, FloatField, GeneratedField, Q, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce


def derived(expression: Expression) -> GeneratedField:
    return GeneratedField(expression=expression, output_field=FloatField(), db_persist=True)


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0005_judging_machines")]

    operations = [
        migrations.AddField("verdict", "measure_name", models.CharField(blank=True, max_length=20)),
        migrations.AddField("verdict", "measure", models.FloatField(blank=True, null=True)),
        migrations.AddField("verdict", "measure_low", models.FloatField(blank=True, null=True)),
        migrations.AddField("verdict", "measure_high", models.FloatField(blank=True, null=True)),
        migrations.AddField(
            "verdict", "measure_higher",
            models.BooleanField(default=True, help_text="whether more of the measure is better"),
        ),
        migrations.AddField(
            "verdict", "rank_low",
            derived(Coalesce(
                "speedup_low", Case(When(measure_higher=True, then=F("measure_low")), default=F("measure_high") * -1.0)
            )),
        ),
        migrations.AddField(
            "verdict", "rank_high",
            derived(Coalesce(
                "speedup_high", Case(When(measure_higher=True, then=F("measure_high")), default=F("measure_low") * -1.0)
            )),
        ),
        migrations.AddField("verdict", "seconds", derived(Cast(KeyTextTransform("seconds", "record"), FloatField()))),
        migrations.AddIndex(
            "verdict", models.Index(fields=["-judged_at"], condition=Q(is_simulated=False), name="verdict_lately")
        ),
    ]
