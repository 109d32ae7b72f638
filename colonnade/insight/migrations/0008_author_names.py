"""What authors are called who are known by a DID alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0007_with_pdf")]

    operations = [
        migrations.CreateModel(
            name="AuthorName",
            fields=[
                ("address", models.CharField(max_length=500, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=253)),
                ("confirmed", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
            ],
        ),
    ]
