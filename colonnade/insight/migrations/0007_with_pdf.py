"""Whether a briefing's letter carries its document. Only a column is added, with its default in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0006_passed")]

    operations = [
        migrations.AddField(
            model_name="briefing",
            name="with_pdf",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
