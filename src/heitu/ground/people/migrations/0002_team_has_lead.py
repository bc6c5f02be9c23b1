"""A team with members always has a lead; asked at commit, so that the lead can be handed over."""

from django.db import migrations

CREATE = """
CREATE FUNCTION people_team_has_lead() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    team bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.team_id ELSE NEW.team_id END;
BEGIN
    IF EXISTS (SELECT FROM people_team WHERE id = team) AND NOT EXISTS (
        SELECT FROM people_teammember WHERE team_id = team AND is_lead AND left_at IS NULL
    ) THEN
        RAISE EXCEPTION 'team % would have no lead', team USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER team_has_lead AFTER INSERT OR UPDATE OR DELETE ON people_teammember
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION people_team_has_lead();
"""
DROP = """
DROP TRIGGER team_has_lead ON people_teammember;
DROP FUNCTION people_team_has_lead();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
