"""The machines that judge, as each announces itself."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0004_sealed_seed")]

    operations = [
        migrations.CreateModel(
            name="JudgingMachine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                ("processor", models.CharField(max_length=120)),
                ("cores", models.PositiveSmallIntegerField()),
                ("memory_mb", models.PositiveIntegerField()),
                (
                    "toolchains",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                (
                    "devices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list,
                        help_text="accelerators, as its operator names them", size=None,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
                (
                    "certified_at",
                    models.DateTimeField(blank=True, help_text="when it was last timed against itself", null=True),
                ),
                ("is_even", models.BooleanField(default=False, help_text="whether that came out even")),
                ("low", models.FloatField(blank=True, null=True)),
                ("high", models.FloatField(blank=True, null=True)),
                (
                    "working_on",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                        to="deliverables.deliverable",
                    ),
                ),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.AddField(
            model_name="deliverable",
            name="toolchain",
            field=models.CharField(
                blank=True, default="", help_text="what a machine needs to judge it", max_length=20
            ),
            preserve_default=False,
        ),
    ]
