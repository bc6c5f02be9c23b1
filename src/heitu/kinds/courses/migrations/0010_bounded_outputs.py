from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0008_waiting_notebooks'),
    ]

    operations = [
        migrations.AddField(
            model_name='cellrun',
            name='size',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='cellrun',
            name='cut',
            field=models.CharField(blank=True, choices=[('cell', 'cell'), ('draft', 'draft')], max_length=5),
        ),
    ]
