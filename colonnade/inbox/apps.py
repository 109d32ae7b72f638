from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "colonnade.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
