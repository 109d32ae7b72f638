"""The full-text index: FTS5 beside the text on SQLite, a tsvector with GIN on PostgreSQL.

Both are given words that are already cut and folded (`primitives.text.words`), so that they agree with each other and
with a match in memory, whatever Unicode version their own tokenisers know. FTS5 keeps no copy of them.
"""

from django.db import migrations

SQLITE = "CREATE VIRTUAL TABLE conversations_fts USING fts5(title, text, hint, content='', tokenize='ascii')"
POSTGRES = """
ALTER TABLE conversations_posttext ADD COLUMN tsv tsvector;
CREATE INDEX posttext_tsv ON conversations_posttext USING gin (tsv);
"""


def make(apps, schema_editor):
    schema_editor.execute(POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE conversations_posttext DROP COLUMN tsv")
    else:
        schema_editor.execute("DROP TABLE conversations_fts")


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
