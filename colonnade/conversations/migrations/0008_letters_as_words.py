"""In scripts written without spaces every letter is a word from now on: the posts that hold such letters are indexed anew.

SQLite's index keeps no copy of the words: what stands in it is taken out by the very words under which it was put in.
"""

import regex
from django.db import migrations

from colonnade.conversations.search import index
from colonnade.primitives import text

AT_ONCE = 5000
_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_INSERT = "INSERT INTO conversations_fts (rowid, title, text, hint) VALUES (%s, %s, %s, %s)"
_DELETE = (
    "INSERT INTO conversations_fts (conversations_fts, rowid, title, text, hint) VALUES ('delete', %s, %s, %s, %s)"
)


def _words_before(said):
    return " ".join(_BEFORE.findall(text.fold(said)))


def _changed(row):
    return any(_words_before(said) != " ".join(text.words(said)) for said in row[1:3] if not said.isascii())


def index_anew(apps, schema_editor):
    rows = apps.get_model("conversations", "PostText").objects.filter(post__deleted=False).order_by("pk")
    told = rows.values_list("pk", "title", "text", "hint")
    after = 0
    while batch := list(told.filter(pk__gt=after)[:AT_ONCE]):
        after = batch[-1][0]
        changed = [row for row in batch if _changed(row)]
        (_on_postgres if schema_editor.connection.vendor == "postgresql" else _on_sqlite)(schema_editor, changed)


def _on_sqlite(schema_editor, rows):
    with schema_editor.connection.cursor() as cursor:
        before = [(pk, _words_before(title), _words_before(said), hint) for pk, title, said, hint in rows]
        cursor.executemany(_DELETE, before)
        cursor.executemany(_INSERT, [index.fts5_row(*row) for row in rows])


def _on_postgres(schema_editor, rows):
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE conversations_posttext SET tsv = %s::tsvector WHERE post_id = %s",
            [(index.tsvector(*row), row[0]) for row in rows],
        )


class Migration(migrations.Migration):
    dependencies = [("conversations", "0007_words_of_titles")]
    operations = [migrations.RunPython(index_anew, migrations.RunPython.noop)]
