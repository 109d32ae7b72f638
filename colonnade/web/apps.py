from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "colonnade.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from colonnade.web.signing_in import note_sign_in

        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(note_sign_in, dispatch_uid="colonnade.note_sign_in")
