"""A watch as the form that builds it says it: from a name and chips, or as a query; with what was said of sampled posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from colonnade.listening.chipping import chips_of
from colonnade.listening.language.parsing import parse
from colonnade.listening.suggesting import any_of, composed, spellings
from colonnade.primitives import ids

MOST_SAID, MOST_MORE = 200, 10
SAID = "said-"


@dataclass(frozen=True, slots=True)
class Built:
    """`topic`: a name, and `chosen` of the ways in which it is written; `expert`: `query` instead. Words to `add` and to
    `leave_out`; what was `said` of posts; how often `more` of them were asked for."""

    topic: str = ""
    chosen: tuple[str, ...] = ()
    query: str = ""
    expert: bool = False
    add: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    said: Mapping[int, bool] = field(default_factory=dict)
    more: int = 0

    @property
    def ways(self) -> list[str]:
        """The ways in which the name is written."""
        return spellings(self.topic)

    def composed(self, lists: Mapping[str, str] | None = None) -> str:
        """The query that it makes; "" for none. Raises QueryError where an expert's cannot be read."""
        base = self.query.strip() if self.expert else any_of(self.chosen)
        return composed(base, self.add, self.leave_out, lists) if base else ""


def built(sent: QueryDict) -> Built:
    """What a form sends. Ways of writing that were never offered for this name are all meant."""
    topic, query = sent.get("topic", "")[:200], sent.get("query", "") or sent.get("q", "")
    ways = spellings(topic)
    offered = sent.get("offered") == topic
    chosen = tuple(way for way in ways if not offered or way in sent.getlist("way"))
    more = (ids.parse(sent.get("more", "")) or 0) + ("further" in sent)
    made = Built(
        topic=topic,
        chosen=chosen,
        query=query,
        expert="expert" in sent or bool(query),
        add=tuple(sent.getlist("add")[:20]),
        leave_out=tuple(sent.getlist("leave_out")[:20]),
        said=_said(sent),
        more=min(more, MOST_MORE),
    )
    return _as_query(made) if made.expert and not query else made


def in_chips(made: Built, lists: Mapping[str, str]) -> Built:
    """The same in chips, where an expert's query says no more than they can. Raises NoChips, QueryError."""
    chips = chips_of(parse(made.query, lists))
    return Built(chips.topic, chips.chosen, add=chips.add, leave_out=chips.leave_out, said=made.said)


def _as_query(made: Built) -> Built:
    """What was built from a name, for an expert to go on with."""
    return Built(topic=made.topic, query=Built(made.topic, made.chosen, add=made.add, leave_out=made.leave_out).composed(),
                 expert=True, said=made.said)  # fmt: skip


def _said(sent: QueryDict) -> dict[int, bool]:
    """Of which posts something was said: `said-17=y`, `said-17=n`; the last word counts."""
    said: dict[int, bool] = {}
    for name in [key for key in sent if key.startswith(SAID)][:MOST_SAID]:
        post, answer = ids.parse(name.removeprefix(SAID)), sent[name]
        if post is not None and answer in ("y", "n"):
            said[post] = answer == "y"
    return said
