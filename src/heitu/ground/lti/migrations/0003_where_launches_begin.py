from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lti', '0002_keys_of_each_platform'),
    ]

    operations = [
        migrations.AddField(
            model_name='attempt',
            name='source',
            field=models.CharField(default='', help_text='HMAC of the address that it began from', max_length=32),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['source', 'at'], name='lti_attempt_source'),
        ),
    ]
