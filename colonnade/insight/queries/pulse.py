"""For the machine itself: what everybody of staff may see of what a watch catches, and what is different in it.

An alert is shown to all of staff, so it must not tell that something exists which one of them may not see: only posts that
whoever is of staff may see are counted and compared. Nothing of it is shown without asking again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from colonnade.access import queries as access
from colonnade.access.types import ANONYMOUS, OPEN_CIRCLES, Viewer
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Post
from colonnade.conversations.types import PostLine
from colonnade.insight.differing import Said, compare, features
from colonnade.insight.models import Alert, Pulse
from colonnade.insight.pulse import DAYS_LEARNED, LATE_S, STEP_S, Beat, step_of
from colonnade.listening import queries as listening
from colonnade.listening.language.reading import Heard
from colonnade.listening.models import Mention, Watch
from colonnade.people import queries as people
from colonnade.primitives import clock, ids
from colonnade.primitives.entities.tags import hashtags
from colonnade.primitives.text import fold

DAYS_BEFORE, MOST_BEFORE, MOST_NOW, FEW_BEFORE = 14, 1000, 500, 50
STEPS_BEHIND = 6 * 3_600 // STEP_S
_LINK = re.compile(r'<a [^>]*?href="([^"]+)"')
_ADDRESS = re.compile(r"\bhttps?://\S+|[#＃@]\S+", re.IGNORECASE)


def any_of_staff() -> Viewer:
    """Whoever is of staff and nothing else: what they see, everybody of staff may see."""
    holds = frozenset(OPEN_CIRCLES)
    return Viewer(principal=ANONYMOUS, holds=holds, audiences=access.audiences_admitting(holds))


def caught(
    watches: Collection[int], *, since: int, before: int | None = None, drill: bool = False
) -> QuerySet[Post]:
    """Posts that one of these watches caught and everybody of staff may see, from an id on (ids are times); real ones, or
    those of a `drill`."""
    asked = {
        "mentions__watch__in": list(watches),
        "mentions__drill": drill,
        "mentions__post_id__gte": since,
    }
    if before is not None:
        asked["mentions__post_id__lt"] = before
    return conversations.visible_to(any_of_staff()).filter(**asked).order_by()


def counts_by_step(firsts: Mapping[int, int], *, before: int | None = None) -> dict[int, Counter[int]]:
    """For each watch how many posts lie in each step from the given one on (and before another step). One statement for all
    watches that begin with the same step."""
    upto = None if before is None else first_id(before)
    found: dict[int, Counter[int]] = {watch: Counter() for watch in firsts}
    for first in set(firsts.values()):
        asked = [watch for watch, step in firsts.items() if step == first]
        rows = caught(asked, since=first_id(first), before=upto)
        # Whole numbers divide without remainder in both databases; an id carries its moment.
        counted = rows.annotate(step=F("pk") / ids.first_of(STEP_S * 1000))
        told = counted.values_list("mentions__watch", "step").annotate(posts=Count("pk")).order_by()
        for watch, step, posts in told:
            found[watch][step] = posts
    return found


def learned(watch: int) -> Beat | None:
    """What is usual for a watch, learned from what it caught in the last four weeks; None for one that does not listen. It is
    read without a lock: what comes meanwhile lies in the step that is not fed."""
    found = Watch.objects.filter(pk=watch, state="active").first()
    if found is None:
        return None
    running = step_of(clock.now_ms())
    begins = min(first_step(found), running)
    beat = Beat(found.version, begins)
    counts = counts_by_step({watch: begins}, before=running)[watch]
    beat.feed(running, counts, newest_known([watch], running).get(watch, 0))
    return beat


def newest_known(watches: Collection[int], running: int) -> dict[int, int]:
    """The newest mention of each watch by the order in which they were kept, of what was said lately: all up to it is counted
    when the steps before the running one are. Mentions of one watch are kept one after the other, under its lock."""
    if not watches:
        return {}
    since = first_id(running - 2 * LATE_S // STEP_S)
    rows = Mention.objects.filter(watch__in=list(watches), post_id__gte=since).order_by()
    return dict(rows.values_list("watch").annotate(newest=Max("pk")))


def unknown_of(watch: int, posts: Collection[int], seen: int) -> list[int]:
    """Which of these posts were caught after the mention `seen`, and may be counted."""
    rows = conversations.visible_to(any_of_staff())
    asked = {"mentions__post_id__in": list(posts), "mentions__pk__gt": seen, "mentions__drill": False}
    rows = rows.filter(mentions__watch=watch, **asked)
    return list(rows.order_by().values_list("pk", flat=True))


def first_id(step: int) -> int:
    """The first id of a step."""
    return ids.first_of(step * STEP_S * 1000)


def first_step(watch: Watch) -> int:
    """Where the learning of a watch begins: four weeks ago, or where there first was something to hear."""
    earliest = step_of(clock.now_ms()) - DAYS_LEARNED * 86_400 // STEP_S
    oldest = (
        Mention.objects.filter(watch=watch, post_id__gte=first_id(earliest), drill=False)
        .order_by("post_id")
        .values_list("post_id", flat=True)
        .first()
    )
    made = step_of(clock.ms_of(watch.created_at))
    heard = made if oldest is None else min(made, step_of(ids.ms_of(oldest)))
    return max(earliest, heard)


# --- what is different ------------------------------------------------------------------------------------------------


def differs(pk: int) -> dict[str, list[dict[str, object]]] | None:
    """What is different in the posts of an alert, against those of the watch in the fourteen days before (where those are
    few, beside what is said in public at all). By kind, as it is kept in a row; None where there is no such alert."""
    alert = Alert.objects.select_related("watch").filter(pk=pk).first()
    if alert is None:
        return None
    since, ends = _id(alert.since), None if alert.over_at is None else _id(alert.over_at)
    now = _newest(alert.watch_id, since, ends, MOST_NOW, drill=alert.drill)
    earlier = since - ids.first_of(DAYS_BEFORE * 86_400_000)
    before = _newest(alert.watch_id, earlier, since, MOST_BEFORE)
    if len(before) < FEW_BEFORE:
        besides = conversations.newest(access.anonymous(), before=since, limit=MOST_NOW)
        before = list(dict.fromkeys([*before, *besides]))
    heard = {pk: _said(pk, one) for pk, (_, one) in listening.heard([*now, *before]).items()}
    asked = [phrase for why in listening.why(alert.watch, now).values() for phrase in why]
    found = compare(
        [heard[pk] for pk in now if pk in heard],
        [heard[pk] for pk in before if pk in heard],
        leave_out=[*set(asked), people.our_name(), people.our_name().replace(" ", "")],
    )
    told: dict[str, list[dict[str, object]]] = {}
    for one in found:
        told.setdefault(one.kind, []).append(one._asdict() | {"posts": list(one.posts)})
    return told


def holding(lines: Iterable[PostLine], kind: str, what: str) -> list[PostLine]:
    """Those of these posts that have a feature, in the given order."""
    return [one for one in lines if (kind, what) in features(_shown(one))]


def _shown(line: PostLine) -> Said:
    """A post as a list shows it."""
    links = tuple(unescape(link) for link in _LINK.findall(line.html))
    author, network = line.author.address, line.author.network
    return _said(line.id, Heard(line.text, line.title, author, links=links, lang=line.lang, network=network))


def _newest(watch: int, since: int, before: int | None, most: int, *, drill: bool = False) -> list[int]:
    rows = caught([watch], since=since, before=before, drill=drill).order_by("-mentions__post_id")
    return list(rows.values_list("pk", flat=True)[:most])


def _said(pk: int, post: Heard) -> Said:
    text = f"{post.title} {post.text}"
    return Said(
        id=pk,
        text=_ADDRESS.sub(" ", text),  # links, tags and handles are no words
        author=f"{post.author}@{post.network}" if "@" not in post.author else post.author,
        tags={fold(tag.value) for tag in hashtags(text)} | {fold(tag.lstrip("#＃")) for tag in post.tags},
        sites=_sites(post.links),
        network=post.network,
        lang=post.lang,
    )


def _sites(links: Collection[str]) -> set[str]:
    return {host.removeprefix("www.") for link in links if (host := _host(link))}


def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""


def _id(moment: datetime) -> int:
    return ids.first_of(clock.ms_of(moment))


def waiting_for_time() -> list[int]:
    """Watches of which something is open, or that were not fed for so long that the next post would wait for it."""
    behind = step_of(clock.now_ms()) - STEPS_BEHIND
    loud = Exists(Alert.objects.filter(watch=OuterRef("watch"), state="open", run=None))
    rows = Pulse.objects.filter(Q(upto__lt=behind) | Q(loud), watch__state="active")
    return list(rows.order_by("pk").values_list("pk", flat=True))
