import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0010_bounded_outputs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RosterReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('state', models.CharField(
                    choices=[('waiting', '正在读取 Being read'), ('done', '已读取 Read'), ('failed', '未能读取 Could not be read')],
                    default='waiting', max_length=8)),
                ('people', models.PositiveIntegerField(default=0, help_text='listed so far, in the last try')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('problem', models.JSONField(help_text='{code, zh, en} of the last try', null=True)),
                ('by', models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('offering', models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name='roster_readings', to='courses.offering')),
                ('run', models.OneToOneField(
                    null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reading', to='courses.rosterrun')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [
                    models.Index(fields=['offering', '-id'], name='roster_reading_latest'),
                    models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='roster_reading_due'),
                ],
                'constraints': [
                    models.UniqueConstraint(
                        condition=models.Q(('state', 'waiting')), fields=('offering',), name='one_roster_reading'),
                ],
            },
        ),
    ]
