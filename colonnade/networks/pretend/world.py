"""The make-believe world itself: what was said in it, what happens next, and who may take part how.

Several threads and, with a ledger file, several processes may share one world. Every write is on the disk before its
caller hears of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import msgspec

from colonnade.networks.pretend import rules
from colonnade.networks.pretend.ledger import Ledger
from colonnade.networks.pretend.lines import Line, id_in
from colonnade.networks.pretend.rules import Manners, Verdict, Wish
from colonnade.networks.pretend.script import Step, Story, line_of
from colonnade.networks.pretend.state import State
from colonnade.primitives import clock


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the timeline: its lines, the place to go on from, and whether there is more by now."""

    lines: tuple[Line, ...]
    next: int
    more: bool
    epoch: str


class World:
    """A network with a name, its ledger and a script. `now_s` gives seconds since 1970."""

    def __init__(
        self,
        name: str,
        ledger: Ledger | None = None,
        *,
        script: Sequence[Step] = (),
        speed: float = 1.0,
        manners: Manners = Manners(),  # noqa: B008  (frozen)
        now_s: Callable[[], float] = clock.now_s,
    ) -> None:
        self.name = name
        self.manners = manners
        self._ledger = ledger or Ledger(None)
        self._script = tuple(script)
        self._speed = speed
        self.now_s = now_s
        self._state = State()

    def timeline(self, viewer: str, since: int, limit: int, epoch: str = "") -> Page:
        """What the account `viewer` may see after line `since`, at most `limit` lines.

        `epoch` is that of the page before: a world that began anew meanwhile is read from its beginning.
        """
        with self._open():
            state = self._state
            start = since if epoch in ("", state.epoch) and since <= state.last_n else 0
            lines: list[Line] = []
            for line in state.since(start):
                if _may_see(viewer, line, state):
                    if len(lines) == limit:
                        return Page(lines=tuple(lines), next=lines[-1].n, more=True, epoch=state.epoch)
                    lines.append(line)
            return Page(lines=tuple(lines), next=state.last_n, more=False, epoch=state.epoch)

    def take(self, wish: Wish) -> Verdict:
        """Say something, or not, by the rules of the wish's delivery class; the verdict holds the line that is there."""
        with self._open() as now:
            verdict = rules.judge(self._state, wish, self.manners, now)
            if verdict.outcome not in ("new", "again"):
                return verdict
            line = self._line_of(wish, "post" if verdict.outcome == "new" else "again", now)
            self._append([line])
            return msgspec.structs.replace(verdict, line=line)

    def post(self, id_: str) -> tuple[Line | None, bool]:
        """The post of that id or None, and whether it was taken back."""
        with self._open():
            return self._state.posts.get(id_), id_ in self._state.gone

    def kept(self, by: str, key: str) -> tuple[Line | None, float]:
        """The post that `by` sent under `key`, while keys are kept; and the second since which all keys are kept."""
        with self._open() as now:
            line = self._state.keyed.get((by, key))
            kept_since = now - self.manners.key_life_s
            known = line is not None and line.accepted > kept_since and line.id not in self._state.gone
            return (line if known else None), kept_since

    def own(self, by: str, *, before_n: int, limit: int) -> tuple[list[Line], bool]:
        """Posts of `by` said before line `before_n`, newest first; and whether there are more."""
        with self._open():
            found: list[Line] = []
            for line in reversed(self._state.said_by[by]):
                if line.n >= before_n or line.id in self._state.gone:
                    continue
                if len(found) == limit:
                    return found, True
                found.append(self._state.posts[line.id])
            return found, False

    def take_back(self, id_: str, by: str) -> Literal["done", "gone", "not_yours"]:
        """Delete a post of one's own."""
        with self._open() as now:
            line = self._state.standing(id_)
            if line is None:
                return "gone"
            if line.by != by:
                return "not_yours"
            self._append([self._plain("delete", now, id=id_, by=by, rules="api")])
            return "done"

    def act(self, step: Step) -> Line:
        """Let somebody in the world do something right now."""
        with self._open() as now:
            line = line_of(step, number=0, n=self._state.last_n + 1, now=now, published=now)
            self._append([line])
            return line

    def story(self) -> tuple[Story, float, int]:
        """Where the story stands: its clock, the present position in seconds, and how many steps were played."""
        with self._open() as now:
            return self._state.story, self._state.story.position_at(now), self._state.played

    def turn(self, *, speed: float | None = None, position: float | None = None) -> None:
        """Let the story go on at another speed (0 is paused) or from another place (a jump plays what lies between)."""
        with self._open() as now:
            turned = self._state.story.turned(now, speed=speed, position=position)
            self._append([self._plain("story", now, speed=turned.speed, position=turned.position)])
            self._play(now)

    def begin_anew(self) -> None:
        """Forget everything and start the story again."""
        with self._open() as now:
            self._ledger.clear()
            self._state = State()
            self._begin(now)
            self._play(now)

    def lines(self, since: int = 0) -> list[Line]:
        """What came over the API, deletions included, after line `since`."""
        with self._open():
            return [line for line in self._state.over_the_api if line.n > since]

    def names(self) -> dict[str, str]:
        """What the accounts are called."""
        with self._open():
            return dict(self._state.names)

    @contextmanager
    def _open(self) -> Iterator[float]:
        """Hold the world, up to date and with everything played that is due; yields the present second."""
        with self._ledger.held() as (anew, lines):
            if anew:
                self._state = State()
            for line in lines:
                self._state.apply(line)
            now = self.now_s()
            if not self._state.epoch:
                self._begin(now)
            self._play(now)
            yield now

    def _begin(self, now: float) -> None:
        self._append([self._plain("world", now, value=secrets.token_hex(8), speed=self._speed)])

    def _play(self, now: float) -> None:
        story, played, n = self._state.story, self._state.played, self._state.last_n
        position = story.position_at(now)
        lines = []
        while played < len(self._script) and (step := self._script[played]).at <= position:
            played, n = played + 1, n + 1
            published = story.moment_of(step.at, now)
            lines.append(line_of(step, number=played, n=n, now=now, published=published))
        if lines:
            self._append(lines)

    def _append(self, lines: Sequence[Line]) -> None:
        self._ledger.append(lines)
        for line in lines:
            self._state.apply(line)

    def _line_of(self, wish: Wish, kind: Literal["post", "again"], now: float) -> Line:
        n = self._state.last_n + 1
        id_ = wish.id or f"w{n}"
        while not wish.id and id_ in self._state.posts:
            id_ += "x"
        return Line(
            n=n,
            kind=kind,
            accepted=now,
            published=now,
            id=id_,
            by=wish.by,
            text=wish.text,
            title=wish.title,
            html=wish.html,
            lang=wish.lang,
            reply_to=id_in(wish.reply_to),
            to=wish.to,
            media=wish.media,
            key=wish.key,
            rules=wish.rules,
        )

    def _plain(self, kind: Literal["world", "story", "delete"], now: float, **fields: object) -> Line:
        values = {"n": self._state.last_n + 1, "kind": kind, "accepted": now, "published": now, **fields}
        return msgspec.convert(values, Line)


def _may_see(viewer: str, line: Line, state: State) -> bool:
    """A direct message, and whatever happens to it, is for two; the rest is for all."""
    about = state.posts.get(line.id, line)
    return not about.to or viewer in (about.by, about.to)
