"""Phrases and words near each other, found in the stream of words of a whole batch at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from colonnade.listening.matcher.batch import Numbers, Presence, Stream, ragged
from colonnade.listening.matcher.vocabulary import FIRST, Vocabulary


class Placed:
    """The phrases and pairs of near words that queries ask for, as tables."""

    def __init__(self) -> None:
        self._phrases = 0
        self._nears = 0
        self._phrase_terms: Numbers = np.zeros(0, dtype=np.int64)
        self._lengths: Numbers = np.zeros(0, dtype=np.int64)
        self._words: Numbers = np.zeros(0, dtype=np.int64)
        self._near: Numbers = np.zeros((0, 5), dtype=np.int64)

    def settle(self, vocabulary: Vocabulary) -> None:
        """Take up what queries asked for since the last batch."""
        if len(vocabulary.phrases) > self._phrases:
            fresh = list(vocabulary.phrases.items())[self._phrases :]
            self._phrases += len(fresh)
            self._phrase_terms = np.append(self._phrase_terms, [term for _, term in fresh])
            self._lengths = np.append(self._lengths, [len(words) for words, _ in fresh])
            self._words = np.append(self._words, [word for words, _ in fresh for word in words])
        if len(vocabulary.nears) > self._nears:
            more = list(vocabulary.nears.items())[self._nears :]
            self._nears += len(more)
            rows = [[term, left, right, most, ordered] for (left, right, most, ordered), term in more]
            self._near = np.concatenate([self._near, np.array(rows, dtype=np.int64)])

    def find(self, stream: Stream, present: Presence) -> None:
        """Add to what is present where phrases stand, and where words are near."""
        if not self._phrases and not self._nears:
            return
        occurrences = Occurrences(stream, len(present.counts))
        found = [self._find_phrases(stream, occurrences), self._find_nears(stream, present, occurrences)]
        terms = np.concatenate([terms for terms, _ in found])
        present.add(terms, np.concatenate([posts for _, posts in found]))

    def _find_phrases(self, stream: Stream, occurrences: Occurrences) -> tuple[Numbers, Numbers]:
        """Each phrase is looked for where its rarest word of this batch stands."""
        if not self._phrases:
            return self._words[:0], self._words[:0]
        starts = np.cumsum(self._lengths) - self._lengths
        rarest = _least(occurrences.counts[self._words], starts)
        which, at = ragged(*occurrences.of(self._words[rarest]))
        first = occurrences.places[at] - (rarest - starts)[which]
        alive = (first >= 0) & (first + self._lengths[which] <= len(stream.terms))
        which, first = which[alive], first[alive]
        for offset in range(int(self._lengths.max())):
            longer = offset < self._lengths[which]
            word = self._words[np.minimum(starts[which] + offset, len(self._words) - 1)]
            place = np.minimum(first + offset, len(stream.terms) - 1)
            fits = ~longer | (stream.terms[place] == word)
            which, first = which[fits], first[fits]
        return self._phrase_terms[which], stream.posts[first]

    def _find_nears(
        self, stream: Stream, present: Presence, occurrences: Occurrences
    ) -> tuple[Numbers, Numbers]:
        """Each pair is looked for around the rarer of its words, in posts that hold both."""
        if not self._nears:
            return self._words[:0], self._words[:0]
        term, left, right, most, ordered = self._near.T
        from_left = occurrences.counts[left] <= occurrences.counts[right]
        rare, other = np.where(from_left, left, right), np.where(from_left, right, left)
        which, at = ragged(*occurrences.of(rare))
        place = occurrences.places[at]
        both = present.holds(other[which], stream.posts[place])
        which, place = which[both], place[both]
        found = np.zeros(len(which), dtype=np.bool_)
        for distance in range(1, int(most.max(initial=0)) + 2):
            inside = distance <= most[which] + 1
            ahead = inside & (from_left | ~ordered.astype(np.bool_))[which]
            behind = inside & (~from_left | ~ordered.astype(np.bool_))[which]
            found |= ahead & _stands(stream, place, place + distance, other[which])
            found |= behind & _stands(stream, place, place - distance, other[which])
        return term[which[found]], stream.posts[place[found]]


def _stands(stream: Stream, here: Numbers, there: Numbers, word: Numbers) -> npt.NDArray[np.bool_]:
    """Whether a word stands there, in the same part of the same post as what is here."""
    last = len(stream.terms) - 1
    place = np.clip(there, 0, last)
    found: npt.NDArray[np.bool_] = (stream.terms[place] == word) & (there == place)
    found &= stream.parts[place] == stream.parts[here]
    return found


class Occurrences:
    """Every place of every word of a stream that some query names."""

    def __init__(self, stream: Stream, terms: int) -> None:
        named, many = np.flatnonzero(stream.terms >= FIRST), len(stream.terms)
        words = stream.terms[named]
        self.counts = np.bincount(words, minlength=terms)
        self.places = np.sort(words * many + named) % many
        self._starts = np.cumsum(self.counts) - self.counts

    def of(self, terms: Numbers) -> tuple[Numbers, Numbers]:
        """Where in `places` those of each term begin, and how many there are."""
        return self._starts[terms], self.counts[terms]


def _least(values: Numbers, starts: Numbers) -> Numbers:
    """For each stretch of values, where the first of its least stands."""
    keyed = values * len(values) + np.arange(len(values))
    return np.minimum.reduceat(keyed, starts) % len(values)
