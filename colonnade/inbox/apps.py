from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "colonnade.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from colonnade.inbox import queries
        from colonnade.publishing import actions as publishing

        publishing.guarded_by(queries.carried_by_draft)
