"""A judging anew says what holds it up, as a version does; and that no machine is fit for it is one of the reasons."""

from django.db import migrations, models

CHOICES = [
    ("disk", "磁盘已满 The disk is full"), ("database", "数据库连不上 The database can’t be reached"),
    ("files", "文件读不到 Files can’t be read"),
    ("machine", "没有适合的评测机 No machine is fit for it at present"), ("fault", "评测机故障 Judge at fault"),
]


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0008_held_up")]

    operations = [
        migrations.AddField(
            "rejudgement", "held_since", models.DateTimeField(blank=True, help_text="as of a version", null=True)
        ),
        migrations.AddField("rejudgement", "held_by", models.CharField(blank=True, choices=CHOICES, max_length=8)),
        migrations.AlterField("deliverable", "held_by", models.CharField(blank=True, choices=CHOICES, max_length=8)),
    ]
