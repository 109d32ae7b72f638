"""How somebody proves who they are: password, second factors; and the devices on which they are signed in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.core import limits
from colonnade.people import actions as people
from colonnade.people import queries
from colonnade.people.models import SignIn
from colonnade.primitives import ids
from colonnade.web.devices import device_in_words
from colonnade.web.guards import members_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found
from colonnade.web.signing_in import end_web_sessions
from colonnade.web.views.settings.frame import section

TRIES, TRIES_PER_S = 5, 300


@require_safe
@members_only
def sign_in(request: HttpRequest) -> HttpResponse:
    """Password, app, passkeys, recovery codes."""
    return _sign_in(request)


def _sign_in(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    rows = list(Authenticator.objects.filter(user=request.user.pk).order_by("created_at"))
    codes = next((one for one in rows if one.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "error": error,
        "app": next((one for one in rows if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in rows if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "email": looking(request).person.sign_in.email,  # type: ignore[union-attr]
    }
    return section(request, "sign_in.html", context, status=status)


@require_POST
@members_only
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password, for whoever knows the old one; every other device is signed out."""
    user = request.user
    assert isinstance(user, SignIn)
    if not limits.allow("password", str(user.pk), limit=TRIES, per_s=TRIES_PER_S):
        return _sign_in(request, error=gettext("Too many tries. Wait five minutes."), status=429)
    error = _fault(user, request)
    if error:
        return _sign_in(request, error=error, status=422)
    before = request.session.session_key or ""
    people.set_password(user, request.POST["new"])
    update_session_auth_hash(request, user)
    people.move_session(before, request.session.session_key or "")
    end_web_sessions(people.end_sessions(user.person, but=request.session.session_key or ""))
    return HttpResponseRedirect(f"{reverse('settings_sign_in')}?saved=1")


def _fault(user: SignIn, request: HttpRequest) -> str:
    new = request.POST.get("new", "")
    if not user.check_password(request.POST.get("old", "")):
        return gettext("That is not your present password.")
    if new != request.POST.get("again", ""):
        return gettext("The two new passwords are not the same.")
    try:
        validate_password(new, user)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""


@require_safe
@members_only
def sessions(request: HttpRequest) -> HttpResponse:
    """Where somebody is signed in."""
    person = looking(request).person
    assert person is not None
    lines = [
        {
            "id": row.pk,
            "device": device_in_words(row.agent),
            "small": "Mobile" in row.agent,
            "began_at": row.began_at,
            "here": row.key == request.session.session_key,
        }
        for row in queries.sessions_of(person)[:100]
    ]
    lines.sort(key=lambda line: not line["here"])
    return section(
        request, "sessions.html", {"lines": lines, "others": any(not one["here"] for one in lines)}
    )


@require_POST
@members_only
def end_session(request: HttpRequest) -> HttpResponse:
    """End one session of mine, or all the others."""
    person, here = looking(request).person, request.session.session_key or ""
    assert person is not None
    if request.POST.get("others") == "1":
        end_web_sessions(people.end_sessions(person, but=here))
        return HttpResponseRedirect(f"{reverse('settings_sessions')}?saved=1")
    number = ids.parse(request.POST.get("session", ""))
    keys = people.end_sessions(person, only=number) if number is not None else []
    if not keys:
        return not_found(request)
    end_web_sessions(keys)
    return HttpResponseRedirect(
        reverse("account_login") if here in keys else f"{reverse('settings_sessions')}?saved=1"
    )
