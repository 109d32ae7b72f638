from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "colonnade.conversations"
    label = "conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from colonnade.conversations import queries
        from colonnade.core import files

        files.named_by(queries.names_file)
