"""The terms of all queries: a number for each word, phrase, tag, field that some query asks about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from colonnade.listening.language.tree import Element
from colonnade.listening.matcher.asked_fields import AskedFields
from colonnade.listening.matcher.cutting import END_OF_POST, END_OF_TITLE
from colonnade.listening.matcher.forms import Forms
from colonnade.listening.matcher.lookup import Lookup

UNKNOWN, POST_END, TITLE_END, EVERY_POST, FIRST = 0, 1, 2, 3, 4
_SIGNS = {END_OF_POST.encode(): POST_END, END_OF_TITLE.encode(): TITLE_END}
MOST_REMEMBERED = 200_000
KINDS = "#@$"
"""The signs of which a query may ask for any: tags, handles, cash tags."""


class Words(dict[bytes, int]):
    """The term of each word. A word met for the first time is looked at once: which patterns it fits."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._changed: list[bytes] = []
        self.lookup = Lookup()
        for sign, term in _SIGNS.items():
            self[sign] = term

    def __setitem__(self, token: bytes, term: int) -> None:
        super().__setitem__(token, term)
        self._changed.append(token)

    def settle(self) -> None:
        """Bring the table for whole batches up to date."""
        self.lookup.learn(self._changed, [self[token] for token in self._changed])
        self._changed = []

    def forget(self, tokens: Iterable[bytes]) -> None:
        """Drop these words; the table is made anew."""
        for token in tokens:
            del self[token]
        self.lookup, self._changed = Lookup(), list(self)

    def __missing__(self, token: bytes) -> int:
        term = self._vocabulary.meet(token)
        self[token] = term
        return term


@dataclass(slots=True)
class Vocabulary:
    """All terms, from `FIRST` on; the numbers before it part the stream of words."""

    size: int = FIRST
    words: Words = field(init=False)
    forms: Forms = field(default_factory=Forms)
    fields: AskedFields = field(default_factory=AskedFields)
    signs: dict[str, int] = field(default_factory=dict)
    sign_kinds: set[str] = field(default_factory=set)
    literals: dict[str, int] = field(default_factory=dict)
    elements: dict[Element, int] = field(default_factory=dict)
    phrases: dict[tuple[int, ...], int] = field(default_factory=dict)
    nears: dict[tuple[int, int, int, bool], int] = field(default_factory=dict)
    expansions: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _wanted: set[bytes] = field(default_factory=set)
    _fresh: Forms = field(default_factory=Forms)

    def __post_init__(self) -> None:
        self.words = Words(self)

    def new(self) -> int:
        """A number for one more term."""
        self.size += 1
        return self.size - 1

    @property
    def looks_at_every_word(self) -> bool:
        """Whether words that no query names may matter, too: some pattern or stem may fit them."""
        return bool(self.forms) or bool(self._fresh)

    def element(self, element: Element) -> int:
        """The term of one word, pattern or stem."""
        if element.kind == "word" and not element.bare:
            return self._word(element.value.encode())
        term = self.elements.get(element)
        if term is None:
            term = self.elements[element] = self.new()
            self._fresh.add(element, term)
        return term

    def _word(self, token: bytes) -> int:
        term = self.words.get(token, UNKNOWN)
        if term == UNKNOWN:
            term = self.words[token] = self.new()
            if self.forms:
                self._expand(term, self.forms.of(token.decode()))
        self._wanted.add(token)
        return term

    def meet(self, token: bytes) -> int:
        """The term of a word that no query names: a number of its own if some pattern fits it, else UNKNOWN."""
        found = self.forms.of(token.decode())
        if not found:
            return UNKNOWN
        term = self.new()
        self._expand(term, found)
        return term

    def _expand(self, term: int, more: Sequence[int]) -> None:
        if more:
            self.expansions[term] = (*self.expansions.get(term, ()), *more)

    def settle(self) -> None:
        """Take up what came since the last batch."""
        if len(self.words) > len(self._wanted) + MOST_REMEMBERED:
            self._forget()
        if self._fresh:
            self._take_up_forms()
        self.words.settle()

    def _take_up_forms(self) -> None:
        """The patterns that came since the last batch: every word that is known is tried against them alone."""
        for element, term in self.elements.items():
            if term >= self._settled:
                self.forms.add(element, term)
        for token, term in list(self.words.items()):
            more = self._fresh.of(token.decode()) if term not in (POST_END, TITLE_END) else ()
            if more and term == UNKNOWN:
                term = self.words[token] = self.new()
            self._expand(term, more)
        self._fresh, self._settled = Forms(), self.size

    _settled: int = FIRST

    def _forget(self) -> None:
        """Drop the words that no query names; who comes again is looked at again."""
        kept = self._wanted | _SIGNS.keys()
        gone = [token for token in self.words if token not in kept]
        for token in gone:
            self.expansions.pop(self.words[token], None)
        self.words.forget(gone)

    def sign(self, sign: str) -> int:
        """The term of a tag, handle, cash tag (with its sign) or emoji; of a bare sign: any of its kind."""
        self.sign_kinds.add(sign[0] if sign[0] in KINDS else "")
        if sign not in self.signs:
            self.signs[sign] = self.new()
        return self.signs[sign]

    def literal(self, characters: str) -> int:
        """The term of characters without any word in them."""
        if characters not in self.literals:
            self.literals[characters] = self.new()
        return self.literals[characters]

    def field(self, name: str, value: str) -> int:
        """The term of what is asked about a field, or of a flag."""
        return self.fields.term(name, value, self.new)

    def phrase(self, words: tuple[int, ...]) -> int:
        """The term of plain words side by side."""
        if words not in self.phrases:
            self.phrases[words] = self.new()
        return self.phrases[words]

    def near(self, left: int, right: int, most: int, ordered: bool) -> int:
        """The term of two plain words near each other."""
        key = (left, right, most, ordered)
        if key not in self.nears:
            self.nears[key] = self.new()
        return self.nears[key]
