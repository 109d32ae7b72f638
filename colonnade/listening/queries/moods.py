"""The moods of what is caught, read by whoever reads its language at this moment."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping

from colonnade.listening.language.reading import Heard
from colonnade.listening.models import Correction, MoodModel
from colonnade.listening.mood import UNSURE, Desk, Learned, Unreadable, language_of
from colonnade.listening.types import Feeling

_NAMED = re.compile(r"[a-z]{2,3}")
_NO_LANGUAGE = {"und", "zxx"}


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


def words_of(post: Heard) -> str:
    """The words of which a mood is read."""
    return f"{post.title}\n{post.text}".strip()


def _feeling(desk: Desk, post: Heard, corrected: str) -> Feeling:
    words = words_of(post)
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
