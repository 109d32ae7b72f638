"""Who reads which text: what was learned for its language, VADER for English, and else nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from colonnade.listening.mood.language import NO_WORDS, language_of
from colonnade.listening.mood.learned import Learned
from colonnade.listening.mood.lexicon import Lexicon
from colonnade.listening.mood.moods import ABSTAINED, Mood, Reader


class Nobody:
    """Reads no language: what a learned reader replaces where there was none."""

    name = "nobody"

    def read(self, text: str) -> Mood:
        """Abstains."""
        return ABSTAINED


class Desk:
    """The readers of one desk, one a language. Cheap to make; keep one for a batch, since it remembers its models."""

    def __init__(self, models: Iterable[Learned] = ()) -> None:
        self._readers: Mapping[str, Reader] = {
            "en": Lexicon(),
            NO_WORDS: Lexicon(),
            **{model.language: model for model in models},
        }

    def reader_of(self, language: str) -> Reader:
        """Who reads a language now: what a newly learned reader is judged against."""
        return self._readers.get(language, Nobody())

    def read(self, text: str, tag: str = "") -> Mood:
        """The mood of a text; `tag` is what the network says of its language. Unsure, without a leaning, where nobody
        reads that."""
        if not text or text.isspace():
            return ABSTAINED
        return self.reader_of(language_of(text, tag)).read(text)
