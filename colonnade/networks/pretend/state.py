"""What the lines of a ledger add up to: the posts that stand, who said them, which keys were used."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from colonnade.networks.pretend.lines import Line
from colonnade.networks.pretend.script import Story

_TOLD = frozenset(("post", "edit", "delete", "mark", "follow", "raw"))


class State:
    """Built by `apply`, line by line in order; holds nothing that the lines do not say."""

    def __init__(self) -> None:
        self.epoch = ""
        self.last_n = 0
        self.played = 0
        self.story = Story(since=0.0)
        self.posts: dict[str, Line] = {}
        self.gone: set[str] = set()
        self.timeline: list[Line] = []
        self.said_by: defaultdict[str, list[Line]] = defaultdict(list)
        self.keyed: dict[tuple[str, str], Line] = {}
        self.names: dict[str, str] = {}
        self.over_the_api: list[Line] = []

    def apply(self, line: Line) -> None:
        """Take in the next line."""
        self.last_n = line.n
        self.played = max(self.played, line.step)
        if line.name:
            self.names[line.by] = line.name
        if line.rules:
            self.over_the_api.append(line)
        if line.kind in _TOLD:
            self.timeline.append(line)
        match line.kind:
            case "world":
                self.epoch = line.value
                self.story = Story(since=line.accepted, began=line.accepted, speed=line.speed)
            case "story":
                story = self.story
                self.story = story.turned(line.accepted, speed=line.speed, position=line.position)
            case "post":
                self.posts[line.id] = line
                self.said_by[line.by].append(line)
                if line.key and line.rules == "B":
                    self.keyed[line.by, line.key] = line
            case "edit" if before := self.posts.get(line.id):
                self.posts[line.id] = msgspec.structs.replace(before, text=line.text, html=line.html)
            case "delete":
                self.gone.add(line.id)
            case _:
                pass

    def since(self, n: int) -> Iterator[Line]:
        """The lines of the timeline after the `n`-th, without those about posts that are gone."""
        for line in self.timeline[bisect_right(self.timeline, n, key=lambda each: each.n) :]:
            if line.kind in ("delete", "raw") or line.id not in self.gone:
                yield line

    def standing(self, id_: str) -> Line | None:
        """The post of that id, unless it is gone or was never there."""
        return None if id_ in self.gone else self.posts.get(id_)
