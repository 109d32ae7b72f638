"""The alert of a drill stands apart from real ones; what a scenario was before is kept."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0004_totals"),
        ("listening", "0008_said_in_drills"),
        ("people", "0006_words_of_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="run",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="alerts",
                to="insight.run",
            ),
        ),
        migrations.RemoveConstraint(model_name="alert", name="alert_once"),
        migrations.RemoveConstraint(model_name="alert", name="alert_one_open_a_watch"),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(run=None), fields=("watch", "since"), name="alert_of_a_watch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(run=None, state="open"),
                fields=("watch",),
                name="alert_one_real_open_a_watch",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(run__isnull=False), fields=("run",), name="alert_one_a_drill"
            ),
        ),
        migrations.CreateModel(
            name="ScenarioVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("body", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "scenario",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="insight.scenario",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scenario", "number"), name="scenario_version_once")
                ],
            },
        ),
    ]
