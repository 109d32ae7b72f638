"""Going through the cells: every surface, everybody who looks, every kind of space."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction

from colonnade.primitives import ids
from tests.doors.leaks.principals import Principal, principals
from tests.doors.leaks.surfaces import API, Surface
from tests.doors.leaks.things import ANONYMOUS, APP, CRAWLER, MARKER, MEMBER, SUSPENDED, Thing, new_marker
from tests.doors.leaks.town import Town

_TOKEN = re.compile(r"[A-Za-z0-9_\-:.]{32,}")
_ID = re.compile(r"(?<!\d)\d{18,19}(?!\d)")
_PASSING = ("date", "content-length", "server-timing")


class Statements:
    """Counts SQL statements. (Django's own log holds 9,000, and asks the database how each would be written.)"""

    def __enter__(self) -> Statements:
        self.count = 0
        self._wrapped = connection.execute_wrapper(self._counted)
        self._wrapped.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._wrapped.__exit__(*error)

    def _counted(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


@dataclass(frozen=True)
class Answer:
    """What came back, and by how many SQL statements."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...]
    statements: int

    def said_of(self, thing: Thing, question: str | None = None) -> tuple[Any, ...]:
        """The answer without what names the thing, and without what is random in every answer.

        With a question (address and form), only what stood in it is left out: whatever else the answer says has to be
        the same to the letter.
        """
        echoes = sorted(
            {*(str(v) for v in vars(thing).values() if isinstance(v, int | str)), *thing.ids}, key=len
        )
        body, headers = self.body, str(self.headers)
        echoes = [echo for echo in echoes if len(echo) > 8 and (question is None or echo in question)]
        for echo in reversed(echoes):
            body, headers = body.replace(echo, "ECHO"), headers.replace(echo, "ECHO")
        return self.status, _TOKEN.sub("TOKEN", body), _TOKEN.sub("TOKEN", headers), self.statements


@dataclass
class Matrix:
    """The cells gone through so far, by outcome, and what is wrong with them.

    `half` leaves out every second cell, so that everybody is still met at each surface, in each kind of space at half of
    the surfaces, and each surface in each kind of space by half of them.
    """

    town: Town
    who: dict[str, Principal] = field(default_factory=dict)
    half: bool = False
    left_out: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    requests: int = 0
    _asked: dict[tuple[str, str, str], Answer] = field(default_factory=dict)
    _hidden: dict[tuple[str, str, str, bool], tuple[set[str], set[str]]] = field(default_factory=dict)
    _absent: dict[tuple[str, str, bool], tuple[Any, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, town: Town) -> Matrix:
        """With everybody, each of whom has been here before: a first visit costs statements of its own."""
        made = cls(town, principals(town))
        for principal in made.who.values():
            principal.pages.get("/")
            principal.pages.get("/search?q=nothing")
            principal.api.get("/rest/me")
        return made

    def go_through(self, surfaces: tuple[Surface, ...]) -> None:
        """Look at every cell of these surfaces."""
        for number, surface in enumerate(surfaces):
            shown = [thing for thing in self.town.things if surface.which(thing)]
            spaces = [space for space in self.town.spaces if any(thing.space == space for thing in shown)]
            for turn, principal in enumerate(self.who.values(), number):
                for at, space in enumerate(spaces, turn):
                    if self.half and len(spaces) > 1 and at % 2:
                        self.left_out += 1
                    else:
                        self._cell(surface, principal, space, [one for one in shown if one.space == space])

    def _cell(self, surface: Surface, principal: Principal, space: str, things: list[Thing]) -> None:
        before = len(self.wrong)
        shown = [self._look(surface, principal, thing) for thing in self._chosen(surface, principal, things)]
        outcome = "wrong" if len(self.wrong) > before else "shown" if any(shown) else "hidden"
        self.outcomes[outcome] += 1

    def _chosen(self, surface: Surface, principal: Principal, things: list[Thing]) -> list[Thing]:
        """One that they may see, one that they may not, and one that stands hidden beside what they may see."""
        if not surface.each:
            return things
        kinds: dict[tuple[bool, bool], Thing] = {}
        for thing in things:
            may = self.may(surface, principal, thing)
            kinds.setdefault((may, not may and self._opens(surface, principal, thing)), thing)
        return list(kinds.values())

    def _look(self, surface: Surface, principal: Principal, thing: Thing) -> bool:
        """Ask for one thing; whether it was, rightly, shown."""
        answer = self._ask(surface, principal, thing)
        here = (
            f"{surface.door} {surface.name} / {principal.name} / {thing.space} / {thing.what} {thing.marker}"
        )
        if answer.status >= 500:
            self.wrong.append(f"{here}: it broke ({answer.status})")
            return False
        self._check_nothing_hidden(here, surface, principal, thing, answer)
        if self.may(surface, principal, thing):
            return self._check_shown(here, surface, principal, thing, answer)
        if surface.each and not self._opens(surface, principal, thing):
            self._check_as_absent(here, surface, principal, thing, answer)
        return False

    # --- who may --------------------------------------------------------------------------------------------------

    def may(self, surface: Surface, principal: Principal, thing: Thing) -> bool:
        """Whether this surface should show the thing to this principal, by what is written down."""
        name = principal.name
        if surface.door == API:
            if not principal.token or name == SUSPENDED:
                return False
            if name == APP and not self.town.within_ceiling(thing):
                return False
            name = MEMBER if name == APP else name
        elif name in (APP, SUSPENDED):
            name = ANONYMOUS
        if surface.reach is not None and name not in surface.reach:
            return False
        if surface.as_if:
            name = (
                CRAWLER
                if name == CRAWLER and surface.as_if == ANONYMOUS and surface.limited
                else surface.as_if
            )
        return name in thing.seen_by

    def _opens(self, surface: Surface, principal: Principal, thing: Thing) -> bool:
        """Whether the address opens for another thing that stands behind it too."""
        if surface.family is None:
            return False
        key = surface.family(thing)
        others = (t for t in self.town.things if surface.family(t) == key)
        return any(self.may(surface, principal, other) for other in others)

    # --- what came back -------------------------------------------------------------------------------------------

    def _ask(self, surface: Surface, principal: Principal, thing: Thing) -> Answer:
        url = surface.url(self.town, thing)
        if surface.method != "GET":
            return self._press(surface, principal, thing, url)
        key = (surface.door, principal.name, url + " follow" * surface.follow)
        if key not in self._asked:
            self.requests += 1
            client = principal.api if surface.door == API else principal.pages
            with Statements() as statements:
                response = client.get(url, follow=surface.follow)
            self._asked[key] = _answer(response, statements.count)
        return self._asked[key]

    def _press(self, surface: Surface, principal: Principal, thing: Thing, url: str) -> Answer:
        """A button changes things, so all it did is undone."""
        self.requests += 1
        client = principal.api if surface.door == API else principal.pages
        data = surface.data(self.town, thing) if surface.data else {}
        as_json = {"content_type": "application/json"} if surface.door == API else {}
        with transaction.atomic():
            with Statements() as statements:
                response = getattr(client, surface.method.lower())(url, data, **as_json)
            transaction.set_rollback(True)
        return _answer(response, statements.count)

    def _check_nothing_hidden(
        self, here: str, surface: Surface, principal: Principal, thing: Thing, answer: Answer
    ) -> None:
        asked_with = {thing.marker} if thing.marker in surface.url(self.town, thing) else set()
        markers, numbers_hidden = self._hidden_from(surface, principal)
        words = (set(MARKER.findall(answer.body)) & markers) - asked_with
        numbers = (set(_ID.findall(answer.body)) & numbers_hidden) - thing.ids
        for found in sorted(words | numbers):
            what = next(t for t in self.town.things if found == t.marker or found in t.ids)
            self.wrong.append(
                f"{here}: shows {found} ({what.space}, {what.what} {what.marker}), hidden from them"
            )

    def _hidden_from(self, surface: Surface, principal: Principal) -> tuple[set[str], set[str]]:
        """The words and ids of everything that this principal may not see through this surface."""
        key = (surface.door, principal.name, surface.as_if, surface.limited)
        if key not in self._hidden:
            open_door = replace(surface, reach=None)
            hidden = [t for t in self.town.things if not self.may(open_door, principal, t)]
            # A conversation may bear the id of its first post: whoever sees another post in it sees that number.
            open_talks = {str(t.conversation) for t in self.town.things if self.may(open_door, principal, t)}
            numbers = {id_ for t in hidden for id_ in t.ids} - open_talks
            self._hidden[key] = {t.marker for t in hidden}, numbers
        return self._hidden[key]

    def _check_shown(
        self, here: str, surface: Surface, principal: Principal, thing: Thing, answer: Answer
    ) -> bool:
        if surface.mark is not None:
            if surface.mark(thing) not in answer.body:
                self.wrong.append(f"{here}: does not show what they may see ({answer.status})")
                return False
            return True
        if self._as_absent(surface, principal, thing, answer):
            self.wrong.append(f"{here}: answers as if it were not there ({answer.status})")
            return False
        return True

    def _check_as_absent(
        self, here: str, surface: Surface, principal: Principal, thing: Thing, answer: Answer
    ) -> None:
        """Hidden and absent differ in nothing but what the question itself named."""
        mine = answer.said_of(thing, self._question(surface, thing))
        other = self._said_of_absent(surface, principal, thing, exactly=True)
        told = [
            f"{name}: {one!r:.300} and {theirs!r:.300}"
            for name, one, theirs in zip(
                ("status", "body", "headers", "statements"), mine, other, strict=True
            )
            if one != theirs
        ]
        if told:
            self.wrong.append(f"{here}: hidden and absent differ: {'; '.join(told)}")

    def _question(self, surface: Surface, thing: Thing) -> str:
        """What one says in asking: the address, and what a form sends."""
        data = surface.data(self.town, thing) if surface.data else {}
        return f"{surface.url(self.town, thing)} {data}"

    def _as_absent(self, surface: Surface, principal: Principal, thing: Thing, answer: Answer) -> bool:
        """Whether the answer differs from that for nothing in no more than the ids of the thing."""
        return answer.said_of(thing) == self._said_of_absent(surface, principal, thing)

    def _said_of_absent(
        self, surface: Surface, principal: Principal, thing: Thing, *, exactly: bool = False
    ) -> tuple[Any, ...]:
        """What the surface answers for something that is not there; asked once."""
        key = (f"{surface.door} {surface.name}", principal.name, exactly)
        if key not in self._absent:
            absent = absent_like(thing)
            question = self._question(surface, absent) if exactly else None
            self._absent[key] = self._ask(surface, principal, absent).said_of(absent, question)
        return self._absent[key]

    def __str__(self) -> str:
        shown, hidden, wrong = (self.outcomes[outcome] for outcome in ("shown", "hidden", "wrong"))
        told = f"leak matrix: {self.outcomes.total()} cells: {shown} shown, {hidden} hidden, {wrong} wrong"
        return f"{told}; {self.left_out} left to SQLite" if self.half else told


def absent_like(thing: Thing) -> Thing:
    """The same kind of thing as far as an address goes, only that there is none of it."""
    fields = (
        "place",
        "conversation",
        "post",
        "author",
        "person",
        "attachment",
        "case",
        "delivery",
        "column",
        "draft",
    )
    nowhere: dict[str, Any] = {
        name: ids.at(ids.ms_of(value)) for name in fields if (value := getattr(thing, name))
    }
    return replace(thing, marker=new_marker(), slug="no-such-place-here", uri="", **nowhere)


def _answer(response: Any, statements: int) -> Answer:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = sorted((k.lower(), v) for k, v in response.headers.items() if k.lower() not in _PASSING)
    cookies = sorted((name, "given") for name in response.cookies)
    return Answer(response.status_code, body.decode("utf-8", "replace"), (*headers, *cookies), statements)
