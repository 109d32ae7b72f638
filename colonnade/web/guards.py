"""Who may open a page at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from colonnade.web.looking import looking
from colonnade.web.pages import not_found

V = TypeVar("V", bound=Callable[..., HttpResponse])


def staff_only(view: V) -> V:
    """A page of the desk: whoever is not signed in is asked to, everybody else gets what is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = looking(request)
        if who.staff:
            return view(request, *args, **kwargs)
        if who.person is None or who.guest:
            return HttpResponseRedirect(
                f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
            )
        return not_found(request)

    return cast(V, guarded)


def members_only(view: V) -> V:
    """A page for whoever has an account, staff or not; everybody else is asked to sign in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = looking(request)
        if who.person is not None and not who.guest:
            return view(request, *args, **kwargs)
        return HttpResponseRedirect(
            f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
        )

    return cast(V, guarded)


def admins_only(view: V) -> V:
    """A page for owners and admins; others of staff get what is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if looking(request).admin else not_found(request)

    return cast(V, staff_only(guarded))
