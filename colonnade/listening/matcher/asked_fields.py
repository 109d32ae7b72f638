"""What queries ask about fields, and which of it a post answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from colonnade.listening.language import evaluate, fields
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.tree import Flag
from colonnade.primitives import text as texts

_BY_HANDLE = {"from": "author", "to": "to", "mentions": "mentions"}
_WHOLE = ("network", "place", "source")


class AskedFields:
    """The terms of fields, found by the values that a post has; patterns and parts of addresses are tried one by one."""

    def __init__(self) -> None:
        self._terms: dict[tuple[str, str], int] = {}
        self._names: dict[str, list[int]] = {}
        self._name_lengths: set[int] = set()
        self._tried: list[tuple[str, str, int]] = []
        self._flags: list[tuple[Flag, int]] = []
        self._asked: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._terms)

    def term(self, name: str, value: str, new: Callable[[], int]) -> int:
        """The number of a field with this value; `new` makes one."""
        if (name, value) not in self._terms:
            self._terms[name, value] = new()
            self._add(name, value, self._terms[name, value])
        return self._terms[name, value]

    def _add(self, name: str, value: str, term: int) -> None:
        self._asked.add(name)
        if name in ("has", "is"):
            self._flags.append((Flag(name, value), term))
        elif name == "link" or "*" in value or "?" in value:
            self._tried.append((name, value, term))
        elif name == "author":
            words = texts.words(value)
            if words:
                self._names.setdefault(" ".join(words), []).append(term)
                self._name_lengths.add(len(words))

    def of(self, post: Heard) -> set[int]:
        """The terms that a post answers."""
        found = {term for key in self._keys(post) if (term := self._terms.get(key)) is not None}
        if "author" in self._asked:
            found.update(self._by_name(post.name or post.author))
        found.update(term for name, value, term in self._tried if fields.answers(post, name, value))
        if self._flags:
            reading = Reading(post)
            found.update(term for flag, term in self._flags if evaluate.holds(flag, reading))
        return found

    def _keys(self, post: Heard) -> Iterator[tuple[str, str]]:
        """Under which field and value what a post has may be asked for."""
        for name, source in {**_BY_HANDLE, "author": "author"}.items():
            if name in self._asked:
                value = getattr(post, source)
                for handle in (value,) if isinstance(value, str) else value:
                    folded = texts.fold(handle).lstrip("@")
                    yield name, folded
                    yield name, folded.partition("@")[0]
        for name in _WHOLE:
            if name in self._asked:
                yield name, texts.fold(getattr(post, name))
        if "lang" in self._asked:
            yield from (("lang", lang) for lang in _from_left(texts.fold(post.lang).replace("_", "-"), "-"))
        if "site" in self._asked or "host" in self._asked:
            yield from _sites((post.url, *post.links))

    def _by_name(self, name: str) -> Iterator[int]:
        words = texts.words(name)
        for length in self._name_lengths:
            for at in range(len(words) - length + 1):
                yield from self._names.get(" ".join(words[at : at + length]), ())


def _from_left(value: str, parting: str) -> Iterator[str]:
    """ "zh-hant-tw", "zh-hant", "zh"."""
    while value:
        yield value
        value = value.rpartition(parting)[0]


def _sites(addresses: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The host of each address, and every domain in which it lies."""
    for address in addresses:
        try:
            host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        except ValueError:
            continue
        host = texts.fold(host).strip(".")
        yield "host", host
        while host:
            yield "site", host
            host = host.partition(".")[2]
