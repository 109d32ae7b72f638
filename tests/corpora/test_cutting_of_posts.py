"""Posts are cut into words by the batch as the language cuts each of them alone."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from colonnade.listening.matcher.cutting import END_OF_POST, END_OF_TITLE, Cut, terms_of
from colonnade.listening.matcher.lookup import Lookup
from colonnade.primitives import text as texts

pytestmark = pytest.mark.corpora

# Letters, what parts words, marks and invisible signs that belong to what stands before them, what folding makes longer or
# parts, scripts without spaces, halves of pairs, and the very signs by which posts are told apart.
LETTERS = [
    *"aBz9_ =<>-~.\n\t\0\x1f\x01\x02\x7f",
    *"\u0301\u0338\u0345\u20e3\u0483",
    *"\u00ad\u200b\u200d\ufe0f\u2060\u180b",
    *"\u2122\u2120\u212b\u212a\u017f\u00df\u0130\ufb01\uff21\u00bd\u00a8\u0385\u00b4\u2026\u2019\u00b2",
    *"\u0416\u03a3\u05d0\u0915\u094d\u1100\u1161\u11a8\uac00",
    *"\u6771\u3042\u30fc\u0e01\u0e48\u0e81\u17d2\u1000",
    *"\U0001f389\U0001f3fd\U0001f1e9\U0001d400\ud800",
]
TEXTS = st.lists(st.sampled_from(LETTERS), max_size=40).map("".join) | st.text(max_size=30)
POSTS = st.lists(st.tuples(st.just("") | TEXTS, TEXTS), max_size=6)


class Numbered(dict[bytes, int]):
    """A number for each word that is asked for."""

    def __missing__(self, word: bytes) -> int:
        self[word] = len(self)
        return self[word]

    def named(self, terms: list[int]) -> list[bytes]:
        names = list(self)
        return [names[term] for term in terms]


def _one_by_one(posts: list[tuple[str, str]]) -> list[bytes]:
    found: list[str] = []
    for title, text in posts:
        found += [*texts.words(title), END_OF_TITLE] if title else []
        found += [*texts.words(text), END_OF_POST]
    return [word.encode("utf-8", "surrogatepass") for word in found]


@settings(max_examples=600)
@given(POSTS, st.sets(st.integers(0, 30)))
@example([("", "=\u0338 a")], set())
@example([("", "=\u200d\u0338")], set())
@example([("\u0301a", "\n\u0301b")], set())
@example([("a", "b\x01c")], set())
@example([("Ünïcode" * 30, "antidisestablishmentarianism ANTIDISESTABLISHMENTARIANISM")], {0})
def test_a_batch_is_cut_as_each_post_is(posts: list[tuple[str, str]], known: set[int]) -> None:
    expected = _one_by_one(posts)
    words = Numbered()
    lookup = Lookup()
    signs = [END_OF_POST.encode(), END_OF_TITLE.encode()]
    learned = [*signs, *(word for at, word in enumerate(dict.fromkeys(expected)) if at in known)]
    lookup.learn(learned, [words[word] for word in learned])
    assert words.named(terms_of(posts, lookup, words, None).tolist()) == expected

    few = {word: words[word] for word in learned}
    named = [few.get(word, -7) for word in expected]
    assert terms_of(posts, lookup, few, -7).tolist() == named


@given(st.binary(max_size=60).map(lambda one: one.translate(bytes(range(128)) * 2)))
def test_a_cut_tells_words_by_their_first_sixteen_bytes(text: bytes) -> None:
    cut = Cut(text)
    words = [word for word in text.split(b"\0") if word]
    assert [cut.word(at) for at in range(len(cut.starts))] == words
    assert [low.tobytes() + high.tobytes() for low, high in zip(cut.low, cut.high, strict=True)] == [
        word[:16].ljust(16, b"\0") for word in words
    ]
