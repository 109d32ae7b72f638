"""Signing in and out, and the second factor, by allauth; signing up is closed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account import views
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as apps
from allauth.mfa.webauthn import views as keys
from django.http import HttpResponseRedirect
from django.urls import path, re_path, reverse, reverse_lazy
from django.utils.translation import gettext
from django.views.generic import RedirectView

from colonnade.community import queries as community


class Reset(views.PasswordResetView):  # type: ignore[misc]
    """Asks for a letter with a link. Where none can be sent it says so, for known and for unknown addresses alike."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**super().get_context_data(**more), "letters": community.letters_go_out()}

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)
        except OSError:  # the mail server: SMTPException is one, too
            form.add_error(
                None, gettext("The letter could not be sent just now. Try again in a few minutes.")
            )
            return self.form_invalid(form)


class PasskeySignIn(keys.LoginWebAuthnView):  # type: ignore[misc]
    """By a passkey alone. One that is not known here leads back to where it was used, and that is said there."""

    def form_invalid(self, form: Any) -> HttpResponseRedirect:
        after = {"next": there} if (there := self.request.POST.get("next")) else {}
        return HttpResponseRedirect(
            f"{reverse('account_login')}?{urlencode({'passkey': 'refused', **after})}"
        )


class PasskeyAgain(keys.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Whoever is signed in shows their passkey once more; a wrong one is said to be wrong on the same page."""

    def form_invalid(self, form: Any) -> Any:
        return self.render_to_response({**self.get_context_data(), "refused": True})


_to_settings = RedirectView.as_view(url=reverse_lazy("settings_sign_in"))

urlpatterns = [
    path("sign-in", views.login, name="account_login"),
    path("sign-in/second", factors.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey", PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-out", views.logout, name="account_logout"),
    path("sign-up", views.signup, name="account_signup"),
    path("inactive", views.account_inactive, name="account_inactive"),
    path("password", Reset.as_view(), name="account_reset_password"),
    path("password/sent", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/changed", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    # it is still you
    path("again", views.reauthenticate, name="account_reauthenticate"),
    path("again/code", factors.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey", PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    # second factors
    path("second", _to_settings, name="mfa_index"),
    path("second/app", apps.activate_totp, name="mfa_activate_totp"),
    path("second/app/remove", apps.deactivate_totp, name="mfa_deactivate_totp"),
    path("second/codes", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second/codes/new", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second/codes/file", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("second/passkeys", _to_settings, name="mfa_list_webauthn"),
    path("second/passkeys/add", keys.add_webauthn, name="mfa_add_webauthn"),
    path("second/passkeys/<int:pk>/remove", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path("second/passkeys/<int:pk>/name", keys.edit_webauthn, name="mfa_edit_webauthn"),
]
