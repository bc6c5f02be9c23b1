from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0011_roster_readings'),
    ]

    operations = [
        migrations.AddField(
            model_name='labsubmission',
            name='deaths',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='regrade',
            name='deaths',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
