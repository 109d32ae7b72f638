"""What a text says it is about: `#ferry`, `$HARB`."""

from __future__ import annotations

import regex

from colonnade.primitives.entities.types import Entity

# Not letters, yet part of words: joiners, Hebrew and Tibetan points, Catalan and Japanese dots, wave dashes, ditto.
_WITHIN = r"_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
_BODY = rf"[\p{{L}}\p{{M}}\p{{Nd}}{_WITHIN}]"
_HASHTAG = regex.compile(
    rf"(?:(?<![&\p{{L}}\p{{M}}\p{{Nd}}{_WITHIN}])|(?<=[\ufe0e\ufe0f]))[#＃](?![\ufe0f\u20e3])({_BODY}++)(?![#＃]|://)"
)
_LETTER = regex.compile(r"[\p{L}\p{M}]")
_CASHTAG = regex.compile(r"(?<![^\s])\$([A-Za-z]{1,6}+(?:[._][A-Za-z]{1,2}+)?)(?=\Z|\s|[!-/:-@\[-`{-~])")


def hashtags(text: str) -> list[Entity]:
    """The hashtags in `text`, in order: letters, marks and digits of any script with at least one letter or mark."""
    if "#" not in text and "＃" not in text:
        return []
    return [
        Entity("hashtag", tag.start(), tag.end(), tag[1])
        for tag in _HASHTAG.finditer(text)
        if _LETTER.search(tag[1])
    ]


def cashtags(text: str) -> list[Entity]:
    """The stock symbols in `text`, in order: `$` after white space, one to six letters, one or two more after a dot."""
    if "$" not in text:
        return []
    return [Entity("cashtag", tag.start(), tag.end(), tag[1]) for tag in _CASHTAG.finditer(text)]
