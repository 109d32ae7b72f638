"""The words of all names that there are.

Words are compared letter by letter, by code point: PostgreSQL would compare them as its language does, and "begins with"
is no range there. SQLite does so by itself.
"""

import django.db.models.deletion
from django.db import migrations, models

from colonnade.core.words import bear

AT_ONCE = 5000


def in_order(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE people_nameword ALTER COLUMN word TYPE varchar(40) COLLATE "C"')


def fill(apps, schema_editor):
    model = apps.get_model("people", "NameWord")
    rows = apps.get_model("people", "Identity").objects.order_by("pk").values_list("pk", "name", "address")
    after = 0
    while batch := list(rows.filter(pk__gt=after)[:AT_ONCE]):
        bear(model, ((row[0], row[1:]) for row in batch))
        after = batch[-1][0]


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_people_listed'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('word', models.CharField(max_length=40)),
                ('pk', models.CompositePrimaryKey('word', 'bearer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('bearer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.identity')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RunPython(in_order, migrations.RunPython.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
