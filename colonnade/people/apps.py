from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "colonnade.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from colonnade.core import files
        from colonnade.people import queries

        files.named_by(queries.names_file)
