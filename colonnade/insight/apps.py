from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "colonnade.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from colonnade.insight.actions.trends import CountsPassing
        from colonnade.listening import passing

        passing.heard_by(CountsPassing)
