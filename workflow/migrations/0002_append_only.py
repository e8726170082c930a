"""The record is append-only in the database itself: plain SQL cannot change or delete an event."""

from django.db import migrations

REFUSAL = "workflow_event is append-only"

POSTGRESQL = [
    f"""
    CREATE FUNCTION workflow_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
    """,
    """
    CREATE TRIGGER workflow_event_append_only BEFORE UPDATE OR DELETE ON workflow_event
    FOR EACH ROW EXECUTE FUNCTION workflow_event_is_append_only()
    """,
    """
    CREATE TRIGGER workflow_event_keeps_all BEFORE TRUNCATE ON workflow_event
    FOR EACH STATEMENT EXECUTE FUNCTION workflow_event_is_append_only()
    """,
]

# INSERT OR REPLACE deletes without asking the other triggers, so it is met before the insert.
SQLITE = [
    f"""
    CREATE TRIGGER workflow_event_no_update BEFORE UPDATE ON workflow_event
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER workflow_event_no_delete BEFORE DELETE ON workflow_event
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER workflow_event_no_replace BEFORE INSERT ON workflow_event
    WHEN EXISTS (
        SELECT 1 FROM workflow_event
        WHERE id = NEW.id OR (case_id = NEW.case_id AND seq = NEW.seq) OR once = NEW.once
    )
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
]

DROP_POSTGRESQL = [
    "DROP TRIGGER workflow_event_append_only ON workflow_event",
    "DROP TRIGGER workflow_event_keeps_all ON workflow_event",
    "DROP FUNCTION workflow_event_is_append_only()",
]
DROP_SQLITE = [
    "DROP TRIGGER workflow_event_no_update",
    "DROP TRIGGER workflow_event_no_delete",
    "DROP TRIGGER workflow_event_no_replace",
]


def run(postgresql, sqlite):
    def execute(apps, schema_editor):
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        for statement in postgresql if is_postgresql else sqlite:
            schema_editor.execute(statement)

    return execute


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_initial")]
    operations = [migrations.RunPython(run(POSTGRESQL, SQLITE), run(DROP_POSTGRESQL, DROP_SQLITE))]
