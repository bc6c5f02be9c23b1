from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0009_late_rules_and_holdups'),
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
            field=models.CharField(blank=True, choices=[('cell', '一格输出过长 One cell put out too much'), ('draft', '整份实验输出过多 The whole lab put out too much')], max_length=5),
        ),
    ]
