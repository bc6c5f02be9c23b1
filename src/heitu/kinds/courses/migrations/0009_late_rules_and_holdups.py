"""Each notebook keeps the rule for lateness of its day; those handed in so far were marked by their class's present one."""

from django.db import migrations, models

HELD_BY = [
    ('sandbox', '批改机的沙箱不可用 The grading machine’s sandbox doesn’t work'),
    ('toolchain', '批改机缺少工具链 The grading machine lacks the toolchain'), ('disk', '磁盘已满 The disk is full'),
    ('database', '数据库连不上 The database can’t be reached'), ('files', '文件读不到 Files can’t be read'),
    ('fault', '批改机故障 The grading machine is at fault'),
]


def holdups(model: str) -> list[migrations.AddField]:
    return [
        migrations.AddField(model, 'held_since', models.DateTimeField(blank=True, null=True)),
        migrations.AddField(model, 'held_by', models.CharField(blank=True, choices=HELD_BY, default='', max_length=9), preserve_default=False),
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0008_waiting_notebooks'),
    ]

    operations = [
        migrations.AddField('labsubmission', 'late_percent', models.PositiveSmallIntegerField(default=10)),
        migrations.AddField('labsubmission', 'late_days', models.PositiveSmallIntegerField(default=7)),
        *holdups('labsubmission'),
        *holdups('regrade'),
        migrations.RunSQL(
            """
            UPDATE courses_labsubmission s SET late_percent = o.late_percent, late_days = o.late_days
            FROM courses_enrolment e JOIN courses_offering o ON o.id = e.offering_id WHERE e.id = s.enrolment_id
            """,
            migrations.RunSQL.noop,
        ),
    ]
