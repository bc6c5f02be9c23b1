"""What a person decided on a doubtful verdict. Whether one is follows from its flags, of those already there too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import BooleanField, Func, GeneratedField

IS_A_DOUBT = '$.flags[*] ? (@ like_regex "^(implausible|no_kernel|tasks_outlive_calls)(:|$)")'


class Migration(migrations.Migration):
    dependencies = [
        ("deliverables", "0011_dropped"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "verdict", "is_doubtful",
            GeneratedField(
                expression=Func("shown", template=f"jsonb_path_exists(%(expressions)s, '{IS_A_DOUBT}')"),
                output_field=BooleanField(), db_persist=True,
            ),
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_cleared", models.BooleanField()),
                ("reason", models.TextField()),
                ("decided_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "verdict",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clearance",
                        to="deliverables.verdict",
                    ),
                ),
            ],
        ),
    ]
