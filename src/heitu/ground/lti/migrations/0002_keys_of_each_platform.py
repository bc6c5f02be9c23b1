import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lti', '0001_initial'),
    ]

    operations = [
        # Those that all platforms shared are nobody's; new ones are made when they are asked for.
        migrations.RunSQL('DELETE FROM lti_key', migrations.RunSQL.noop),
        migrations.AddField(
            model_name='key',
            name='platform',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='our_keys', to='lti.platform'),
        ),
        migrations.RemoveConstraint(
            model_name='platform',
            name='platform_registered_once',
        ),
        migrations.AddConstraint(
            model_name='platform',
            constraint=models.UniqueConstraint(
                condition=models.Q(('client_id', ''), _negated=True), fields=('institution', 'issuer', 'client_id'),
                name='platform_registered_once'),
        ),
        migrations.AddIndex(
            model_name='launch',
            index=models.Index(
                condition=models.Q(('refused__isnull', False)), fields=['platform', '-at'], name='lti_launch_refused'),
        ),
    ]
