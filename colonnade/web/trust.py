"""What the front page says of those who answer: true figures, found every few minutes by a worker.

Only names that already stand in public appear: those of staff who said something there within 30 days. How long an
answer takes is a plain median over at least 20 of them. A page reads what was found and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from django.core.cache import cache
from django.db.models import Max
from django.utils.translation import gettext, ngettext

from colonnade.access import queries as access
from colonnade.conversations import queries as conversations
from colonnade.inbox import queries as inbox
from colonnade.people.models import HERE, STAFF_ROLES, Identity
from colonnade.primitives import clock, ids

KEY = "front:trust"
KEPT_S = 3600
LATELY_MS = 30 * 86_400_000
NAMED = 2
MOST_FACES = 500


@dataclass(frozen=True, slots=True)
class Trust:
    """`wait_s`: the usual seconds to a first answer, None where too few are known. `names`: the two who spoke last."""

    wait_s: int | None
    names: tuple[str, ...]
    others: int

    @property
    def speed(self) -> str:
        """How fast, as a sentence; "" where it is not known."""
        if self.wait_s is None:
            return ""
        minutes = max(1, ceil(self.wait_s / 60))
        if minutes < 90:
            words = ngettext("usually answers in %(n)d minute", "usually answers in %(n)d minutes", minutes)
            return words % {"n": minutes}
        hours = ceil(minutes / 60)
        if hours < 48:
            words = ngettext("usually answers in %(n)d hour", "usually answers in %(n)d hours", hours)
            return words % {"n": hours}
        days = ceil(hours / 24)
        return ngettext("usually answers in %(n)d day", "usually answers in %(n)d days", days) % {"n": days}

    @property
    def people(self) -> str:
        """Who, as a phrase; "" where nobody of staff spoke in public lately."""
        if not self.names:
            return ""
        if self.others:
            words = ngettext(
                "%(first)s, %(second)s and %(n)d colleague",
                "%(first)s, %(second)s and %(n)d colleagues",
                self.others,
            )
            return words % {"first": self.names[0], "second": self.names[1], "n": self.others}
        if len(self.names) == NAMED:
            return gettext("%(first)s and %(second)s") % {"first": self.names[0], "second": self.names[1]}
        return self.names[0]


def find() -> None:
    """Count anew and leave it for the front page."""
    wait = inbox.usual_wait()
    names = _names()
    found = {
        "wait_s": int(wait.total_seconds()) if wait else None,
        "names": names[:NAMED],
        "others": len(names[NAMED:]),
    }
    cache.set(KEY, found, KEPT_S)


def found() -> Trust | None:
    """What was found last; None where nothing is known yet."""
    told = cache.get(KEY)
    return Trust(told["wait_s"], tuple(told["names"]), told["others"]) if told else None


def _names() -> list[str]:
    """First names of staff who said something in public lately, the latest first; the same name once."""
    staff = Identity.objects.filter(person__role__in=STAFF_ROLES, person__state="active", network=HERE)
    names = dict(staff.values_list("pk", "name")[:MOST_FACES])
    since = ids.first_of(clock.now_ms() - LATELY_MS)
    said = conversations.visible_to(access.anonymous()).filter(author_id__in=names, pk__gte=since)
    latest = said.order_by().values_list("author_id").annotate(newest=Max("pk"))
    authors = [author for author, _ in sorted(latest, key=lambda row: row[1], reverse=True)]
    return list(dict.fromkeys(names[author].split()[0] for author in authors if names[author].strip()))
