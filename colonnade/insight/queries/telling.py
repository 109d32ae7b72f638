"""An alert in five lines, for a phone: what, since when, who, three posts, what we said before; of what its reader may see."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.conversations.types import PostLine
from colonnade.insight.models import Alert
from colonnade.insight.queries.alerts import different, posts_of
from colonnade.insight.queries.scenarios import drill_grounds
from colonnade.listening import queries as listening
from colonnade.people.models import STAFF_ROLES
from colonnade.primitives import clock, ids

WORDS, NAMES, POSTS, LETTERS = 3, 3, 3, 60
MOST_READ = 200
SAID_WITHIN = timedelta(days=14)
_WHO, _WORDS = ("author__name", "author__address"), ("said__title", "said__text")


def headline(alert: Alert, words: list[str]) -> str:
    """What is unusual, in one line; `words` are the first of what is different."""
    told = {"name": alert.watch.name, "words": ", ".join(words[:WORDS])}
    loud = (
        gettext("“%(name)s” is unusually loud: %(words)s")
        if words
        else gettext("“%(name)s” is unusually loud")
    )
    return (gettext("Drill: %(what)s") % {"what": loud % told}) if alert.drill else loud % told


def words_of(viewer: Viewer, alert: Alert) -> list[str]:
    """The words and tags that are different, the clearest first, as far as the viewer may see posts that hold them."""
    return [one.what for one in different(viewer, alert) if one.kind in ("word", "tag")]


def in_five_lines(viewer: Viewer, alert: Alert, zone: ZoneInfo) -> list[str]:
    """What, since when, who, three posts, what we said before; a line that has nothing to say is left out."""
    rows = posts_of(viewer, alert).values_list("pk", *_WHO, *_WORDS)
    told = [_Told(pk, name or address, title or text) for pk, name, address, title, text in rows[:MOST_READ]]
    quoted = " · ".join(_quoted(one.words) for one in told[:POSTS])
    lines = [headline(alert, words_of(viewer, alert)), _since(alert, len(told), zone)]
    said = _we_said(viewer, alert, [one.pk for one in told])
    return [*lines, *filter(None, [_who([one.author for one in told]), quoted, said])]


class _Told(NamedTuple):
    """As much of a post as five lines need."""

    pk: int
    author: str
    words: str


def _since(alert: Alert, posts: int, zone: ZoneInfo) -> str:
    told = {"time": date_format(alert.since.astimezone(zone), "H:i"), "n": posts}
    words = ngettext("Since %(time)s: %(n)d post", "Since %(time)s: %(n)d posts", posts) % told
    return f"{words}; {usual_of(alert)}"


def usual_of(alert: Alert) -> str:
    """What was loudest, beside what is usual then."""
    told = {"n": alert.posts, "usual": round(alert.expected)}
    if told["usual"]:
        return gettext("%(n)d in five minutes, where %(usual)d is usual") % told
    return gettext("%(n)d in five minutes, where hardly any is usual") % told


def draft_sentence(alert: Alert, posts: int, zone: ZoneInfo, *, what: str = "", holding: int = 0) -> str:
    """A sentence to begin with, from the numbers: of `posts` that its reader may see, so many hold `what`."""
    told = {
        "name": alert.watch.name,
        "when": date_format(alert.since.astimezone(zone), "j M, H:i"),
        "n": posts,
        "what": what,
        "holding": holding,
        "usual": usual_of(alert),
    }
    if what:
        return (
            gettext("“%(what)s” stands in %(holding)d of %(n)d posts about “%(name)s” since %(when)s.") % told
        )
    words = ngettext(
        "%(n)d post about “%(name)s” since %(when)s: %(usual)s.",
        "%(n)d posts about “%(name)s” since %(when)s: %(usual)s.",
        posts,
    )
    return words % told


def _who(authors: list[str]) -> str:
    names = list(dict.fromkeys(authors))
    if not names:
        return ""
    others = len(names) - NAMES
    told = {"names": ", ".join(names[:NAMES]), "n": others}
    if len(names) <= NAMES:
        return gettext("By %(names)s") % told
    return ngettext("By %(names)s and %(n)d other", "By %(names)s and %(n)d others", others) % told


def _quoted(said: str) -> str:
    words = " ".join(said.split())
    return f"“{words[:LETTERS].rstrip()}…”" if len(words) > LETTERS else f"“{words}”"


def _we_said(viewer: Viewer, alert: Alert, shown: list[int]) -> str:
    """The newest of what we said ourselves about what the watch looks for, before the alert or since."""
    last = _said_by_us(viewer, alert, shown).values_list(*_WORDS).first()
    if last is None:
        return gettext("We have said nothing about it yet.")
    return gettext("We said: %(words)s") % {"words": _quoted(last[0] or last[1])}


def we_said(viewer: Viewer, alert: Alert, shown: list[int]) -> PostLine | None:
    """The newest post of ours within fourteen days that holds the words for which posts of the alert were caught."""
    newest = _said_by_us(viewer, alert, shown).values_list("pk", flat=True).first()
    return next(iter(conversations.lines(viewer, [newest])), None) if newest is not None else None


def _said_by_us(viewer: Viewer, alert: Alert, shown: list[int]) -> QuerySet[Post]:
    """Newest first."""
    phrases = {phrase for why in listening.why(alert.watch, shown[:20]).values() for phrase in why}
    asked = Q()
    for phrase in sorted(phrases)[:WORDS]:
        asked |= Q(said__text__icontains=phrase)
    ours = Q(author__accounts__isnull=False) | Q(author__person__role__in=STAFF_ROLES, place__kind="space")
    since = ids.first_of(clock.ms_of(clock.now() - SAID_WITHIN))
    rows = conversations.visible_to(viewer).filter(ours, asked, pk__gte=since)
    if not alert.drill:
        rows = rows.exclude(place__in=drill_grounds())  # an answer that was practised was never said
    return rows.order_by("-pk") if phrases else rows.none()
