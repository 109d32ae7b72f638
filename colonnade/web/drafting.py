"""What stands in the composer of a draft: as stored or as typed, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from colonnade.places.models import Place
from colonnade.primitives import clock, ids
from colonnade.publishing import queries, rules
from colonnade.publishing.types import DraftLine, Fit, Wanted


@dataclass(slots=True)
class Typed:
    """What stands in the form: as stored, or as somebody has just typed it."""

    text: str = ""
    title: str = ""
    places: dict[int, str] = field(default_factory=dict)
    day: str = ""
    time: str = ""
    zone: str = "UTC"
    version: int = 0
    said_anyway: bool = False

    @classmethod
    def of(cls, form: Mapping[str, str], places: Sequence[str], zone: str) -> Typed:
        """What was typed."""
        chosen = [id_ for one in places if (id_ := ids.parse(one)) is not None]
        own = {id_: form.get(f"own_{id_}", "").replace("\r\n", "\n") for id_ in chosen}
        version = form.get("version", "")
        return cls(
            text=form.get("text", "").replace("\r\n", "\n"),
            title=form.get("title", ""),
            places=own,
            day=form.get("day", ""),
            time=form.get("time", ""),
            zone=form.get("zone", "").strip() or zone,
            version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            said_anyway=form.get("said_anyway") == "1",
        )

    @classmethod
    def stored(cls, line: DraftLine, zone: str) -> Typed:
        """What is stored."""
        own = {one.place: one.text if one.own_text else "" for one in line.targets}
        day, _, time = line.goes_at_local.partition("T")
        return cls(line.text, line.title, own, day, time, line.zone or zone, line.version)

    @property
    def wanted(self) -> list[Wanted]:
        return [Wanted(place, text) for place, text in self.places.items()]

    @property
    def local(self) -> str:
        return f"{self.day}T{self.time[:5]}" if self.day or self.time else ""


@dataclass(frozen=True, slots=True)
class Option:
    """One place to publish to, as the composer shows it: with what would stand there, once it is chosen. `asks`: a second person
    approves what goes there."""

    place: Place
    chosen: bool
    reads: str
    public: bool
    network: str
    own: str
    text: str
    fit: Fit | None
    asks: bool


def options_of(places: list[Place], typed: Typed) -> list[Option]:
    """Every place that can be chosen, those that are with what would stand there."""
    found, asking = [], queries.asks_for_approval(place.pk for place in places)
    for place in places:
        chosen, own = place.pk in typed.places, typed.places.get(place.pk, "")
        text, choice = (own if own.strip() else typed.text), queries.choice_of(place)
        fit = queries.fit(place, text, typed.title) if chosen else None
        found.append(
            Option(
                place, chosen, choice.reads, choice.public, choice.network, own, text, fit, place.pk in asking
            )
        )
    return found


def plan_of(typed: Typed) -> dict[str, Any]:
    """The `moment` that was typed, with what there is to `say`; or what is `wrong` with it. Empty where none was typed."""
    if not typed.day or not typed.time:
        return {}
    try:
        plan = rules.still_to_come(rules.planned(typed.local, typed.zone), clock.now())
    except rules.Unfit as error:
        return {"wrong": str(error)}
    return {"moment": plan.moment, "say": plan.say}
