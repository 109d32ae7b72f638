"""PostgreSQL: what the full-text index has not sorted in yet stays short.

GIN keeps new words in a list that every search reads through from end to end, by default up to 4 MB of it: at a million
posts that is 3 to 5 ms for each look at the index, many times what the look itself takes.
"""

from django.db import migrations

KIB = 256


def shorten(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER INDEX posttext_tsv SET (gin_pending_list_limit = {KIB})")


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_days_in_the_index")]
    operations = [migrations.RunPython(shorten, migrations.RunPython.noop)]
