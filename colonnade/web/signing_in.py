"""What allauth asks us about signing in."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from importlib import import_module
from typing import Any, ClassVar
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import update_last_login
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from colonnade.core import db, secrets
from colonnade.core.prepared import Prepared
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.people.models import SignIn


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: owners and admins add people."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("This address and this password do not belong together."),
        "too_many_login_attempts": gettext_lazy(
            "That was tried too often. Wait a few minutes, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the next page says by itself what happened, and a message would need a cookie."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/today"

    def set_password(self, user: SignIn, password: str) -> None:
        people.set_password(user, password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Letters name the house, and speak the language of whom they are for. Raises OSError where none can be sent."""
        user = context.get("user")
        language = user.person.language if isinstance(user, SignIn) else ""
        with translation.override(language or translation.get_language()):
            super().send_mail(template_prefix, email, context | {"house": people_queries.our_name()})

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the public address of this server, whatever host was asked: it goes into a letter."""
        there = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.COLONNADE_PUBLIC_URL}{there.replace('UID-KEY', quote(key))}"


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of second factors are encrypted with the key ring; apps show the organisation's name."""

    def encrypt(self, text: str) -> str:
        return b64encode(secrets.encrypt(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(b64decode(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        return people_queries.our_name()


_SIGNED_IN = Prepared(
    lambda pk: SignIn.objects.select_related("person__principal", "person__preference").filter(pk=pk),
    SignIn._meta.pk,
)


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """By e-mail and password; whoever is signed in is read together with their person, in one statement."""

    def get_user(self, user_id: Any) -> SignIn | None:
        found = _SIGNED_IN.first(user_id)
        return found if found is not None and found.is_active else None


def note_sign_in(sender: type[SignIn], user: SignIn, request: HttpRequest | None = None, **_: Any) -> None:
    """Django's own note of the last sign-in (links to a new password die with it), named as machinery; and the session,
    so that its owner sees where they are signed in."""
    with db.machinery():
        update_last_login(sender, user)
    if request is not None and request.session.session_key:
        people.begin_session(user, request.session.session_key, request.headers.get("User-Agent", ""))


def note_sign_out(sender: type[SignIn] | None, request: HttpRequest, **_: Any) -> None:
    """The session is over."""
    if request.session.session_key:
        people.forget_session(request.session.session_key)


def note_factor_added(sender: Any, user: SignIn, authenticator: Authenticator, **_: Any) -> None:
    """A second factor came: that stands in the audit log."""
    people.note_second_factor(user, "added", authenticator.type)


def note_factor_removed(sender: Any, user: SignIn, authenticator: Authenticator, **_: Any) -> None:
    """A second factor went."""
    people.note_second_factor(user, "removed", authenticator.type)


def note_factor_reset(sender: Any, user: SignIn, authenticator: Authenticator, **_: Any) -> None:
    """Recovery codes were made anew."""
    people.note_second_factor(user, "reset", authenticator.type)


def end_web_sessions(keys: Iterable[str]) -> None:
    """What the browsers with these keys carry is worth nothing any more."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).flush()
