"""Seeds are fixed before a version is judged, and never changed afterwards."""

import django.db.models.deletion
from django.db import migrations, models

from heitu.ground.audit.chain import append_only


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0003_newest_first")]

    operations = [
        migrations.AddField(
            model_name="deliverable",
            name="seed_hash",
            field=models.CharField(
                blank=True, default="", help_text="commits to the seed that it will be judged by", max_length=64
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="SealedSeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField()),
                ("salt", models.CharField(max_length=32)),
                (
                    "deliverable",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sealed_seed",
                        to="deliverables.deliverable",
                    ),
                ),
            ],
        ),
        append_only("deliverables_sealedseed"),
    ]
