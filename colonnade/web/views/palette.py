"""The command palette: what one may go to or do from anywhere. Its dialogs are parts, fetched when first wanted."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from colonnade.inbox import queries as inbox
from colonnade.listening import queries as listening
from colonnade.places import queries as places
from colonnade.web.finding import named
from colonnade.web.keys import KEYS
from colonnade.web.looking import Looking, looking
from colonnade.web.pages import is_part, page

MOST_PLACES, MOST_WATCHES, MOST_CASES = 200, 100, 20
Item = dict[str, str]


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """What there is to choose, as JSON; with `q` what bears such a name. Parts: `dialog`, `keys`."""
    who = looking(request)
    if is_part(request, "dialog"):
        return page(request, "components/palette.html")
    if is_part(request, "keys"):
        return page(request, "components/keys.html", {"groups": KEYS})
    words = request.GET.get("q", "").strip()
    items = _named(who, words) if words else [*_screens(who), *_things(who)]
    return JsonResponse({"items": [item for item in items if item["url"]]})


def _item(kind: str, title: str, url: str, hint: str = "") -> Item:
    return {"kind": kind, "title": title, "url": url, "hint": hint}


def _at(name: str, *args: object) -> str:
    """The address of a screen; "" where this house has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _screens(who: Looking) -> list[Item]:
    screens = [
        ("search", gettext("Search")),
        ("spaces", gettext("Spaces")),
        ("notices", gettext("Notices")),
        ("settings", gettext("Settings")),
        ("settings_appearance", gettext("Light, dark, how it looks")),
    ]
    if who.staff:
        screens = [
            ("today", gettext("Today")),
            ("inbox", gettext("Inbox")),
            ("publish", gettext("Publish")),
            ("listen", gettext("Listen")),
            ("lists", gettext("Lists")),
            ("wall", gettext("The wall")),
            ("columns", gettext("Columns")),
            ("people", gettext("People")),
            ("deliveries", gettext("Outgoing")),
            ("places", gettext("Accounts and sources")),
            *screens,
        ]
    items = [_item("go", title, _at(name)) for name, title in screens]
    return [*items, *_actions(who)]


def _actions(who: Looking) -> list[Item]:
    actions = [(_at("ask"), gettext("Ask something"))] if not who.staff else []
    if who.staff:
        actions = [
            (_at("publish_new"), gettext("New post")),
            (_at("watch_new"), gettext("New watch")),
            (_at("column_choose"), gettext("New column")),
        ]
    if who.admin:
        actions += [
            (_at("space_new"), gettext("Open a space")),
            (_at("people_import"), gettext("Bring people in")),
            (_at("settings_organisation"), gettext("Name, logo, colour")),
            (_at("start"), gettext("First steps")),
        ]
    return [
        *(_item("do", title, url) for url, title in actions),
        _item("do", gettext("Show the keys"), "#keys", "?"),
    ]


def _things(who: Looking) -> list[Item]:
    viewer = who.viewer
    items = [
        _item("place", one.name, _at("place", one.pk)) for one in places.first_places(viewer)[:MOST_PLACES]
    ]
    items += [
        _item("watch", one.name, _at("watch", one.pk), pgettext("kind of thing", "Watch"))
        for one in listening.watches_for(viewer)[:MOST_WATCHES]
    ]
    if who.staff:
        cases = inbox.cases_for(viewer, owner=viewer.person, limit=MOST_CASES)
        items += [
            _item(
                "case",
                one.title or (one.heard.text[:80] if one.heard else ""),
                _at("case", one.id),
                gettext("Yours"),
            )
            for one in cases
        ]
    return [item for item in items if item["title"]]


def _named(who: Looking, words: str) -> list[Item]:
    found = named(who.viewer, words)
    return [
        *(_item("place", one.name, _at("place", one.pk)) for one in found.places),
        *(
            _item("person", one.name or one.address, _at("identity", one.pk), one.address)
            for one in found.people
        ),
        *(_item("case", one.title, _at("case", one.id)) for one in found.cases),
        _item(
            "go",
            gettext("Search for “%(words)s”") % {"words": words},
            f"{_at('search')}?{urlencode({'q': words})}",
        ),
    ]
