"""What is louder than usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from colonnade.inbox import queries
from colonnade.inbox.types import Unusual
from colonnade.web.looking import looking

WIDTH, HEIGHT = 240, 48


@dataclass(frozen=True, slots=True)
class Louder:
    """A watch that is louder than usual, with its last 24 hours as points of a drawing."""

    one: Unusual
    said: str
    drawn: str
    usual_y: float
    now_x: float
    in_words: str


def unusual(request: HttpRequest) -> dict[str, Any]:
    return {"louder": [_louder(one) for one in queries.unusual(looking(request).viewer)]}


def _louder(one: Unusual) -> Louder:
    top = max(*one.hours, one.usual, 1)
    step = WIDTH / (len(one.hours) - 1)
    drawn = [f"{at * step:.1f},{_y(count, top):.1f}" for at, count in enumerate(one.hours)]
    if one.usual:
        times = round(one.count / one.usual)
        said = gettext("“%(name)s” is %(times)d times its usual") % {"name": one.name, "times": times}
    else:
        said = gettext("“%(name)s”: %(count)d in an hour that is usually silent") % {
            "name": one.name,
            "count": one.count,
        }
    words = {"count": one.count, "usual": f"{one.usual:g}", "days": one.days}
    in_words = ngettext(
        "%(count)d in the last hour; %(usual)s is usual, as far as %(days)d day can tell.",
        "%(count)d in the last hour; %(usual)s is usual at this hour, the median of %(days)d days.",
        one.days,
    )
    return Louder(one, said, " ".join(drawn), _y(one.usual, top), WIDTH - step, in_words % words)


def _y(count: float, top: float) -> float:
    """Where a count stands in the drawing, with room for the line's own thickness."""
    return HEIGHT - 3 - count / top * (HEIGHT - 6)
