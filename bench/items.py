"""Payloads as a network sends them: 1.4 kB of JSON around about 230 characters, some answers, a few with markup."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

PAYLOAD_BYTES = 1_400
A_SECOND = 20
"""Posts in a second, written in whole seconds, as many networks write them."""
_AUTHORS = 30_000
_ANSWERS, _WITH_MARKUP, _WITH_TAGS = 0.15, 0.05, 0.08
_LETTERS = "etaoinshrdlucmfywgpbvk"


class Payloads:
    """An endless source; every payload has a name (uri) that was never given before, whatever ran in this database.

    They tell of the last hours, as a stream does: `began` is when the first of them was written, in seconds.
    """

    def __init__(self, seed: int, run: str, began: float) -> None:
        self._rng = random.Random(seed)
        self._run = run
        self._began = datetime.fromtimestamp(began, UTC).replace(microsecond=0)
        self._words = _prose(self._rng)
        self._number = itertools.count()
        self._recent: list[str] = []
        self._weights = list(itertools.accumulate(1 / (n + 10) for n in range(_AUTHORS)))

    def take(self, count: int) -> list[bytes]:
        """So many payloads, oldest first."""
        return [self._one() for _ in range(count)]

    def _one(self) -> bytes:
        rng, number = self._rng, next(self._number)
        uri = f"https://feed.example/{self._run}/{number}"
        text = self._text()
        author = rng.choices(range(_AUTHORS), cum_weights=self._weights)[0]
        told = {
            "kind": "post",
            "n": number,
            "uri": uri,
            "published": (self._began + timedelta(seconds=number // A_SECOND)).isoformat(),
            "author": {
                "account": f"reader{author}@feed.example",
                "name": f"Reader {author}",
                "url": f"https://feed.example/@reader{author}",
                "avatar_url": f"https://feed.example/faces/{author}.webp",
            },
            "text": text,
            "html": self._html(text) if rng.random() < _WITH_MARKUP else "",
            "lang": "en",
            "reply_to": rng.choice(self._recent) if self._recent and rng.random() < _ANSWERS else "",
            "tags": [f"harbour{rng.randrange(200)}"] if rng.random() < _WITH_TAGS else [],
        }
        self._remember(uri)
        return _padded(told)

    def _text(self) -> str:
        at = self._rng.randrange(len(self._words) - 40)
        words = " ".join(self._words[at : at + 40])
        return words[: self._rng.randrange(180, 280)].rstrip()

    def _html(self, text: str) -> str:
        half = len(text) // 2
        return (
            f'<p>{text[:half]} <a href="https://harbour.example/news/{self._rng.randrange(10**6)}" rel="x">'
            f"the harbour</a></p><p>{text[half:]} <strong>&amp; more</strong></p>"
        )

    def _remember(self, uri: str) -> None:
        self._recent.append(uri)
        if len(self._recent) > 5_000:
            del self._recent[:2_500]


def _padded(told: dict[str, object]) -> bytes:
    """What networks send besides: counts, the program that it was written with, cards. Nobody here reads it."""
    extras = {
        "application": {"name": "Alder for phones", "version": "4.11.2"},
        "counts": {"replies": 0, "likes": 0},
    }
    bare = len(msgspec.json.encode(told | extras | {"card": ""}))
    return msgspec.json.encode(told | extras | {"card": "x" * max(0, PAYLOAD_BYTES - bare)})


def _prose(rng: random.Random) -> list[str]:
    """A million words of a vocabulary of 50,000 under Zipf's law, a few of them with an accent or a comma."""
    vocabulary = list(_vocabulary(rng, 50_000))
    weights = list(itertools.accumulate(1 / (n + 2) for n in range(len(vocabulary))))
    return rng.choices(vocabulary, cum_weights=weights, k=1_000_000)


def _vocabulary(rng: random.Random, size: int) -> Iterator[str]:
    for number in range(size):
        length = 2 + int(rng.paretovariate(1.6)) % 9 + (number > 500) * 2
        word = "".join(rng.choices(_LETTERS, k=length))
        if number % 40 == 7:
            word += "é"
        yield word + ("," if number % 25 == 3 else "")
