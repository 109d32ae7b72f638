"""The forms of words: stems by language, words without accents, patterns with * and ?."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import Any

import regex

SHORTEST_HEAD = 2
"""Letters that a pattern begins with, so that words can be looked up by them; a shorter one is tried on every word."""

_MARK = regex.compile(r"\p{M}+")
# Snowball's stemmers by the tag of their language. Norwegian has two.
STEMMED = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "nb": "norwegian", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


@cache
def _stemmer(language: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(STEMMED[language])


def stem(word: str, language: str) -> str:
    """What is left of a folded word without its endings, by Snowball's rules (Porter 2001) for this language.

    Raises KeyError for a language that has none.
    """
    return str(_stemmer(language).stemWord(word))


def bare(word: str) -> str:
    """A folded word without accents and other marks: "café" is "cafe", "Ł" stays itself."""
    if word.isascii():
        return word
    return unicodedata.normalize("NFC", _MARK.sub("", unicodedata.normalize("NFD", word)))


@lru_cache(maxsize=50_000)
def compiled(pattern: str) -> regex.Pattern[str]:
    """A pattern as an expression for whole words: * any letters or none, ? exactly one (with the marks on it).

    What stands between two * is taken where it comes first and never given back, since no other place could help: so a
    word of any length takes no longer than its length times that of the pattern.
    """
    first, *rest = map(_letters, pattern.split("*"))
    between = (f"(?>.*?{one})" for one in rest[:-1] if one)
    return regex.compile("".join([first, *between, ".*" + rest[-1] if rest else ""]), regex.DOTALL)


def _letters(piece: str) -> str:
    """A piece of a pattern without * as an expression."""
    return "".join(r".\p{M}*+" if letter == "?" else regex.escape(letter) for letter in piece)


def fits(word: str, pattern: str) -> bool:
    """Whether a folded word is what a pattern describes."""
    return compiled(pattern).fullmatch(word) is not None


def head(pattern: str) -> str:
    """The letters before the first * or ? of a pattern."""
    return pattern[
        : min((at for at in (pattern.find("*"), pattern.find("?")) if at >= 0), default=len(pattern))
    ]
