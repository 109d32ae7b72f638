"""What is said in a drill is known as such where it is caught."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listening", "0007_lists")]

    operations = [
        migrations.AddField(
            model_name="mention",
            name="drill",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
