"""What is counted by hour and scope alone, beside the roll-ups by kind."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

ADD_UP = """
INSERT INTO insight_total (watch_id, hour, scope_id, posts, copies)
SELECT watch_id, hour, scope_id, sum(posts), sum(copies) FROM insight_rollup GROUP BY watch_id, hour, scope_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0003_walls_and_drills"),
        ("listening", "0003_query_care"),
        ("places", "0002_in_order_of_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="Total",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.IntegerField()),
                ("posts", models.PositiveIntegerField(default=0)),
                ("copies", models.PositiveIntegerField(default=0)),
                (
                    "scope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.scope"
                    ),
                ),
                (
                    "watch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="listening.watch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("watch", "hour", "scope"), name="total_once")
                ],
            },
        ),
        migrations.RunSQL(ADD_UP, migrations.RunSQL.noop),
    ]
