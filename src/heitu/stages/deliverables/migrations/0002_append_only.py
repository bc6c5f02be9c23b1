"""A verdict is payment evidence: no statement may change or delete one."""

from django.db import migrations

from heitu.ground.audit.chain import append_only


class Migration(migrations.Migration):
    dependencies = [("deliverables", "0001_initial")]
    operations = [append_only("deliverables_verdict")]
