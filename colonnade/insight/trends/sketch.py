"""One hour of all that streams by, in fixed memory."""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from colonnade.insight.differing.glue import GLUE
from colonnade.insight.trends.space_saving import SpaceSaving
from colonnade.listening.language.reading import emoji, toneless
from colonnade.primitives.entities.tags import hashtags
from colonnade.primitives.text import fold, words

KINDS = ("word", "tag", "link", "emoji", "site", "author")
KEPT = {"word": 600, "tag": 200, "link": 200, "emoji": 100, "site": 100, "author": 100}
"""How many counters an hour has for each kind."""
DAYS_KEPT = 15
SHORTEST, LONGEST = 3, 60
LONGEST_LINK = 300
GROUPS = 8
"""Into so many groups people are parted, by a hash of their address."""
ADDRESS = re.compile(r"(?:[hH][tT][tT][pP][sS]?://|[#＃@])\S+")
# Pictures, what joins them, and a digit before the frame of a key: whatever is no ASCII and no letter of a script. Looking at
# these alone is quick; what of them is an emoji `reading.emoji` says.
_PICTURES = re.compile(
    "[0-9#*]?[\u00a9\u00ae\u200d\u203c\u2049\u20e3\u2100-\u2bff\u3030\u303d\u3297\u3299\ufe0e\ufe0f\U0001f000-\U0001faff"
    "\U000e0020-\U000e007f]+"
)

_LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:@\[\]\s]+)(?::\d*)?(/[^?#]*|)(?:[?#]|$)")

Terms = set[tuple[str, str]]


def group_of(author: str) -> int:
    """The group to which somebody belongs, the same in every process."""
    return zlib.crc32(author.encode("utf-8", "replace")) % GROUPS


def terms_of(text: str, links: Collection[str] = ()) -> Terms:
    """What is counted of a post, each with its kind: words (numbers and very short ones tell nothing; names of tags and people are
    no words), tags, links without what follows a question mark and their sites, emoji without tones of skin."""
    return {("word", word) for word in words(ADDRESS.sub(" ", text)) if tells(word)} | signs_of(text, links)


def signs_of(text: str, links: Collection[str] = ()) -> Terms:
    """What is counted of a post but its words."""
    found: Terms = set()
    if "#" in text or "＃" in text:
        found |= {("tag", fold(tag.value)[:LONGEST]) for tag in hashtags(text)}
    for link in links:
        if short := _short(link):
            found |= {("link", short), ("site", short.partition("/")[0])}
    if not text.isascii():
        found |= {("emoji", toneless(one)) for run in _PICTURES.findall(text) for one, *_ in emoji(run)}
    return found


def tells(word: str) -> bool:
    """Whether a word says anything by itself."""
    return SHORTEST <= len(word) <= LONGEST and not word.isdigit() and word not in GLUE


def _short(link: str) -> str:
    """Site and path of an address, "" for what is none."""
    found = _LINK.match(link)
    if found is None:
        return ""
    return f"{found[1].lower().removeprefix('www.')}{found[2].rstrip('/')}"[:LONGEST_LINK]


class Sketch:
    """What was said in one hour, and in how many posts; `passed` of them were not kept."""

    def __init__(self) -> None:
        self.posts = self.passed = 0
        self.kinds = {kind: SpaceSaving(size) for kind, size in KEPT.items()}

    def add(self, posts: Iterable[tuple[str, Terms]]) -> None:
        """Count posts, each with its author and what it says: of one author a thing counts once in a batch, so that
        nobody makes a trend by repeating themselves. An author counts with each post."""
        counted: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        voices: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
        said: set[tuple[str, tuple[str, str]]] = set()
        for author, terms in posts:
            self.posts += 1
            counted["author"][author] += 1
            new = [one for one in terms if (author, one) not in said]
            said.update((author, one) for one in new)
            for kind, term in new:
                counted[kind][term] += 1
                voices[kind][term] = voices[kind].get(term, 0) | 1 << group_of(author)
        for kind, counts in counted.items():
            self.kinds[kind].add(counts, voices[kind])

    def merge(self, other: Sketch) -> None:
        """Count what another one has counted of the same hour as well."""
        self.posts += other.posts
        self.passed += other.passed
        for kind, one in self.kinds.items():
            one.merge(other.kinds[kind])

    def to_bytes(self) -> bytes:
        """For a column of a row."""
        kinds = {kind: one.state() for kind, one in self.kinds.items()}
        told = {"posts": self.posts, "passed": self.passed, "kinds": kinds}
        return zlib.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), 1)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Sketch:
        """The one that was kept, also by an earlier release, which counted fewer kinds."""
        told = json.loads(zlib.decompress(kept))
        made = cls()
        made.posts, made.passed = told["posts"], told.get("passed", 0)
        states: Mapping[str, list[object]] = told["kinds"]
        for kind in KINDS:
            if kind in states:
                made.kinds[kind] = SpaceSaving.restored(*states[kind])  # type: ignore[arg-type]
        return made
