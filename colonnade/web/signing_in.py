"""What allauth asks us about signing in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import update_last_login
from django.http import HttpRequest

from colonnade.core import db
from colonnade.people.models import SignIn


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: owners and admins add people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the next page says by itself what happened, and a message would need a cookie."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/inbox"


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """By e-mail and password; whoever is signed in is read together with their person, in one statement."""

    def get_user(self, user_id: Any) -> SignIn | None:
        found = SignIn.objects.select_related("person__principal").filter(pk=user_id).first()
        return found if found is not None and found.is_active else None


def note_sign_in(sender: type[SignIn], user: SignIn, **_: Any) -> None:
    """Django's own note of the last sign-in (links to a new password die with it), named as machinery."""
    with db.machinery():
        update_last_login(sender, user)
