"""Let the database refuse a change of an entry in the stock ledger: only what was said why may follow."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER samples_stockentry_only_grows BEFORE UPDATE OF lot_id, kind, change, remaining,
    consumption_id, at, note ON samples_stockentry
BEGIN SELECT RAISE(ABORT, 'An entry of the stock ledger is never changed.'); END
"""
POSTGRESQL = """
CREATE FUNCTION samples_stockentry_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE =
    'An entry of the stock ledger is never changed.'; END $$;
CREATE TRIGGER samples_stockentry_only_grows BEFORE UPDATE OF lot_id, kind, change, remaining,
    consumption_id, at, note ON samples_stockentry
FOR EACH ROW EXECUTE FUNCTION samples_stockentry_refuse()
"""


def create(apps, schema_editor):
    sql = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    schema_editor.execute(sql)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER samples_stockentry_only_grows")
    else:
        schema_editor.execute("DROP TRIGGER samples_stockentry_only_grows ON samples_stockentry")
        schema_editor.execute("DROP FUNCTION samples_stockentry_refuse")


class Migration(migrations.Migration):
    dependencies = [("samples", "0002_bench")]
    operations = [migrations.RunPython(create, remove)]
