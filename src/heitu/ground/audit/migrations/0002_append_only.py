from django.db import migrations

from heitu.ground.audit.chain import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        append_only("audit_auditentry"),
        # A head is rewritten with every row; room on its page lets PostgreSQL do that in place.
        migrations.RunSQL(
            "ALTER TABLE audit_chainhead SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.5)",
            migrations.RunSQL.noop,
        ),
    ]
