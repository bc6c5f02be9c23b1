"""How long the latest judgings took is asked by every page that waits for one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0007_rejudgements")]

    operations = [
        migrations.AddIndex(
            model_name="verdict",
            index=models.Index(
                condition=models.Q(is_simulated=False), fields=["-judged_at"], name="verdict_lately"
            ),
        ),
    ]
