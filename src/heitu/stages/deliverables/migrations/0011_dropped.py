"""What waited when its case ended is not judged any more, and says so."""

from django.db import migrations, models

CHOICES = [
    ("queued", "排队中 Queued"), ("running", "评测中 Judging"), ("done", "已评测 Judged"), ("failed", "评测故障 Judge at fault"),
    ("dropped", "不再评测 Not judged any more"), ("none", "人工评判 Judged by people"),
]


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0010_turns")]

    operations = [
        migrations.AlterField(model, "judging", models.CharField(choices=CHOICES, default="queued", max_length=8))
        for model in ("deliverable", "rejudgement")
    ]
