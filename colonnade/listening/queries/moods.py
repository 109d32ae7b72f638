"""The moods of what is caught, read by whoever reads its language at this moment; and what was learned from corrections."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Count, Max, Q, QuerySet

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.listening import rules
from colonnade.listening.language.reading import Heard
from colonnade.listening.models import Correction, MoodModel
from colonnade.listening.mood import LEANINGS, UNSURE, Desk, Learned, Unreadable, language_of
from colonnade.listening.mood import Correction as Word
from colonnade.listening.types import Feeling
from colonnade.primitives import clock

_NAMED = re.compile(r"[a-z]{2,3}")
_NO_LANGUAGE = {"und", "zxx"}
FEWEST_NEW = 20
"""New corrections of a language from which it is worth learning anew."""
MOST_LEARNED_FROM = 5000


class Moods:
    """The readers of moods of this process: what was learned is loaded once, and anew when something else is switched on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._desk = Desk()
        self._on: frozenset[int] = frozenset()

    def desk(self) -> Desk:
        """Those who read now. One statement, two where that has changed."""
        on = frozenset(MoodModel.objects.filter(switched_on=True).values_list("pk", flat=True))
        with self._lock:
            if on != self._on:
                self._desk, self._on = Desk(_learned(on)), on
            return self._desk

    def read(self, posts: Mapping[int, Heard]) -> dict[int, Feeling]:
        """Mood and language of each post: what a person said of it, else what its language's reader says."""
        if not posts:
            return {}
        desk = self.desk()
        corrected = dict(Correction.objects.filter(post__in=list(posts)).values_list("post_id", "mood"))
        return {pk: _feeling(desk, post, corrected.get(pk, "")) for pk, post in posts.items()}


def words_of(title: str, text: str) -> str:
    """The words of which a mood is read."""
    return f"{title}\n{text}".strip()


def _feeling(desk: Desk, post: Heard, corrected: str) -> Feeling:
    words = words_of(post.title, post.text)
    language = language_of(words, post.lang)
    mood = corrected or (desk.reader_of(language).read(words).label if words else UNSURE)
    return Feeling(mood, language_kept(language))


def language_kept(language: str) -> str:
    """A language as a mention keeps it: two or three letters, "" where nobody can tell (or a network says nonsense)."""
    return language if _NAMED.fullmatch(language) and language not in _NO_LANGUAGE else ""


def _learned(models: frozenset[int]) -> list[Learned]:
    """What was learned, without what this release cannot read: then its language is read as it was before."""
    found = []
    for body in MoodModel.objects.filter(pk__in=models).values_list("body", flat=True):
        try:
            found.append(Learned.from_bytes(bytes(body)))
        except Unreadable:
            continue
    return found


MOODS = Moods()


# --- learning ---------------------------------------------------------------------------------------------------------


def worth_learning() -> list[str]:
    """The languages of which enough was corrected since they were learned last. Two statements."""
    last = dict(MoodModel.objects.order_by().values_list("lang").annotate(Max("made_at")))
    since = Q(lang__in=[])
    for lang, made_at in last.items():
        since |= Q(lang=lang, at__lte=made_at)
    rows = Correction.objects.exclude(lang="").exclude(since).order_by("lang").values_list("lang")
    return [lang for lang, new in rows.annotate(new=Count("pk")) if new >= FEWEST_NEW]


def lessons_in(lang: str) -> list[Word]:
    """The newest corrections of a language, oldest first, with the words of their posts; what is gone is left out, and what
    was edited since: nobody has said how it reads now."""
    rows = Correction.objects.filter(lang=lang).order_by("-at", "-pk")
    newest = rows.values_list("post_id", "mood", "at", "post__edited_ms")[:MOST_LEARNED_FROM]
    moods = {
        pk: mood for pk, mood, at, edited in reversed(newest) if edited is None or edited <= clock.ms_of(at)
    }
    found = [(words_of(said.title, said.text), moods[said.id]) for said in conversations.said_of(moods)]
    return [Word(words, mood) for words, said in found for mood in LEANINGS if mood == said]


def next_version(lang: str) -> int:
    """The number of what is learned next of a language."""
    return (MoodModel.objects.filter(lang=lang).aggregate(last=Max("version"))["last"] or 0) + 1


def mood_models(viewer: Viewer) -> QuerySet[MoodModel]:
    """What was learned, by language, the newest first, without its numbers; nothing for anybody but staff."""
    rows = MoodModel.objects.defer("body").order_by("lang", "-version")
    return rows if rules.can_see_watches(viewer) else rows.none()


def corrections_by_language(viewer: Viewer) -> dict[str, dict[str, int]]:
    """How many posts staff have said to read how, by language ("" not known). One statement."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    if rules.can_see_watches(viewer):
        rows = Correction.objects.order_by().values_list("lang", "mood").annotate(Count("pk"))
        for lang, mood, count in rows:
            found[lang][mood] = count
    return dict(found)
