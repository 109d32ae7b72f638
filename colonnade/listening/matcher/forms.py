"""Which patterns, stems and bare words a word of a text stands for."""

from __future__ import annotations

from collections.abc import Iterator

from colonnade.listening.language import forms
from colonnade.listening.language.tree import Element


class Forms:
    """An index from words to the terms of patterns, stems and bare words that they stand for."""

    def __init__(self) -> None:
        self._stems: dict[str, dict[str, list[int]]] = {}
        self._bare: dict[str, list[int]] = {}
        self._starts: dict[str, list[int]] = {}
        self._heads: dict[str, list[tuple[str, int]]] = {}
        self._bare_heads: dict[str, list[tuple[str, int]]] = {}
        self._slow: list[tuple[str, bool, int]] = []
        self._lengths: set[int] = set()

    def __bool__(self) -> bool:
        return bool(
            self._stems or self._bare or self._starts or self._heads or self._bare_heads or self._slow
        )

    def add(self, element: Element, term: int) -> None:
        """From now on `term` stands for the words that fit `element`."""
        if element.kind == "stem":
            self._stems.setdefault(element.lang, {}).setdefault(element.value, []).append(term)
        elif element.kind == "word":
            self._bare.setdefault(element.value, []).append(term)
        else:
            self._add_pattern(element, term)

    def _add_pattern(self, element: Element, term: int) -> None:
        head = forms.head(element.value)
        if len(head) < forms.SHORTEST_HEAD:
            self._slow.append((element.value, element.bare, term))
            return
        self._lengths.add(len(head))
        if element.bare:
            self._bare_heads.setdefault(head, []).append((element.value, term))
        elif element.value == head + "*":
            self._starts.setdefault(head, []).append(term)
        else:
            self._heads.setdefault(head, []).append((element.value, term))

    def of(self, word: str) -> tuple[int, ...]:
        """The terms that a folded word stands for."""
        return tuple(self._of(word))

    def _of(self, word: str) -> Iterator[int]:
        for language, stems in self._stems.items():
            yield from stems.get(forms.stem(word, language), ())
        bare = (
            word if word.isascii() or not (self._bare or self._bare_heads or self._slow) else forms.bare(word)
        )
        yield from self._bare.get(bare, ())
        for length in self._lengths:
            yield from self._starts.get(word[:length], ()) if len(word) >= length else ()
            yield from (
                term for pattern, term in self._heads.get(word[:length], ()) if forms.fits(word, pattern)
            )
            yield from (
                term for pattern, term in self._bare_heads.get(bare[:length], ()) if forms.fits(bare, pattern)
            )
        for pattern, is_bare, term in self._slow:
            if forms.fits(bare if is_bare else word, pattern):
                yield term
