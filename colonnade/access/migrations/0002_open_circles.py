"""The principals that every database has, and what an unknown visitor holds."""

from django.db import migrations

# (id, kind): the first five are held, the last four hold (see access.types)
PRINCIPALS = [
    (1, "everyone"),
    (2, "signed_in"),
    (3, "staff"),
    (4, "crawlers"),
    (5, "fediverse"),
    (6, "everyone"),
    (7, "crawlers"),
    (8, "fediverse"),
    (9, "person"),
]
HOLDINGS = [(6, 1), (7, 4), (8, 5)]


def make(apps, schema_editor):
    principal, holding = apps.get_model("access", "Principal"), apps.get_model("access", "Holding")
    principal.objects.bulk_create(principal(id=pk, kind=kind) for pk, kind in PRINCIPALS)
    holding.objects.bulk_create(holding(holder_id=holder, principal_id=held) for holder, held in HOLDINGS)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "SELECT setval(pg_get_serial_sequence('access_principal', 'id'), (SELECT max(id) FROM access_principal))"
        )


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
