"""A version whose judging keeps failing for the operator's faults says since when, and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0007_rejudgements")]

    operations = [
        migrations.AddField(
            "deliverable", "held_since",
            models.DateTimeField(
                blank=True, help_text="since when judging has kept failing for faults of ours", null=True
            ),
        ),
        migrations.AddField(
            "deliverable", "held_by",
            models.CharField(
                blank=True,
                choices=[
                    ("disk", "磁盘已满 The disk is full"), ("database", "数据库连不上 The database can’t be reached"),
                    ("files", "文件读不到 Files can’t be read"), ("fault", "评测机故障 Judge at fault"),
                ],
                max_length=8,
            ),
        ),
    ]
