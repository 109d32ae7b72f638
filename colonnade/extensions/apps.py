from django.apps import AppConfig


class ExtensionsConfig(AppConfig):
    name = "colonnade.extensions"
    label = "extensions"
    default_auto_field = "django.db.models.BigAutoField"
