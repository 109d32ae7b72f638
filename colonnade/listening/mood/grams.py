"""What of a text a learned reader looks at: its words and pairs of words, the letters in them, and what VADER finds.

Words and letters are hashed into a fixed number of buckets (feature hashing: Weinberger et al., ICML 2009), so that a model
holds numbers and no word of anybody. Words after a negation are marked (Pang, Lee and Vaithyanathan, EMNLP 2002), and
letters are taken three to five at a time, which reads misspelt and lengthened words (Mohammad, Kiritchenko and Zhu, SemEval
2013).
"""

from __future__ import annotations

import itertools
import math
import zlib
from typing import TYPE_CHECKING

import regex

from colonnade.listening.mood.lexicon import Valences, valences
from colonnade.listening.mood.moods import LONGEST

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BITS = 19
BUCKETS = 1 << BITS
FINDINGS = 30
"""How many numbers `findings` gives."""

_LINK = regex.compile(r"https?\S*|www\.\S+", regex.I)
_NAME = regex.compile(r"@\w+")
_TOKEN = regex.compile(
    r"""[:;=8xX][-o^']?[)(\]\[dDpP/\\|*o3]+(?!\p{L})   # emoticons as :-) and =D
    |[)(\]\[]+[-']?[:;=]                                # and (:
    |<3+
    |[#@]?\p{L}[\p{L}\p{M}'’_]*
    |\p{N}+
    |\p{So}\p{M}*
    |[!?.]+
    |\S""",
    regex.X,
)
_LENGTHENED = regex.compile(r"(\p{L})\1{2,}")
_STOP = regex.compile(r"[.,;:!?]+")
_WORDS = regex.compile(r"\p{L}[\p{L}\p{M}'’]*")
_NEGATION = regex.compile(
    r"not?|never|none|nobody|nothing|neither|nor|cannot|without|hardly|barely|\w+n't"
    r"|(?:ca|do|does|did|is|are|was|were|wo|would|could|should|ai|has|have|had)nt"
)
_REACH = 4  # words that a negation turns
_SIZES = (3, 4, 5)


def grams(text: str) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """(words and pairs, runs of letters) of the first LONGEST letters of a text, as buckets below BUCKETS; either may be
    empty."""
    tokens = [_LENGTHENED.sub(r"\1\1\1", token.lower().replace("’", "'")) for token in _tokens(text)]
    return _hashed_words(tokens), _hashed_letters(f" {' '.join(tokens)} ")


def findings(text: str, *, english: bool) -> list[float]:
    """What VADER finds in a text, and what stands out in its form: FINDINGS numbers of about 0 to 1.

    In other languages VADER's words would be chance ("die"): only what is no word, emoji and emoticons, is shown to it.
    """
    found = valences(text if english else _WORDS.sub(" ", text[:LONGEST]))
    tokens = _tokens(text)
    return [*_of_valences(found), *_of_form(text[:LONGEST], tokens)]


def _of_valences(found: Valences) -> list[float]:
    felt = [valence for valence in found.words if valence]
    up, down = [one for one in felt if one > 0], [-one for one in felt if one < 0]
    compound = found.compound
    return [
        compound,
        max(0.0, compound),
        max(0.0, -compound),
        abs(compound),
        found.positive,
        found.negative,
        found.neutral,
        math.log1p(sum(up)),
        math.log1p(sum(down)),
        max(up, default=0.0) / 4,
        max(down, default=0.0) / 4,
        felt[0] / 4 if felt else 0.0,
        felt[-1] / 4 if felt else 0.0,
        float(not felt),
        float(bool(up and down)),
        min(len(up), 4) / 4,
        min(len(down), 4) / 4,
        float(compound > 0.05),
        float(compound < -0.05),
        float(compound > 0.5),
        float(compound < -0.5),
    ]


def _of_form(text: str, tokens: list[str]) -> list[float]:
    loud = sum(1 for token in tokens if len(token) > 1 and token.isupper())
    return [
        min(text.count("!"), 3) / 3,
        min(text.count("?"), 3) / 3,
        min(loud, 5) / 5,
        float(_LINK.search(text) is not None),
        min(text.count("@"), 3) / 3,
        min(text.count("#"), 3) / 3,
        min(len(tokens), 40) / 40,
        float(_LENGTHENED.search(text) is not None),
        float(any(mark in text for mark in '"“„«')),
    ]


def _tokens(text: str) -> list[str]:
    plain = _NAME.sub(" @user ", _LINK.sub(" http ", text[:LONGEST]))
    return [str(token) for token in _TOKEN.findall(plain)]


def _hashed_words(tokens: list[str]) -> NDArray[np.uint32]:
    import numpy as np

    marked, turned = [], 0
    for token in tokens:
        if _STOP.fullmatch(token):
            turned = 0
        marked.append(f"!{token}" if turned and token[0].isalpha() else token)
        turned = max(0, turned - 1)
        if _NEGATION.fullmatch(token):
            turned = _REACH
    pairs = [f"{one} {other}" for one, other in itertools.pairwise(tokens)]
    hashed = [zlib.crc32(gram.encode("utf-8", "replace")) for gram in (*marked, *pairs)]
    return np.array(hashed, dtype=np.uint32) & np.uint32(BUCKETS - 1)


def _hashed_letters(line: str) -> NDArray[np.uint32]:
    """Every run of three, four and five code points, hashed all at once: multiply, add, and mix (as FNV and Murmur do)."""
    import numpy as np

    points = np.frombuffer(line.encode("utf-32-le", "replace"), dtype=np.uint32)
    hashed = []
    for size in _SIZES:
        if len(points) < size:
            break
        mixed = np.full(len(points) - size + 1, 0x811C9DC5 + size, dtype=np.uint32)
        for at in range(size):
            mixed = (mixed ^ points[at : len(points) - size + 1 + at]) * np.uint32(0x01000193)
            mixed ^= mixed >> np.uint32(15)
        mixed *= np.uint32(0x85EBCA6B)
        hashed.append(mixed ^ (mixed >> np.uint32(13)))
    return np.concatenate(hashed) & np.uint32(BUCKETS - 1) if hashed else np.empty(0, dtype=np.uint32)
