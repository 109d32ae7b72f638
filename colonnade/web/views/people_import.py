"""People brought in by a list (CSV): shown first, row by row; what is taken is written only after that was confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from colonnade.access.types import Viewer
from colonnade.conversations import queries as conversations
from colonnade.people import actions, queries, rules
from colonnade.people.actions.lists import MOST_AT_ONCE
from colonnade.people.types import Candidate
from colonnade.places import queries as places
from colonnade.primitives import ids, tables
from colonnade.web.guards import admins_only
from colonnade.web.looking import looking
from colonnade.web.pages import page

LARGEST = 1024 * 1024
MOST_COLUMNS = 40
SHOWN = 500
Face = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its heading, what stands first below it, what it means."""

    number: int
    heading: str
    example: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and what becomes of it: "new", "known" or "left" with a reason."""

    one: Candidate
    what: str

    @property
    def faces(self) -> list[Face]:
        """The names as people read them: what the network is called on screen, and the address."""
        words = {"fediverse": "Mastodon", "mail": gettext("mail")}
        return [(words.get(network, network), address) for network, address in self.one.faces]


@dataclass(frozen=True, slots=True)
class Reading:
    """A list as it was read: its columns, its rows, and the names of which whoever reads it may not know."""

    columns: list[Column]
    headed: bool
    judged: list[Judged]
    hidden: set[Face]
    cut: bool

    def count(self, what: str) -> int:
        return sum(one.what == what for one in self.judged)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def people_import(request: HttpRequest) -> HttpResponse:
    """The form; what is in a list; and, with `do=bring`, whom it says."""
    if request.method != "POST":
        return page(request, "people/import.html", {"done": _done(request)})
    try:
        text = _text(request)
        reading = read(request, text)
    except ValueError as refused:
        again = {"error": str(refused), "text": request.POST.get("text", "")}
        return page(request, "people/import.html", again, status=422)
    if request.POST.get("do") == "bring":
        return _bring(request, text, reading)
    return _preview(request, text, reading)


def _done(request: HttpRequest) -> str:
    """What came of a list, where one was brought in just now."""
    new, known = ids.parse(request.GET.get("new", "")), ids.parse(request.GET.get("known", ""))
    if new is None or known is None:
        return ""
    return " ".join(
        (
            ngettext("%(n)d person is new here.", "%(n)d people are new here.", new) % {"n": new},
            ngettext("%(n)d was known already.", "%(n)d were known already.", known) % {"n": known},
        )
    )


def _text(request: HttpRequest) -> str:
    """What was handed in: a file, or words that were typed or shown again. Raises ValueError with a sentence."""
    sent = request.FILES.get("list")
    if sent is not None and (sent.size or 0) > LARGEST:
        raise ValueError(gettext("The list is larger than 1 MB. Split it, please."))
    text = tables.decode(sent.read()) if sent is not None else request.POST.get("text", "")
    if len(text) > LARGEST:
        raise ValueError(gettext("The list is larger than 1 MB. Split it, please."))
    if not text.strip():
        raise ValueError(gettext("Choose a CSV file, or paste its rows."))
    return text


def read(request: HttpRequest, text: str) -> Reading:
    """The list as it is meant by now: by what was chosen on the page, else by a guess. Raises ValueError with a sentence."""
    table = tables.read(text, most=MOST_AT_ONCE + 1)
    if table.width > MOST_COLUMNS:
        raise ValueError(gettext("That is no list of people: it has more than %d columns.") % MOST_COLUMNS)
    headed = _headed(request, table)
    rows = table.rows[1:] if headed else table.rows
    columns = _columns(request, table, rows, headed=headed)
    meanings, heads = [one.meaning for one in columns], [one.heading for one in columns]
    found = rules.once_each(
        [rules.candidate(row.line, row.cells, meanings, heads) for row in rows[:MOST_AT_ONCE]]
    )
    judged, hidden = _judge(looking(request).viewer, found)
    return Reading(columns, headed, judged, hidden, table.cut or len(rows) > MOST_AT_ONCE)


def _headed(request: HttpRequest, table: tables.Table) -> bool:
    if "meanings" in request.POST:  # the page has shown what it took for headings
        return bool(request.POST.get("headed"))
    return bool(table.rows) and rules.has_headings(table.rows[0].cells)


def _columns(
    request: HttpRequest, table: tables.Table, rows: Sequence[tables.Row], *, headed: bool
) -> list[Column]:
    heads = _wide(table.rows[0].cells if headed and table.rows else (), table.width)
    examples = [next((row.cells[at] for row in rows if row.cells[at : at + 1] and row.cells[at]), "")
                for at in range(table.width)]  # fmt: skip
    chosen = [request.POST.get(f"column-{at}") for at in range(table.width)]
    guessed = rules.guess_meanings(heads, examples)
    return [
        Column(at, heads[at], examples[at], said if said in rules.MEANINGS else guessed[at])
        for at, said in enumerate(chosen)
    ]


def _wide(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _judge(viewer: Viewer, found: Sequence[Candidate]) -> tuple[list[Judged], set[Face]]:
    """What becomes of each row. Who is hidden from the viewer looks new."""
    there = queries.faces_known(face for one in found for face in one.faces)
    ours = places.our_faces(face.pk for face in there.values())
    owners = {face.person_id for face in there.values() if face.person_id is not None}
    seen = set(conversations.persons_for(viewer).filter(pk__in=owners).values_list("pk", flat=True))
    free = [face.pk for face in there.values() if face.person_id is None]
    known = set(conversations.identities_for(viewer).filter(pk__in=free).values_list("pk", flat=True))
    hidden = {key for key, face in there.items() if face.person_id not in seen and face.pk not in known}
    mine = {key for key, face in there.items() if face.pk in ours and key not in hidden}
    return [_judged(one, there.keys() - hidden, mine) for one in found], hidden


def _judged(one: Candidate, known: set[Face], ours: set[Face]) -> Judged:
    if one.reason:
        return Judged(one, "left")
    if set(one.faces) & ours:
        reason = gettext("That is an account of our own.")
        return Judged(Candidate(one.line, one.name, one.faces, reason), "left")
    return Judged(one, "known" if set(one.faces) & known else "new")


def _bring(request: HttpRequest, text: str, reading: Reading) -> HttpResponse:
    by = looking(request).person
    assert by is not None
    good = [one.one for one in reading.judged if one.what != "left"]
    if not good:
        return _preview(
            request, text, reading, error=gettext("There is no row that could be taken."), status=422
        )
    brought = actions.bring_in(good, by=by, hidden=reading.hidden)
    return HttpResponseRedirect(
        f"{reverse('people_import')}?{urlencode({'new': brought.new, 'known': brought.known})}"
    )


def _preview(
    request: HttpRequest, text: str, reading: Reading, *, error: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "reading": reading,
        "rows": reading.judged[:SHOWN],
        "counts": {what: reading.count(what) for what in ("new", "known", "left")},
        "most": MOST_AT_ONCE,
        "meanings": _meanings(),
        "text": text,
        "error": error,
    }
    return page(request, "people/import_preview.html", context, status=status)


def _meanings() -> list[tuple[str, str]]:
    return [
        (rules.SKIP, gettext("Leave out")),
        (rules.NAME, gettext("Name")),
        (rules.FIRST, gettext("First name")),
        (rules.LAST, gettext("Last name")),
        (rules.MAIL, gettext("E-mail")),
        (rules.HANDLE, gettext("Name on a network")),
    ]
