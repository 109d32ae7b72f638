"""What templates ask for: assets, icons, initials, times."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext, ngettext

from colonnade.conversations.types import AuthorLine
from colonnade.inbox.types import EntryLine
from colonnade.primitives import clock
from colonnade.web.assets import url_of
from colonnade.web.icons import ICONS

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The address of a stylesheet or behaviour."""
    return url_of(name)


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """A line drawing that says the same as the words beside it, and so is hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        size,
        mark_safe(ICONS[name]),
    )


@register.filter
def clean_html(value: str) -> SafeString:
    """HTML that came out of the one cleaner when it was stored (`PostText.html`): the only text shown unescaped."""
    return mark_safe(value)


@register.filter
def initials(name: str) -> str:
    """Two letters for a face: of the first and the last word."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()


@register.filter
def tint(id_: int) -> str:
    """One of four quiet colours, always the same for the same face."""
    return "abcd"[(id_ >> 3) % 4]


@register.filter
def page_of(id_: int, name: str) -> str:
    """Where the thing with this id stands, by the name of its page, as `{% url %}` says it. A page with thirty posts asks
    for five addresses of each: they are put together from a pattern that is looked up once."""
    before, after = _around_an_id(name)
    return f"{before}{id_}{after}"


@cache
def _around_an_id(name: str) -> tuple[str, str]:
    sample = 1 << 62
    before, _, after = reverse(name, args=[sample]).partition(str(sample))
    return before, after


@register.filter
def instant(moment: datetime | None) -> str:
    """A moment as machines read it, for the attribute `datetime`."""
    return moment.isoformat() if moment else ""


@register.filter(expects_localtime=True)
def day_and_time(moment: datetime | None) -> str:
    """A day with its time of day, where the viewer is: what stands behind an "ago"."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


@register.filter
def beginning(words: str, most: int) -> str:
    """At most so many letters of some words; what is cut off is replaced by an ellipsis, which counts as one of them. For
    plain words of lists, where the filter of Django, which looks at each letter, took a tenth of the page."""
    return words if len(words) <= most else words[: most - 1] + "…"


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago in few letters: "now", "6 min", "3 h", "2 d", else the date."""
    if moment is None:
        return ""
    seconds = (clock.now() - moment).total_seconds()
    if seconds < 60:
        return gettext("now")
    if seconds < 3600:
        return gettext("%(n)d min") % {"n": seconds // 60}
    if seconds < 86_400:
        return gettext("%(n)d h") % {"n": seconds // 3600}
    if seconds < 7 * 86_400:
        days = int(seconds // 86_400)
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    there = moment.astimezone(get_current_timezone())
    same_year = there.year == clock.now().year
    return date_format(there, "MONTH_DAY_FORMAT" if same_year else "DATE_FORMAT")


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], *names: str) -> str:
    """`aria-current="page"` where the page shown is one of these URL names."""
    match = getattr(context["request"], "resolver_match", None)
    return SafeString('aria-current="page"') if match and match.url_name in names else ""


@register.filter
def called(author: AuthorLine) -> str:
    """What somebody is called: their name, else their address."""
    return author.name or author.address or gettext("Somebody")


@register.filter
def face(author: AuthorLine) -> str:
    """The letters that stand for somebody's face."""
    return initials(called(author))


@register.filter
def clock_time(moment: datetime | None) -> str:
    """The time of day, in UTC."""
    return f"{moment:%H:%M}" if moment else ""


@register.filter
def patience(since: datetime) -> str:
    """The colour of a clock: amber while it runs, brick after an hour."""
    return "late" if (clock.now() - since).total_seconds() > 3600 else "clock"


def _mailed(details: dict[str, object]) -> str:
    """What is known of a letter to an asker; of one from before this was asked, that it was written."""
    state = details.get("state", "taken")
    if state == "taken" and details.get("tries") == 2:
        return gettext("They were written to by mail; it may have arrived twice")
    return {
        "taken": gettext("They were written to by mail"),
        "refused": gettext("Writing to them by mail was tried"),
    }.get(str(state), gettext("Not sure that the mail to them was sent"))


@register.filter
def in_words(entry: EntryLine) -> str:
    """One line of a case's history."""
    who = entry.by_name or gettext("Colonnade")
    to = str(entry.details.get("name") or entry.details.get("team") or gettext("nobody"))
    told = {
        "opened": gettext("The case was opened"),
        "heard": gettext("They wrote"),
        "assigned": gettext("%(who)s took it") if who == to else gettext("%(who)s gave it to %(to)s"),
        "replied": gettext("%(who)s answered"),
        "taken_back": gettext("%(who)s took the answer back"),
        "sent": gettext("The answer arrived"),
        "not_sure": gettext("Not sure the answer arrived"),
        "not_sent": gettext("The answer was not sent"),
        "noted": gettext("%(who)s left a note"),
        "waiting": gettext("%(who)s waits for their word"),
        "solved": gettext("%(who)s solved it"),
        "reopened": gettext("%(who)s opened it again"),
        "tagged": gettext("%(who)s changed the tags"),
        "priority": gettext("%(who)s changed how much it presses"),
        "joined": gettext("Another conversation joined"),
        "mailed": _mailed(entry.details),
        "not_mailed": gettext("The mail to them did not go out"),
    }.get(entry.kind, entry.kind)
    return told % {"who": who, "to": to}


@register.filter
def attempt_word(value: str) -> str:
    """What an attempt was, or what came of it, as staff read it."""
    words = {
        "write": gettext("Sent it"),
        "find": gettext("Looked for it"),
        "recall": gettext("Asked to delete it"),
        "word": gettext("Was told"),
        "open": gettext("No answer"),
        "taken": gettext("Taken"),
        "not_taken": gettext("Not taken"),
        "refused": gettext("Refused"),
        "duplicate": gettext("It was there already"),
        "unknown": gettext("Nobody knows"),
        "there": gettext("It is there"),
        "not_there": gettext("It is not there"),
        "cannot_tell": gettext("Cannot tell"),
    }
    return words.get(value, value)


@register.filter
def settler(value: str) -> str:
    """Who settled what an attempt had left open; "" where nobody has."""
    words = {
        "network": gettext("the network"),
        "find": gettext("looking there"),
        "person": gettext("a person"),
    }
    return words.get(value, value)
