from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    name = "colonnade.deliveries"
    label = "deliveries"
    default_auto_field = "django.db.models.BigAutoField"
