"""What passes by, counted exactly for some seconds and then put into sketches: what a post costs is some microseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from colonnade.insight.trends.rows import MOST_ROWS, SIGN, Rows
from colonnade.insight.trends.sketch import ADDRESS, GROUPS, KEPT, KINDS, Sketch, group_of, signs_of, tells
from colonnade.listening.language.reading import Heard
from colonnade.primitives.text import words

MOST_COUNTED = 60_000
MOST_HEARD_WHO = 4_000
LOOKED_AT = 4
"""Of the most frequent words four times as many are looked at as are kept: many of them tell nothing by themselves."""
_BREAK = chr(SIGN)

Said = dict[str, set[str]]


class Passed:
    """Posts of one hour that are not kept. `taken` gives what was counted and begins anew.

    About `most` things are counted exactly, by kind, and `rows` words of authors; beyond they go into a sketch, so that memory
    is fixed. Counts are those of `Sketch.add`, with which this is compared in tests. Who said a thing is noted of the first
    four thousand posts, which is enough to tell what many say from what few do.
    """

    def __init__(self, most: int = MOST_COUNTED, rows: int = MOST_ROWS) -> None:
        self._most, self._most_rows = most, rows
        self._begin()
        self._sketch = Sketch()

    def _begin(self) -> None:
        self.posts = 0
        self._rows = Rows()
        self._counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        self._voices: list[dict[str, set[str]]] = [{kind: set() for kind in KINDS} for _ in range(GROUPS)]

    def hear(self, posts: Sequence[Heard]) -> None:
        """Count posts; of one author a thing counts once in a call."""
        texts: dict[str, str] = {}
        links: dict[str, list[str]] = {}
        for post in posts:
            author, text = post.author, f"{post.title} {post.text}" if post.title else post.text
            texts[author] = f"{texts[author]}\n{text}" if author in texts else text
            if post.links:
                links.setdefault(author, []).extend(post.links)
        self._counts["author"].update([post.author for post in posts])
        self._count("word", self._other_words(texts))
        for kind, said in _signs_by(texts, links).items():
            self._count(kind, said)
        self.posts += len(posts)
        if self._rows.count > self._most_rows or sum(map(len, self._counts.values())) > self._most:
            self._fold()

    def _other_words(self, texts: Mapping[str, str]) -> Said:
        """Count words of up to sixteen letters of ASCII; returns the others."""
        said: Said = {}
        plain = {author: text for author, text in texts.items() if text.isascii() and _BREAK not in text}
        bare = ADDRESS.sub(" ", f"\n{_BREAK}\n".join(plain.values())).split(_BREAK) if plain else []
        for author in texts.keys() - plain.keys() if len(plain) < len(texts) else ():
            found = words(ADDRESS.sub(" ", texts[author]))
            bare.append(" ".join(word for word in found if word.isascii()))
            plain[author] = ""
            said[author] = {word for word in found if not word.isascii()}
        authors = list(plain)
        groups = [group_of(author) for author in authors] if self.posts < MOST_HEARD_WHO else None
        for number, word in self._rows.add(bare, groups):
            said.setdefault(authors[number], set()).add(word)
        return said

    def _count(self, kind: str, said: Said) -> None:
        self._counts[kind].update(chain.from_iterable(said.values()))
        if self.posts < MOST_HEARD_WHO:
            for author, terms in said.items():
                self._voices[group_of(author)][kind].update(terms)

    def taken(self) -> Sketch:
        """What was counted, which is forgotten here."""
        self._fold()
        sketch, self._sketch = self._sketch, Sketch()
        sketch.posts = sketch.passed = self.posts
        for kind, summary in sketch.kinds.items():
            summary.note_voices({term: self._heard_from(kind, term) for term in summary.things()})
        sketch.kinds["word"].note_voices(self._rows.voices(list(sketch.kinds["word"].things())))
        self._begin()
        return sketch

    def _heard_from(self, kind: str, term: str) -> int:
        return sum(1 << group for group, said in enumerate(self._voices) if term in said[kind])

    def _fold(self) -> None:
        for kind, counted in self._counts.items():
            counts, rest = self._all_words() if kind == "word" else (counted, 0)
            self._sketch.kinds[kind].add(counts, rest=rest)
            counted.clear()

    def _all_words(self) -> tuple[dict[str, int], int]:
        """The words that tell something, the frequent ones and those that are in the sketch; and how often others were said."""
        summary = self._sketch.kinds["word"]
        found, rest = self._rows.frequent(LOOKED_AT * KEPT["word"], list(summary.things()))
        both = chain(found.items(), self._counts["word"].items())
        return {word: times for word, times in both if tells(word)}, rest


def _signs_by(texts: Mapping[str, str], links: Mapping[str, Sequence[str]]) -> dict[str, Said]:
    """Tags, links, sites and emoji of each author; most posts have none."""
    found: dict[str, Said] = {}
    signs = [author for author, text in texts.items() if "#" in text or not text.isascii()]
    for author in {*signs, *links} if links else signs:
        for kind, term in signs_of(texts[author], links.get(author, ())):
            found.setdefault(kind, {}).setdefault(author, set()).add(term)
    return found
