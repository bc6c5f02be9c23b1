"""Bits of the revocation lists are handed out once; what was issued, signed or revoked stays so."""

from django.db import migrations

SEQUENCE = "CREATE SEQUENCE credentials_status_index AS integer MINVALUE 0 START 0 NO CYCLE"

PINNED = """
CREATE FUNCTION credentials_pinned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.id, NEW.person_id, NEW.application_id, NEW.title, NEW.skills, NEW.status_index, NEW.issued_at)
            IS DISTINCT FROM
            (OLD.id, OLD.person_id, OLD.application_id, OLD.title, OLD.skills, OLD.status_index, OLD.issued_at)
        OR NEW.document - 'proof' IS DISTINCT FROM OLD.document - 'proof'
        OR (OLD.signed_at IS NOT NULL AND (NEW.document, NEW.jwt, NEW.signed_at)
            IS DISTINCT FROM (OLD.document, OLD.jwt, OLD.signed_at))
        OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_by_id, NEW.revocation_reason)
            IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by_id, OLD.revocation_reason)) THEN
        RAISE EXCEPTION 'credential % is fixed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pinned BEFORE UPDATE OR DELETE ON credentials_credential
    FOR EACH ROW EXECUTE FUNCTION credentials_pinned();
"""

UNPINNED = """
DROP TRIGGER pinned ON credentials_credential;
DROP FUNCTION credentials_pinned();
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE credentials_status_index"),
        migrations.RunSQL(PINNED, UNPINNED),
    ]
