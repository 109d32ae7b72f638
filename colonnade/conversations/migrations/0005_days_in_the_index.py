"""PostgreSQL: the words of a post stand in the index beside the day on which it was published.

Search looks backwards through the days and would pass over a post without one. On empty tables this does nothing; done
twice it changes nothing. What was deleted (no words at all) stays out of the index. The letters and lengths of the spans
are those of `search.index`.
"""

from django.db import migrations

GIVE_DAYS = """
UPDATE conversations_posttext SET tsv = tsv || array_to_tsvector(ARRAY[
    ':d' || (post_id >> 16) / 86400000,
    ':e' || (post_id >> 16) / 86400000 / 16,
    ':f' || (post_id >> 16) / 86400000 / 256
]) WHERE tsv <> ''
"""


def give_days(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GIVE_DAYS)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0004_said_once")]
    operations = [migrations.RunPython(give_days, migrations.RunPython.noop)]
