from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "colonnade.workspace"
    label = "workspace"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from colonnade.listening import naming
        from colonnade.workspace.queries import searches_that_name_lists

        naming.kept_by(searches_that_name_lists)
