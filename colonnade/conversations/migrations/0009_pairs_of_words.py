"""PostgreSQL: beside the words of a post the full-text index holds which of them stand side by side, as numbers (`search.pairs`).

The posts that are there are given theirs, in the order of their ids, while nothing is indexed; then the index is made anew over
both. For a million posts that takes about five minutes. What was deleted (no words at all) stays out of the index.
"""

from django.db import migrations

from colonnade.conversations.search import index

AT_ONCE = 5000
KIB = 768
"""Its list of what is not sorted in yet, which was 256 kB for half as many entries: a look that reads all of it takes 0.1 ms
more, and what a post costs the server grows from 79 to 94 µs instead of 155."""
_BEFORE = "CREATE INDEX posttext_tsv ON conversations_posttext USING gin (tsv) WITH (gin_pending_list_limit = 256)"
_AFTER = f"CREATE INDEX posttext_tsv ON conversations_posttext USING gin (tsv, pairs) WITH (gin_pending_list_limit = {KIB})"


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("DROP INDEX posttext_tsv")
    schema_editor.execute("ALTER TABLE conversations_posttext ADD COLUMN pairs smallint[]")
    give_pairs(apps, schema_editor)
    schema_editor.execute(_AFTER)
    schema_editor.execute("ANALYZE conversations_posttext")  # how far a search looks at first is told by these statistics


def give_pairs(apps, schema_editor):
    """Give the posts that have words their pairs; done twice it changes nothing."""
    rows = apps.get_model("conversations", "PostText").objects.filter(post__deleted=False).order_by("pk")
    told = rows.values_list("pk", "title", "text", "hint")
    after = 0
    with schema_editor.connection.cursor() as cursor:
        while batch := list(told.filter(pk__gt=after)[:AT_ONCE]):
            after = batch[-1][0]
            cursor.execute(
                "UPDATE conversations_posttext t SET pairs = given.pairs::smallint[] "
                "FROM unnest(%s::bigint[], %s::text[]) given (post, pairs) WHERE t.post_id = given.post",
                [[row[0] for row in batch], [index.postgres_row(*row)[1] for row in batch]],
            )


def take_away(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE conversations_posttext DROP COLUMN pairs")
        schema_editor.execute(_BEFORE)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0008_letters_as_words")]
    operations = [migrations.RunPython(add, take_away)]
