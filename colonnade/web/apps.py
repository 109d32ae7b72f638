from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "colonnade.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa import signals as factors
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from colonnade.web import signing_in

        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(signing_in.note_sign_in, dispatch_uid="colonnade.note_sign_in")
        user_logged_out.connect(signing_in.note_sign_out, dispatch_uid="colonnade.note_sign_out")
        factors.authenticator_added.connect(
            signing_in.note_factor_added, dispatch_uid="colonnade.factor_added"
        )
        factors.authenticator_removed.connect(
            signing_in.note_factor_removed, dispatch_uid="colonnade.factor_gone"
        )
        factors.authenticator_reset.connect(
            signing_in.note_factor_reset, dispatch_uid="colonnade.factor_reset"
        )
