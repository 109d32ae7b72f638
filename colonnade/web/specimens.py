"""What the gallery's components show: invented posts, cases and figures of Port Alder, in each state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext, gettext_noop

from colonnade.conversations.types import Attached, AuthorLine, PostLine
from colonnade.inbox.types import CaseLine
from colonnade.primitives import clock
from colonnade.web.drawing import Chart, Mark
from colonnade.web.taking.take import Take
from colonnade.web.talking import Said


def shown_by_specimens() -> dict[str, Any]:
    """By the names under which the gallery's templates ask for them."""
    return {"posts": _posts(), "said": _said(), "charts": _charts(), "cases": _cases()}


def _cases() -> list[CaseLine]:
    """A case in each of its states."""
    now = clock.now()
    return [
        _case(1, "open", waiting_since=now - timedelta(minutes=4)),
        _case(2, "assigned", waiting_since=now - timedelta(hours=5), owner_name="Lea Brandt", priority=1),
        _case(3, "waiting", tags=("ferry", "timetable")),
        _case(4, "solved", solved_at=now),
    ]


def _case(number: int, state: str, **more: Any) -> CaseLine:
    heard = _post(
        number,
        "Mrs Okafor",
        gettext("Is the lift at the landing working again? My mother cannot do the stairs."),
    )
    values: dict[str, Any] = {
        "id": number,
        "version": 1,
        "conversation": number,
        "place": 1,
        "place_name": gettext("Questions"),
        "place_kind": "space",
        "title": "",
        "state": state,
        "why": "asked",
        "priority": 0,
        "owner": None,
        "owner_name": "",
        "team": None,
        "team_name": "",
        "opened_at": heard.published,
        "due_at": None,
        "waiting_since": None,
        "solved_at": None,
        "outcome": "",
        "tags": (),
        "heard": heard,
    }
    return CaseLine(**values | more)


def _author(id_: int, name: str) -> AuthorLine:
    address = f"{name.split()[0].lower()}@pretend.example"
    return AuthorLine(id_, name, address, "pretend", "", "", None)


def _post(id_: int, author: str, text: str, **more: object) -> PostLine:
    values: dict[str, object] = {
        "id": id_,
        "scope": 1,
        "place": 1,
        "place_name": "Questions",
        "conversation": 1,
        "author": _author(id_ * 8, author),
        "published": clock.now() - timedelta(minutes=6 * id_),
        "edited": None,
        "deleted": False,
        "lang": "en",
        "reply_to": None,
        "title": "",
        "text": text,
        "html": f"<p>{text}</p>",
        "url": "",
        "uri": f"gallery:{id_}",
        "tier": "p",
    }
    return PostLine(**(values | more))  # type: ignore[arg-type]


def _posts() -> list[tuple[str, PostLine]]:
    """Post cards by the name of their state."""
    timetable = Attached(
        id=1, name="timetable.pdf", media_type="application/pdf", size=48_000, url="", held=True
    )
    ferry = "Is the 17:40 ferry still running tonight? The board at the pier says cancelled."
    return [
        (gettext_noop("plain"), _post(1, "Mrs Okafor", ferry)),
        (
            gettext_noop("with a title and a file"),
            _post(2, "Alder Ferry", ferry, title="Autumn timetable", attachments=(timetable,)),
        ),
        (gettext_noop("edited"), _post(3, "River Watch", ferry, edited=datetime(2026, 3, 1, tzinfo=UTC))),
        (
            gettext_noop("written from right to left"),
            _post(4, "ליאת", "האם המעבורת של השעה 17:40 יוצאת הערב?", lang="he"),
        ),
        (
            gettext_noop("long names and words"),
            _post(
                5,
                "The Honourable Society of Bridge Keepers and Ferry Watchers of Port Alder",
                "Donaudampfschifffahrtsgesellschaft" * 4,
            ),
        ),
        (gettext_noop("removed"), _post(6, "Old Grumbleton", "", deleted=True, html="")),
    ]


def _said() -> list[tuple[str, Said]]:
    """Lines of a thread by the name of their state."""
    return [
        (
            gettext_noop("theirs"),
            Said(
                _post(11, "Grace Okafor", "I have to fetch my son from the other side."),
                note=False,
                ours=False,
            ),
        ),
        (
            gettext_noop("ours"),
            Said(_post(12, "Ana Duarte", "I am asking the harbour master right now."), note=False, ours=True),
        ),
        (
            gettext_noop("a note to staff only"),
            Said(
                _post(13, "Tomasz Zielke", "Not official until the harbour master signs."),
                note=True,
                ours=False,
            ),
        ),
        (
            gettext_noop("removed"),
            Said(_post(14, "Old Grumbleton", "", deleted=True, html=""), note=False, ours=False),
        ),
    ]


_HOURS = (2, 1, 0, 0, 0, 1, 3, 6, 8, 7, 5, 4, 5, 6, 4, 5, 7, 9, 8, 6, 5, 3, 41, 28)
_DAYS = (
    31,
    28,
    30,
    35,
    33,
    22,
    19,
    29,
    31,
    30,
    34,
    36,
    25,
    21,
    30,
    28,
    33,
    31,
    37,
    24,
    20,
    32,
    29,
    30,
    35,
    33,
    96,
    44,
)


def _charts() -> list[tuple[str, Chart]]:
    """Chart frames by the name of their state."""
    bars = [
        Mark(
            f"{hour:02}:00",
            count,
            low=max(0, min(_HOURS[hour], 9) - 3),
            high=min(_HOURS[hour], 9) + 2,
            url="#chart",
            unusual=count > 20,
            tick=f"{hour:02}:00" if hour % 6 == 0 else "",
        )
        for hour, count in enumerate(_HOURS)
    ]
    line = [
        Mark(
            str(day),
            count,
            low=20,
            high=38,
            url="#chart",
            unusual=count > 60,
            tick=str(day) if day % 7 == 1 else "",
        )
        for day, count in enumerate(_DAYS, 1)
    ]
    title, counts, nothing = (
        gettext("The bridge"),
        gettext("Mentions"),
        gettext("Nothing was said in these hours."),
    )
    hours = Chart(
        "gallery-bars", title, gettext("Two hours stand out."), bars, counts=counts, open=True, level=3
    )
    return [
        (gettext_noop("hours as bars"), hours),
        (
            gettext_noop("days as a line"),
            replace(
                hours,
                key="gallery-line",
                title=gettext("Day by day"),
                says=gettext("One day stands out."),
                marks=line,
                kind="line",
                take=Take("trends"),
            ),
        ),
        (gettext_noop("empty"), replace(hours, key="gallery-empty", says="", marks=(), nothing=nothing)),
        (
            gettext_noop("still counting"),
            replace(hours, key="gallery-waits", says="", marks=(), state="loading"),
        ),
        (
            gettext_noop("not fetched"),
            replace(hours, key="gallery-error", title=gettext("Hour by hour"), state="error"),
        ),
    ]
