"""Posts as sets of features, and the features that stand out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from colonnade.insight.differing.glue import GLUE
from colonnade.primitives.text import words as words_of

KINDS = ("word", "tag", "author", "site", "network", "lang")
LEAST_POSTS, LEAST_AUTHORS = 3, 2
LEAST_Z = 1.96
"""What chance alone brings in one of forty cases is no difference: the edge of 95 % on both sides."""
PRIOR_POSTS = 10.0
"""How many posts the prior weighs: both sides are drawn towards their common share by that much."""
MOST_OF_A_KIND = {"word": 8, "tag": 4, "author": 4, "site": 4, "network": 2, "lang": 2}
EXAMPLES = 5
SHORTEST_WORD = 3
LEAST_SHARE = 0.05
"""What stands in fewer than one of twenty posts is not what they are about."""
COMMON, HALF = 0.25, 0.5
"""A word that stood in every fourth post before is no news, however many there are now; nor is the network of half of them."""
EARLIER_POSTS = 5.0


@dataclass(frozen=True, slots=True)
class Said:
    """One post: its id, words, and what is known beside them. `sites` are the hosts that it links to."""

    id: int
    text: str
    author: str
    tags: Collection[str] = ()
    sites: Collection[str] = ()
    network: str = ""
    lang: str = ""


class Different(NamedTuple):
    """Something that is there more often than before: of which kind, in how many of the posts now, in which share of those before
    (0 to 1), how clearly (z), and some posts that hold it, the newest first."""

    kind: str
    what: str
    now: int
    before: float
    z: float
    posts: tuple[int, ...]


def stands_out(now: int, all_now: int, before: int, all_before: int) -> float:
    """How clearly something is more frequent now than before, as z of the log-odds ratio: found in `now` of `all_now` posts,
    and in `before` of `all_before`. Above 0: more often. The prior is the share in both together."""
    share = (now + before) / max(1, all_now + all_before)
    weight = max(PRIOR_POSTS * share, 1e-3)
    rest = max(PRIOR_POSTS - weight, 1e-3)
    more = math.log((now + weight) / (all_now - now + rest))
    less = math.log((before + weight) / (all_before - before + rest))
    return (more - less) / math.sqrt(1.0 / (now + weight) + 1.0 / (before + weight))


def compare(now: Sequence[Said], before: Sequence[Said], *, leave_out: Iterable[str] = ()) -> list[Different]:
    """What stands out in the posts of `now` against those of `before`, the clearest of each kind first, kinds in the order of
    `KINDS`. Words of `leave_out` (what was asked for, our own name) are no news. A word or tag of one author alone is their
    habit: two authors at least must use it. Where nearly nothing was said before, nothing can differ but its words."""
    silent = {word for text in leave_out for word in words_of(text)}
    here, there = _by_feature(now, silent), _by_feature(before, silent)
    authors = {one.id: one.author for one in now}
    found: dict[str, list[Different]] = defaultdict(list)
    for (kind, what), posts in here.items():
        if len(before) < EARLIER_POSTS and kind not in ("word", "tag"):
            continue
        if len(posts) < max(LEAST_POSTS, LEAST_SHARE * len(now)):
            continue
        earlier = len(there.get((kind, what), ()))
        is_said = kind in ("word", "tag")
        if (is_said and _alone(posts, authors)) or earlier > (COMMON if is_said else HALF) * len(before):
            continue
        z = stands_out(len(posts), len(now), earlier, len(before))
        if z >= LEAST_Z:
            newest = tuple(sorted(posts, reverse=True)[:EXAMPLES])
            found[kind].append(
                Different(kind, what, len(posts), earlier / max(1, len(before)), round(z, 2), newest)
            )
    return [one for kind in KINDS for one in _first(found[kind], MOST_OF_A_KIND[kind])]


def _first(found: list[Different], most: int) -> list[Different]:
    return sorted(found, key=lambda one: (-one.z, -one.now, one.what))[:most]


def _alone(posts: Collection[int], authors: Mapping[int, str]) -> bool:
    return len({authors[one] for one in posts}) < LEAST_AUTHORS


def _by_feature(said: Iterable[Said], silent: set[str]) -> dict[tuple[str, str], set[int]]:
    """The posts of each feature; a post has it once, however often it says it."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in said:
        for kind, what in features(one):
            asked = kind in ("word", "tag") and silent.issuperset(words_of(what))
            if not asked:
                found[kind, what].add(one.id)
    return found


def features(said: Said) -> set[tuple[str, str]]:
    """What a post has that others may have as well, each with its kind."""
    found = {("word", word) for word in words_of(said.text) if _tells(word)}
    found |= {("tag", tag) for tag in said.tags} | {("site", site) for site in said.sites}
    beside = (("author", said.author), ("network", said.network), ("lang", said.lang))
    return found | {(kind, what) for kind, what in beside if what}


def _tells(word: str) -> bool:
    """Short words in letters tell little; in scripts without spaces, and in figures, a sign is a word."""
    return word not in GLUE and (len(word) >= SHORTEST_WORD or not word.isascii())
