from pathlib import Path

from django.db import migrations

from heitu.ground.audit.chain import append_only

POST = (Path(__file__).parents[1] / "sql" / "post.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        append_only("ledger_commodity"),
        append_only(
            "ledger_account", fixed=["id", "mac", "commodity_id", "code", "owner", "kind", "may_overdraw"]
        ),
        append_only("ledger_transfer"),
        # Balances are rewritten often; room on their pages lets PostgreSQL do that in place.
        migrations.RunSQL("ALTER TABLE ledger_account SET (fillfactor = 50)", migrations.RunSQL.noop),
        migrations.RunSQL(
            POST,
            """
            DROP FUNCTION ledger_post;
            DROP FUNCTION ledger_hold_fault;
            DROP FUNCTION ledger_transfer_refers CASCADE;
            """,
        ),
    ]
