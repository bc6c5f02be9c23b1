"""What no programme error may break: moves are numbered and never rewritten, versions are what their digest says."""

from django.db import migrations

from heitu.ground.audit.chain import append_only

VERSIONS = """
ALTER TABLE lifecycle_definitionversion ADD CONSTRAINT lifecycle_digest_is_of_body
    CHECK (digest = encode(sha256(convert_to(body, 'UTF8')), 'hex'));
CREATE FUNCTION lifecycle_version_pinned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.programme, NEW.digest, NEW.body, NEW.loaded_at)
        IS NOT DISTINCT FROM (OLD.id, OLD.programme, OLD.digest, OLD.body, OLD.loaded_at) THEN RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a definition version never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER pinned BEFORE UPDATE OR DELETE ON lifecycle_definitionversion
    FOR EACH ROW EXECUTE FUNCTION lifecycle_version_pinned();
"""

# The transition is written first, then the case: each checks its half.
MOVES = """
CREATE FUNCTION lifecycle_transition_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c lifecycle_case;
BEGIN
    SELECT * INTO c FROM lifecycle_case WHERE id = NEW.case_id;
    IF c.closed_at IS NOT NULL OR c.state <> NEW.from_state OR c.moves + 1 <> NEW.number
        OR c.definition_id <> NEW.definition_id THEN
        RAISE EXCEPTION 'transition % does not continue case %', NEW.number, NEW.case_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fits BEFORE INSERT ON lifecycle_transition
    FOR EACH ROW EXECUTE FUNCTION lifecycle_transition_fits();

CREATE FUNCTION lifecycle_case_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL
        OR (NEW.machine, NEW.opened_at) IS DISTINCT FROM (OLD.machine, OLD.opened_at)
        OR (NEW.moves = OLD.moves AND (NEW.state, NEW.entered_at, NEW.outcome, NEW.closed_at)
            IS DISTINCT FROM (OLD.state, OLD.entered_at, OLD.outcome, OLD.closed_at))
        OR (NEW.moves <> OLD.moves AND NOT EXISTS (
            SELECT FROM lifecycle_transition t WHERE t.case_id = NEW.id AND t.number = NEW.moves
                AND NEW.moves = OLD.moves + 1 AND t.to_state = NEW.state)) THEN
        RAISE EXCEPTION 'case % can only be moved by a transition', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE UPDATE ON lifecycle_case FOR EACH ROW EXECUTE FUNCTION lifecycle_case_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            VERSIONS,
            "ALTER TABLE lifecycle_definitionversion DROP CONSTRAINT lifecycle_digest_is_of_body;"
            " DROP FUNCTION lifecycle_version_pinned() CASCADE",
        ),
        migrations.RunSQL(
            MOVES, "DROP FUNCTION lifecycle_transition_fits() CASCADE; DROP FUNCTION lifecycle_case_moves() CASCADE"
        ),
        append_only("lifecycle_transition"),
    ]
