"""The gallery: every component in each of its states, for those who make screens and for the tests that look at them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from colonnade.conversations.types import Attached, AuthorLine, PostLine
from colonnade.primitives import clock
from colonnade.web.drawing import Chart, Mark
from colonnade.web.guards import staff_only
from colonnade.web.pages import page
from colonnade.web.talking import Said

THEMES, DIRECTIONS = ("light", "dark"), ("ltr", "rtl")

# What each component is, in the order of the page. A component without a line here fails a test.
COMPONENTS = {
    "button": _("Buttons and keys"),
    "chip": _("Chips: a word about a thing"),
    "avatar": _("Faces"),
    "tabs": _("Tabs"),
    "field": _("Fields and forms"),
    "say": _("What happened, in one line"),
    "menu": _("Menu"),
    "toast": _("Toast with a way back"),
    "dialog": _("Dialog"),
    "empty": _("Empty places teach the next step"),
    "progress": _("Progress of long work"),
    "table": _("Table"),
    "chart": _("Chart frame"),
    "card": _("Card"),
    "prose": _("What people wrote"),
    "post_card": _("Post card"),
    "thread": _("Thread"),
    "composer": _("Composer with its audience"),
}


@dataclass(frozen=True, slots=True)
class Specimens:
    """One component's part of the page."""

    name: str
    title: str
    template: str


@require_safe
@staff_only
def gallery(request: HttpRequest) -> HttpResponse:
    """All components, or `?only=NAME`; `?theme=light|dark` and `?dir=ltr|rtl` for both readings of a page."""
    theme, direction = request.GET.get("theme", ""), request.GET.get("dir", "")
    only = request.GET.get("only", "")
    shown = [
        Specimens(name, str(title), f"gallery/{name}.html")
        for name, title in COMPONENTS.items()
        if only in ("", name)
    ]
    context = {
        "specimens": shown,
        "appearance": {"theme": theme if theme in THEMES else ""},
        "direction": direction if direction in DIRECTIONS else "ltr",
        "posts": _posts(),
        "said": _said(),
        "charts": _charts(),
    }
    return page(request, "gallery/page.html", context)


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
