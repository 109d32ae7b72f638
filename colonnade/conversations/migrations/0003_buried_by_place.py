"""A deletion that came before its post is remembered for each place, no longer for the uri alone.

The table is made anew, filled and put in the place of the old one in one transaction. Its new columns fill themselves
and the old ones stay, so that a process of the release before this one goes on writing and reading it.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0002_full_text'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BuriedByPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uri_hash', models.BigIntegerField()),
                ('author_address', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='places.place')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('uri_hash', 'place'), name='buried_once_a_place')],
            },
        ),
        migrations.RunSQL(
            'INSERT INTO conversations_buriedbyplace (uri_hash, author_address, at, place_id) '
            'SELECT uri_hash, author_address, at, place_id FROM conversations_buried',
            'INSERT INTO conversations_buried (uri_hash, author_address, at, place_id) '
            'SELECT uri_hash, min(author_address), min(at), min(place_id) FROM conversations_buriedbyplace GROUP BY uri_hash',
        ),
        migrations.DeleteModel(name='Buried'),
        migrations.RenameModel(old_name='BuriedByPlace', new_name='Buried'),
    ]
