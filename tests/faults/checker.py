"""The judge of fault tests: what was intended, what we believe, and what the network's own ledger says.

It knows nothing of how deliveries work: it is given plain rows and counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from colonnade.networks.pretend.lines import Line


@dataclass(frozen=True)
class Intent:
    """One delivery at the end of a run. `words` were used by no other; `rules` is the network's delivery class."""

    delivery: int
    rules: str
    words: str
    state: str
    shown_uncertain: bool
    maybe_twice: bool
    posts_here: int
    undone: bool = False


@dataclass
class Verdict:
    """What is wrong, a sentence each. `uncertain` counts what was shown as such, which is not wrong."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    uncertain: int = 0
    checked: int = 0

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong."""
        return [*self.lost, *self.doubled, *self.hidden, *self.strangers, *self.unfinished]


def judge_deliveries(intents: Sequence[Intent], ledger: Iterable[Line]) -> Verdict:
    """Compare what was to go out with what the network took.

    Lost: we say it is there, and it is not. Doubled: it is there more often than once (a mail: more than twice, or
    twice without our saying so). Hidden: it is there, or may be, and we say that it is not. Stranger: it is there and
    nobody wanted it. Unfinished: we are still busy with it.
    """
    there = Counter(line.text for line in ledger)
    verdict = Verdict(checked=len(intents))
    for intent in intents:
        _judge(intent, there.pop(intent.words, 0), verdict)
    verdict.strangers += [
        f"{words!r} is there {count} times and nobody wanted it." for words, count in there.items()
    ]
    return verdict


def _judge(intent: Intent, times: int, verdict: Verdict) -> None:
    what = f"{intent.words!r} (class {intent.rules}, {intent.state})"
    most = 2 if intent.rules == "E" else 1
    if intent.state == "uncertain":
        verdict.uncertain += 1
        if not intent.shown_uncertain:
            verdict.hidden.append(f"{what} is uncertain and in no list.")
    elif intent.state in ("waiting", "sending"):
        verdict.unfinished.append(f"{what} is not finished.")
    elif intent.state in ("sent", "confirmed"):
        if times == 0:
            verdict.lost.append(f"{what} is not there.")
        if intent.posts_here != 1:
            verdict.lost.append(f"{what} stands here {intent.posts_here} times.")
    elif times:
        verdict.hidden.append(f"{what} is there all the same, {times} times.")
    if times > most or (times == 2 and not intent.maybe_twice and intent.state != "uncertain"):
        verdict.doubled.append(f"{what} is there {times} times.")


def judge_asks(acknowledged: Iterable[str], stored: Iterable[str]) -> Verdict:
    """Compare what askers were told had arrived with what is stored: each exactly once."""
    here, verdict = Counter(stored), Verdict()
    for words in acknowledged:
        verdict.checked += 1
        times = here[words]
        if times == 0:
            verdict.lost.append(f"{words!r} was acknowledged and is not here.")
        if times > 1:
            verdict.doubled.append(f"{words!r} stands here {times} times.")
    return verdict


def judge_arrivals(said: Iterable[str], stored: Iterable[str]) -> Verdict:
    """Compare what others said on the network (their uris) with what has come in: all of it, each exactly once."""
    return judge_asks(said, stored)
