"""One hour of all that streams by, in fixed memory."""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from colonnade.insight.differing.glue import GLUE
from colonnade.insight.trends.space_saving import SpaceSaving
from colonnade.listening.language.reading import emoji, toneless
from colonnade.primitives.entities.tags import hashtags
from colonnade.primitives.text import fold, words

KINDS = ("word", "tag", "link", "emoji")
KEPT = {"word": 600, "tag": 200, "link": 200, "emoji": 100}
"""How many counters an hour has for each kind."""
DAYS_KEPT = 15
SHORTEST, LONGEST = 3, 60
LONGEST_LINK = 300
_ADDRESS = re.compile(r"\bhttps?://\S+|[#＃@]\S+", re.IGNORECASE)


def terms_of(text: str, links: Collection[str] = ()) -> set[tuple[str, str]]:
    """What is counted of a post, each with its kind: words (numbers and very short ones tell nothing; names of tags and people are
    no words), tags, links without what follows a question mark, emoji without tones of skin."""
    found = {("word", word) for word in words(_ADDRESS.sub(" ", text)) if _tells(word)}
    found |= {("tag", fold(tag.value)[:LONGEST]) for tag in hashtags(text)}
    found |= {("link", short) for link in links if (short := _short(link))}
    return found | {("emoji", toneless(one)) for one, *_ in emoji(text)}


def _tells(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and not word.isdigit() and word not in GLUE


def _short(link: str) -> str:
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}"[:LONGEST_LINK] if host else ""


class Sketch:
    """What was said in one hour, and in how many posts."""

    def __init__(self) -> None:
        self.posts = 0
        self.kinds = {kind: SpaceSaving(size) for kind, size in KEPT.items()}

    def add(self, posts: Iterable[tuple[str, set[tuple[str, str]]]]) -> None:
        """Count posts, each with its author and what it says: of one author a thing counts once in a batch, so that
        nobody makes a trend by repeating themselves."""
        counted: Counter[tuple[str, str]] = Counter()
        said: set[tuple[str, tuple[str, str]]] = set()
        for author, terms in posts:
            self.posts += 1
            new = [one for one in terms if (author, one) not in said]
            said.update((author, one) for one in new)
            counted.update(new)
        for (kind, term), times in sorted(counted.items()):
            self.kinds[kind].add(term, times)

    def to_bytes(self) -> bytes:
        """For a column of a row."""
        told = {"posts": self.posts, "kinds": {kind: one.state() for kind, one in self.kinds.items()}}
        return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())

    @classmethod
    def from_bytes(cls, kept: bytes) -> Sketch:
        """The one that was kept."""
        told = json.loads(zlib.decompress(kept))
        made = cls()
        made.posts = told["posts"]
        for kind in KINDS:
            made.kinds[kind] = SpaceSaving.restored(*told["kinds"][kind])
        return made
