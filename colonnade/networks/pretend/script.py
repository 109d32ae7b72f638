"""A script: what the people of the make-believe world do, and when; and the clock of the story."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from colonnade.networks.base import Media
from colonnade.networks.pretend.lines import Line

Deed = Literal["post", "edit", "delete", "mark", "follow", "raw"]
_FASTEST = 1_000_000.0


class UnreadableScript(ValueError):
    """A line of a script that cannot be played; the message says which and why."""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One deed. `at` is in seconds of the story; before 0 it is history, already there when the story begins.

    `do` is "post" unless said; a reply is a post with `reply_to`, a direct message one with `to`. `id` names the post
    (and, for an edit, a deletion or a mark, the post meant). "raw" puts `text` into the timeline as it is: for
    clients that must cope with what is no item at all.
    """

    by: str = ""
    at: float = 0.0
    do: Deed = "post"
    id: str = ""
    name: str = ""
    text: str = ""
    title: str = ""
    html: str = ""
    lang: str = ""
    reply_to: str = ""
    to: str = ""
    tags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    mark: str = ""
    value: str = ""
    undo: bool = False
    raw: bytes = b""


_decoder = msgspec.json.Decoder(Step)


def read_script(lines: Iterable[bytes]) -> tuple[Step, ...]:
    """The steps written one JSON object a line, in order of time; empty lines and those with # are skipped.

    Raises UnreadableScript.
    """
    steps = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith(b"#"):
            continue
        try:
            steps.append(_decoder.decode(text))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise UnreadableScript(f"Line {number} of the script cannot be played: {error}") from None
    return tuple(sorted(steps, key=lambda step: step.at))


def load_script(path: Path) -> tuple[Step, ...]:
    """The steps in a file of JSON lines. Raises UnreadableScript, OSError."""
    return read_script(path.read_bytes().splitlines())


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Where the story stood at a moment, and how fast it goes from there. `since` in seconds since 1970; speed 0 is paused."""

    since: float
    position: float = 0.0
    speed: float = 1.0
    began: float = 0.0

    def position_at(self, now: float) -> float:
        """Seconds of the story at the moment `now`. A clock set back holds it still; it never runs backwards."""
        return self.position + max(0.0, now - self.since) * self.speed

    def moment_of(self, at: float, now: float) -> float:
        """When a step of the story happened, no later than `now`. History is told in real seconds before the beginning."""
        if at < 0:
            return self.began + at
        if not self.speed or at <= self.position:
            return min(now, max(self.since, self.began))
        return min(now, self.since + (at - self.position) / self.speed)

    def turned(self, now: float, *, speed: float | None = None, position: float | None = None) -> Story:
        """The story from now on: at another speed, or at another place of it."""
        return Story(
            since=now,
            position=self.position_at(now) if position is None else position,
            speed=self.speed if speed is None else max(0.0, min(speed, _FASTEST)),
            began=self.began,
        )


def line_of(step: Step, *, number: int, n: int, now: float, published: float) -> Line:
    """What the ledger holds of a played step: the `number`-th of the script, the `n`-th line of the world."""
    return Line(
        n=n,
        kind=step.do,
        accepted=now,
        published=published,
        id=step.id or f"s{number or n}",
        by=step.by,
        name=step.name,
        text=step.text,
        title=step.title,
        html=step.html,
        lang=step.lang,
        reply_to=step.reply_to,
        to=step.to,
        tags=step.tags,
        media=step.media,
        mark=step.mark or ("like" if step.do == "mark" else ""),
        value=step.value,
        undo=step.undo,
        raw=step.raw or (step.text.encode() if step.do == "raw" else b""),
        step=number,
    )
