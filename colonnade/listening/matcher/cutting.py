"""Texts of a whole batch cut into words at once, and their terms.

What parts words in ASCII parts them in any script, so all texts are cut there, as bytes, in a few strokes. A piece that is ASCII
is a word. Any other piece (a word with an accent, an emoji, a sentence without spaces) is read by the language's own
definition of words, and remembered: the same ones come again and again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat

import numpy as np

from colonnade.listening.matcher.lookup import LONGEST, NOT_THERE, Keys, Lookup, Numbers
from colonnade.primitives import text as texts

END_OF_POST, END_OF_TITLE = "\x01", "\x02"
_SIGNS = (END_OF_POST, END_OF_TITLE)
# Small letters and digits, and zeros for what parts words; what is not ASCII stands as it is. The two signs are words.
_FOLDED = bytes(
    code if code > 127 or chr(code) in _SIGNS else ord(chr(code).lower()) if chr(code).isalnum() else 0
    for code in range(256)
)
_HALF = 8
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(_HALF + 1)], dtype=np.uint64)
_BEYOND_ASCII = np.uint64(0x8080808080808080)
_MOST_PIECES, _LONGEST_PIECE = 32_768, 64


class Cut:
    """A text in bytes, of which all zeros part words, as words: where each begins, how long it is, and the two numbers that its
    first sixteen bytes are."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        padded = text + bytes(LONGEST + 1)
        inside = np.frombuffer(padded, dtype=np.uint8) != 0
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        if inside[0]:
            edges = np.concatenate([[0], edges])
        self.starts = edges[0::2]
        self.lengths = edges[1::2] - self.starts
        self.low = _numbers(padded, self.starts, self.lengths)
        self.high = np.zeros(len(self.starts), dtype=np.uint64)
        longer = np.flatnonzero(self.lengths > _HALF)
        self.high[longer] = _numbers(padded, self.starts[longer] + _HALF, self.lengths[longer] - _HALF)

    def word(self, at: int) -> bytes:
        """One word by its number."""
        start = int(self.starts[at])
        return self._text[start : start + int(self.lengths[at])]


def terms_of(
    parts: Sequence[tuple[str, str]], lookup: Lookup, words: Mapping[bytes, int], unknown: int | None
) -> Numbers:
    """The terms of all words of these (title, text), in order, with that of END_OF_TITLE after each title that is not empty,
    and of END_OF_POST after each text.

    `lookup` knows what `words` knows, the two signs among it. `unknown` stands for words that are not there; None asks `words` itself for them.
    """
    pieces = [f"{title}\n{END_OF_TITLE}\n{text}" if title else text for title, text in parts]
    raw = f"\n{END_OF_POST}\n".join(["\n", *pieces, ""]).encode("utf-8", "surrogatepass")
    titled = sum(1 for title, _ in parts if title)
    if raw.count(END_OF_POST.encode()) != len(parts) + 1 or raw.count(END_OF_TITLE.encode()) != titled:
        return _terms(_word_by_word(parts), words, unknown)
    cut = Cut(raw.translate(_FOLDED))
    found = lookup.terms(cut.low, cut.high)
    alone = (cut.lengths > LONGEST) | (((cut.low | cut.high) & _BEYOND_ASCII) != 0)
    if unknown is None:
        alone |= found == NOT_THERE
    else:
        found[found == NOT_THERE] = unknown
    asked = np.flatnonzero(alone)
    if len(asked):
        told = _read_alone(raw, cut, asked)
        found = _put_in(found, asked, told, _terms(list(chain.from_iterable(told)), words, unknown))
    return found[1:]  # the first sign only opens the text


def _numbers(folded: bytes, starts: Numbers, lengths: Numbers) -> Keys:
    """Eight bytes from each start on as one number, without those beyond the length."""
    everywhere = np.ndarray((len(folded) - _HALF + 1,), dtype="<u8", buffer=folded, strides=(1,))
    return everywhere[starts] & _MASKS[np.minimum(lengths, _HALF)]


def _read_alone(raw: bytes, cut: Cut, asked: Numbers) -> list[tuple[bytes, ...]]:
    """The words of these pieces, each read with the one separator before it: a mark that opens a piece may belong to that."""
    starts = cut.starts[asked]
    bounds = zip((starts - 1).tolist(), (starts + cut.lengths[asked]).tolist(), strict=True)
    return [_words_of(raw[start:end]) for start, end in bounds]


def _put_in(found: Numbers, asked: Numbers, told: Sequence[Sequence[bytes]], terms: Numbers) -> Numbers:
    """`found` with `terms` in place of those that are asked, so many for each as are told; it may be none."""
    many = np.ones(len(found), dtype=np.int64)
    many[asked] = list(map(len, told))
    replaced = np.zeros(len(found), dtype=np.bool_)
    replaced[asked] = True
    longer = np.repeat(found, many)
    longer[np.repeat(replaced, many)] = terms
    return longer


def _terms(tokens: Sequence[bytes], words: Mapping[bytes, int], unknown: int | None) -> Numbers:
    if unknown is None:
        return np.fromiter(map(words.__getitem__, tokens), dtype=np.int64, count=len(tokens))
    return np.fromiter(map(words.get, tokens, repeat(unknown)), dtype=np.int64, count=len(tokens))


def _words_of(piece: bytes) -> tuple[bytes, ...]:
    return _remembered(piece) if len(piece) <= _LONGEST_PIECE else _read(piece)


def _read(piece: bytes) -> tuple[bytes, ...]:
    return tuple(_encoded(piece.decode("utf-8", "surrogatepass")))


_remembered = lru_cache(_MOST_PIECES)(_read)


def _encoded(text: str) -> list[bytes]:
    return " ".join(texts.words(text)).encode("utf-8", "surrogatepass").split()


def _word_by_word(parts: Sequence[tuple[str, str]]) -> list[bytes]:
    """What `Cut` finds, for texts that hold the signs themselves."""
    found: list[bytes] = []
    for title, text in parts:
        if title:
            found += [*_encoded(title), END_OF_TITLE.encode()]
        found += [*_encoded(text), END_OF_POST.encode()]
    return found
