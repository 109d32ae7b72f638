"""What watches caught before is counted, and how far it is counted is kept."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

COUNT = """
INSERT INTO insight_rollup (watch_id, hour, scope_id, network, lang, mood, posts, copies)
SELECT m.watch_id, m.post_id / 235929600000, p.scope_id, i.network, m.lang, m.mood, count(*),
       sum(CASE WHEN m.is_copy THEN 1 ELSE 0 END)
FROM listening_mention m
JOIN conversations_post p ON p.id = m.post_id
JOIN people_identity i ON i.id = p.author_id
WHERE NOT p.deleted
GROUP BY m.watch_id, m.post_id / 235929600000, p.scope_id, i.network, m.lang, m.mood
"""
SO_FAR = """
INSERT INTO insight_tally (watch_id, upto) SELECT watch_id, max(id) FROM listening_mention GROUP BY watch_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0008_letters_as_words"),
        ("insight", "0001_initial"),
        ("listening", "0003_query_care"),
        ("people", "0006_words_of_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "watch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tally",
                        serialize=False,
                        to="listening.watch",
                    ),
                ),
                ("upto", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.RunSQL(SO_FAR, migrations.RunSQL.noop),
    ]
