"""Who has an account here, and what they may: for admins."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from colonnade.people import actions, queries
from colonnade.people.models import Person, Role, SignIn
from colonnade.people.rules import can_set_role, can_suspend
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.pages import not_found
from colonnade.web.views.settings.frame import section

MOST = 300


def roles() -> list[tuple[str, str]]:
    """The roles that somebody may have, in words."""
    return [
        (Role.OWNER, pgettext("role", "Owner")),
        (Role.ADMIN, pgettext("role", "Admin")),
        (Role.MEMBER, pgettext("role", "Staff")),
        (Role.GUEST, pgettext("role", "Guest")),
        (Role.VISITOR, pgettext("role", "Visitor")),
    ]


def roles_for(me: Person) -> list[tuple[str, str]]:
    """The roles that somebody may give."""
    return [(value, word) for value, word in roles() if value != Role.OWNER or me.role == Role.OWNER]


@require_safe
@admins_only
def members(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account, with their role."""
    return _members(request)


def _members(
    request: HttpRequest, *, error: str = "", saved: str = "", link: str = "", status: int = 200
) -> HttpResponse:
    me = looking(request).person
    assert me is not None
    words = dict(roles())
    lines = [
        {
            "person": one,
            "email": one.sign_in.email,
            "role": words.get(one.role, one.role),
            "new": one.sign_in.last_login is None,
            "may": can_set_role(me, one, Role.VISITOR),
            "suspends": can_suspend(me, one),
        }
        for one in queries.members()[:MOST]
    ]
    context = {"lines": lines, "roles": roles_for(me), "error": error, "link": link, "me": me}
    if saved:
        context["saved"] = saved
    return section(request, "members.html", context, status=status)


@require_POST
@admins_only
def invite(request: HttpRequest) -> HttpResponse:
    """An account for somebody new; a letter brings the link by which they choose their password."""
    me = looking(request).person
    assert me is not None
    said = {field: request.POST.get(field, "") for field in ("name", "email", "role")}
    try:
        person = actions.invite(**said, by=me)
    except (PermissionDenied, ValueError) as refused:
        return _members(request, error=str(refused), status=422)
    link = link_to_begin(person.sign_in)
    if send_invitation(person, link, me):
        return _members(
            request, saved=gettext("Invited: a letter is on its way to %s.") % person.sign_in.email
        )
    words = gettext("%s has an account. No letter could be sent: pass this link on yourself.") % person.name
    return _members(request, saved=words, link=link)


def link_to_begin(sign_in: SignIn) -> str:
    """The address at which somebody chooses their password, once."""
    key = f"{user_pk_to_url_str(sign_in)}-{default_token_generator.make_token(sign_in)}"
    address = reverse(
        "account_reset_password_from_key", kwargs=dict(zip(("uidb36", "key"), key.split("-", 1), strict=True))
    )
    return f"{settings.COLONNADE_PUBLIC_URL}{address}"


def send_invitation(person: Person, link: str, by: Person) -> bool:
    """Write to somebody that they have an account; whether a letter is on its way."""
    if not settings.COLONNADE_MAIL_URL and "dummy" in settings.EMAIL_BACKEND:
        return False
    house = queries.our_name()
    with translation.override(person.language or None):
        words = render_to_string(
            "settings/invitation.txt", {"person": person, "link": link, "by": by, "house": house}
        )
        subject = gettext("You are invited to %s") % house
    try:
        return bool(send_mail(subject, words, None, [person.sign_in.email]))
    except OSError:
        return False


@require_POST
@admins_only
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Another role; out, and back in."""
    me, person = looking(request).person, queries.members().filter(pk=pk).first()
    if me is None or person is None or what not in ("role", "suspend", "restore"):
        return not_found(request)
    try:
        if what == "role":
            actions.set_role(person, request.POST.get("role", ""), by=me)
        elif what == "suspend":
            actions.suspend(person, by=me)
        else:
            actions.restore(person, by=me)
    except PermissionDenied as refused:
        return _members(request, error=str(refused), status=422)
    return HttpResponseRedirect(f"{reverse('settings_members')}?saved=1")
