"""What each of the first steps does: the same actions as elsewhere. Each answers with a sentence about what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext

from colonnade.access import queries as access
from colonnade.inbox import actions as inbox
from colonnade.inbox.rules import TooOften
from colonnade.listening import actions as listening
from colonnade.listening.language.mistakes import QueryError
from colonnade.networks.base import Author, SignInNeeded
from colonnade.networks.mail.relay import relay_of
from colonnade.people import actions as people
from colonnade.people.models import Person
from colonnade.people.rules import fit_name
from colonnade.places import actions as places
from colonnade.places.rules import ON_THE_WEB
from colonnade.web.mistakes import mistake
from colonnade.web.views.front import public_spaces
from colonnade.web.views.settings.aims import keep
from colonnade.web.views.settings.members import link_to_begin, send_invitation
from colonnade.web.views.settings.organisation import take

REFUSED = (ValueError, PermissionDenied, TooOften)
TLS = ("starttls", "implicit", "none")


def _organisation(request: HttpRequest, by: Person) -> str:
    wrong = take(request)
    if wrong:
        raise ValueError(wrong)
    return gettext("That is how everybody sees it now.")


def _aim(request: HttpRequest, by: Person) -> str:
    keep(request, by)
    return gettext("The Aim stands.")


def _members(request: HttpRequest, by: Person) -> str:
    person = people.invite(
        request.POST.get("name", ""), request.POST.get("email", ""), role=request.POST.get("role", ""), by=by
    )
    link = link_to_begin(person.sign_in)
    if send_invitation(person, link, by):
        return gettext("Invited: a letter is on its way to %s.") % person.sign_in.email
    words = gettext("%(name)s has an account. No letter could be sent: pass this link on yourself: %(link)s")
    return words % {"name": person.name, "link": link}


def _account(request: HttpRequest, by: Person) -> str:
    said = {
        field: request.POST.get(field, "").strip() for field in ("name", "address", "host", "port", "user")
    }
    name = fit_name(said["name"] or said["address"])
    try:
        validate_email(said["address"])
    except ValidationError:
        raise ValueError(gettext("That is not an e-mail address.")) from None
    places.add_account(
        "mail",
        said["address"],
        name=name,
        credentials=_relay(said, request.POST.get("password", ""), request.POST.get("tls", "")),
        identity=Author(network="mail", address=said["address"], name=name),
        by=by,
    )
    return (
        gettext("%s is connected. The first letter that leaves by it shows whether the relay takes it.")
        % name
    )


def _relay(said: dict[str, str], password: str, tls: str) -> dict[str, Any]:
    if not said["host"]:
        raise ValueError(gettext("Name the server that takes your mail, such as smtp.example.org."))
    if not said["port"].isdecimal() or not 0 < int(said["port"]) < 65536:
        raise ValueError(gettext("The port is a number, mostly 587 or 465."))
    if tls not in TLS:
        raise ValueError(gettext("There is no such choice."))
    told = {
        "host": said["host"],
        "port": int(said["port"]),
        "user": said["user"],
        "password": password,
        "tls": tls,
    }
    try:
        relay_of(told)
    except SignInNeeded:
        raise ValueError(gettext("Without encryption the password would travel in the clear.")) from None
    return told


def _watch(request: HttpRequest, by: Person) -> str:
    query, name = request.POST.get("query", ""), request.POST.get("name", "")
    try:
        made = listening.add_watch(name or query, query, by=by)
    except QueryError as error:
        raise ValueError(mistake(error).sentence) from None
    return gettext("“%s” is listened for from now on.") % made.name


def _case(request: HttpRequest, by: Person) -> str:
    spaces = public_spaces(access.anonymous())
    if not spaces:
        return _open_for_questions(by)
    inbox.ask(
        spaces[0],
        name=by.name,
        text=request.POST.get("text", ""),
        ip_or_key=f"first-steps:{by.pk}",
        person=by,
        key=request.POST.get("once", ""),
    )
    return gettext("Your question is in the inbox. Answer it there, as you would answer anybody.")


def _open_for_questions(by: Person) -> str:
    places.open_space(
        gettext("Questions"),
        audience=ON_THE_WEB,
        kind="help",
        purpose=gettext("Ask us anything. You do not need to know which department."),
        by=by,
    )
    return gettext("The space is open, and your front page takes questions.")


DO: dict[str, Callable[[HttpRequest, Person], str]] = {
    "organisation": _organisation,
    "aim": _aim,
    "members": _members,
    "account": _account,
    "watch": _watch,
    "case": _case,
}
