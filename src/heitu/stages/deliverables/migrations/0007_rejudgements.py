"""A version can be judged anew into a shadow; of a verdict's row only which one is in force may change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from heitu.ground.audit.chain import append_only

EVIDENCE = [
    "id", "of_id", "code", "accepted", "score", "speedup", "speedup_low", "speedup_high", "measure_name", "measure",
    "measure_low", "measure_high", "measure_higher", "cases_passed", "cases_total", "is_simulated", "record", "shown",
    "signature", "judged_at",
]
LIFT = "DROP FUNCTION deliverables_verdict_append_only() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0006_measures"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.RunSQL(LIFT, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="verdict",
            name="of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="verdicts",
                to="deliverables.deliverable",
            ),
        ),
        migrations.RunSQL("UPDATE deliverables_verdict SET of_id = deliverable_id", migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="verdict",
            name="of",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="verdicts", to="deliverables.deliverable"
            ),
        ),
        migrations.AlterField(
            model_name="verdict",
            name="deliverable",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="verdict",
                to="deliverables.deliverable",
            ),
        ),
        append_only("deliverables_verdict", fixed=EVIDENCE),
        migrations.CreateModel(
            name="Rejudgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "judging",
                    models.CharField(
                        choices=[
                            ("queued", "排队中 Queued"), ("running", "评测中 Judging"), ("done", "已评测 Judged"),
                            ("failed", "评测故障 Judge at fault"), ("none", "人工评判 Judged by people"),
                        ],
                        default="queued", max_length=8,
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True, choices=[("promoted", "已采用 Put in force"), ("dismissed", "未采用 Left aside")],
                        max_length=9,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deliverable",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rejudgements",
                        to="deliverables.deliverable",
                    ),
                ),
                (
                    "shadow",
                    models.OneToOneField(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rejudgement",
                        to="deliverables.verdict",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "")), fields=("deliverable",), name="rejudgement_open_once"
                    )
                ],
            },
        ),
    ]
