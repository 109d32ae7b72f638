"""Which language a text is in, as far as the mood of it depends on that."""

from __future__ import annotations

from functools import cache
from typing import Any

import regex

UNKNOWN = "und"
NO_WORDS = "zxx"
"""ISO 639-2 for "no linguistic content": a text of emoji, addresses and numbers alone."""

SURE = 0.2
_SAYS_NOTHING = {"", UNKNOWN, NO_WORDS, "mis", "mul", "art", "qaa", "qam", "qct", "qht", "qme", "qst"}
# What holds an @ is looked for where a run of letters begins: from each of its letters it would be quadratic.
_NO_PROSE = regex.compile(r"https?://\S+|\bwww\.\S+|(?<!\S)\S+@\S+|[@#$]\w+|\bRT\b|\d+")
_LETTERS = regex.compile(r"\p{L}+")


def language_of(text: str, tag: str = "") -> str:
    """The two or three letters of the language: that of the network's own tag ("en-GB" gives "en"), else what py3langid
    is sure of, else UNKNOWN; NO_WORDS for a text without words."""
    told = tag.replace("_", "-").partition("-")[0].strip().lower()
    if told not in _SAYS_NOTHING:
        return told
    prose = _NO_PROSE.sub(" ", text)
    if not _LETTERS.search(prose):
        return NO_WORDS
    language, _ = _identifier().classify(prose)
    return str(language)


@cache
def _identifier() -> Any:
    """Loaded when it is needed first: it takes some ten megabytes and a third of a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=SURE)
