"""Of what is counted for trends it is known how much only streamed by."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0005_drills_apart")]

    operations = [
        migrations.AddField(model_name="sketch", name="passed", field=models.PositiveIntegerField(default=0)),
    ]
