"""Teams take turns in the judge's queue: what waits already keeps its order, as all of one turn."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0009_rejudgements_held")]

    operations = [
        migrations.AddField(
            "deliverable", "turn",
            models.PositiveIntegerField(default=0, help_text="lower ones are judged first; see judging/turns.py"),
        ),
        migrations.RemoveIndex("deliverable", "deliverable_queue"),
        migrations.AddIndex("deliverable", models.Index(
            fields=["toolchain", "turn"], condition=Q(judging__in=["queued", "running"]), name="deliverable_queue",
        )),
        migrations.AddIndex("deliverable", models.Index(fields=["-turn"], name="deliverable_turns")),
    ]
