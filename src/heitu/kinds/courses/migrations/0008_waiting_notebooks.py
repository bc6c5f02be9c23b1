from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0007_grading_machines'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='labsubmission',
            index=models.Index(condition=models.Q(('grading', 'queued')), fields=['lab', 'submitted_at'], name='lab_submission_waiting'),
        ),
    ]
