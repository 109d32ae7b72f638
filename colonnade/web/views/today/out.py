"""What goes out: what is planned and on its way, and the brake over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from colonnade.access.types import Viewer
from colonnade.deliveries import queries as deliveries
from colonnade.primitives import clock
from colonnade.publishing import queries as publishing
from colonnade.publishing.types import DraftLine
from colonnade.web.looking import looking
from colonnade.web.views.today.spans import tomorrow, zone_of

OPEN = ("waiting", "sending", "uncertain", "failed")


@dataclass(frozen=True, slots=True)
class Going:
    """Something that goes out, or should have: `at` None is now. `kind` colours its chip; `held`: by the
    brake over everything, so that there is nothing to check."""

    key: str
    at: datetime | None
    title: str
    where: str
    words: str
    kind: str
    url: str
    held: bool = False


def out(request: HttpRequest) -> dict[str, Any]:
    """What goes out until midnight, what is on its way, and what of it is in doubt; above it the brake, if it is pulled."""
    viewer = looking(request).viewer
    midnight = tomorrow(clock.now(), zone_of(looking(request).person), time(0))
    brake = publishing.brake(viewer)
    found = [
        *_deliveries(viewer),
        *(_planned(line, braked=brake is not None) for line in publishing.goes_out(viewer, midnight)),
    ]
    found.sort(key=lambda one: (one.kind == "", one.at is not None, one.at or clock.now()))
    leave = [one for one in found if one.kind == "" and (one.at is None or one.at < midnight)]
    return {
        "brake": brake,
        "going": found,
        "leave": len(leave),
        "check": sum(one.kind != "" and not one.held for one in found),
    }


def _deliveries(viewer: Viewer) -> list[Going]:
    lines = deliveries.deliveries_for(viewer, states=OPEN, limit=20)
    return [
        Going(
            key=f"delivery-{line.id}",
            at=line.due_at,
            title=line.text,
            where=line.place_name,
            words=line.words,
            kind={"uncertain": "clock", "failed": "late"}.get(line.state, ""),
            url=reverse("delivery", args=[line.id]),
        )
        for line in lines
    ]


def _planned(line: DraftLine, *, braked: bool) -> Going:
    words, kind = _how_it_stands(line, braked=braked)
    return Going(
        key=f"draft-{line.id}",
        at=line.goes_at,
        title=line.title or line.text,
        where=" · ".join(one.place_name for one in line.targets),
        words=words,
        kind=kind,
        url=reverse("draft", args=[line.id]),
        held=braked and not line.needs_person,
    )


def _how_it_stands(line: DraftLine, *, braked: bool) -> tuple[str, str]:
    """What is said of a planned one in a word, and its colour."""
    if line.needs_person:
        return gettext("decide"), "clock"
    if line.review is not None and line.review.standing != "approved":
        return gettext("not approved"), "clock"
    if braked:
        return gettext("held with all"), "clock"
    return gettext("planned"), ""
