"""Says what is due in the town's own spaces, through the same actions as people do. Safe to run twice: what stands
there already is not said again, which is told by its words."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Post
from colonnade.conversations.queries import visible_to
from colonnade.core.db import action
from colonnade.inbox import actions as inbox
from colonnade.inbox import queries as inbox_queries
from colonnade.inbox.models import Case
from colonnade.people import queries as people
from colonnade.people.models import HERE, STAFF_ROLES, Identity, Person
from colonnade.places.models import Place, PlaceKind
from colonnade.primitives import clock, text
from colonnade.web.story.cast import ANA, CITIZENS, PARTNERS, STAFF, WORLD
from colonnade.web.story.talk import Said, spaces, talk

_PROMISED_AFTER_S = 40.0


class Player:
    """Knows the people, the spaces and what was said so far."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._places: dict[str, Place] = {}
        self._said: dict[str, Post] = {}
        self.ana = self.person("ana")

    def person(self, name: str) -> Person:
        """Somebody of the cast. Raises LookupError where the town is not there."""
        if name not in self._people:
            colleague = STAFF.get(name) or PARTNERS.get(name)
            if colleague is not None:
                found = people.person_by_email(colleague.email)
            else:
                face = people.identity(HERE, name)
                found = face.person if face is not None else None
            if found is None:
                raise LookupError(f"{name} does not live here")
            self._people[name] = found
        return self._people[name]

    def place(self, name: str) -> Place:
        """A space of the town."""
        if not self._places:
            rows = Place.objects.filter(kind=PlaceKind.SPACE).select_related("audience")
            by_name = {place.name: place for place in rows}
            self._places = {short: by_name[one.name] for short, one in spaces().items()}
        return self._places[name]

    def look(self) -> None:
        """Find out what stands in the spaces already."""
        words = {text.normalise(one.text).strip(): one.id for one in talk()}
        rows = visible_to(people.viewer_for(self.ana)).filter(place__kind=PlaceKind.SPACE)
        rows = rows.filter(Q(said__text__in=list(words)))
        for post in rows.select_related("said", "conversation__place", "scope"):
            self._said[words[post.said.text]] = post

    def tell(self, due: Iterable[Said], *, began: float | None = None) -> int:
        """Say what is not said yet; returns how much. With `began` each at its own moment of the past."""
        count = 0
        for one in due:
            if one.id not in self._said:
                if began is None:
                    self._say(one)
                else:
                    with clock.told_as_of(began + one.at):
                        self._say(one)
                count += 1
        return count

    @action
    def _say(self, one: Said) -> None:
        if one.ask is not None:
            self._ask(one)
            return
        by, answered = self.person(one.by), self._said.get(one.reply_to)
        if one.reply_to and answered is None:
            return
        if answered is None:
            self._start(one, by)
        else:
            self._answer(one, by, answered)

    def _start(self, one: Said, by: Person) -> None:
        face = people.identity_here(by)
        assert face is not None
        talk_, post = conversations.start(self.place(one.space), by=face, text=one.text, title=one.title)
        self._said[one.id] = post
        if one.case:
            self._promise(one, inbox.open_case(talk_, post=post, why="asked"))

    def _ask(self, one: Said) -> None:
        assert one.ask is not None
        known = [name for name, (called, _) in CITIZENS.items() if called == one.ask.name]
        asked = inbox.ask(
            self.place(one.space),
            name=one.ask.name,
            text=one.text,
            ip_or_key=f"story {one.id}",
            person=self.person(known[0]) if known else None,
        )
        self._said[one.id] = asked.post
        self._promise(one, asked.case)

    def _promise(self, one: Said, case: Case) -> None:
        if one.promise:
            with clock.told_as_of(clock.now_s() + _PROMISED_AFTER_S):
                inbox.note(case, f"Promised: {one.promise}", by=self.ana)

    def _answer(self, one: Said, by: Person, answered: Post) -> None:
        talk_ = answered.conversation
        case = inbox_queries.cases_in([talk_.pk]).get(talk_.pk)
        face = people.identity_here(by)
        assert face is not None
        if one.note:
            internal = case is None
            post = (
                conversations.note(talk_, one.text, by=face, person=by)
                if internal
                else inbox.note(case, one.text, by=by)  # type: ignore[arg-type]
            )
        elif case is not None and by.role in STAFF_ROLES:
            done = inbox.reply(case, one.text, by=by, undo_s=0)
            assert done.post is not None
            post = done.post
        else:
            post = conversations.say(talk_, one.text, by=face, reply_to=answered)
            inbox.hear([post.pk])
        self._said[one.id] = post
        if one.solved and case is not None:
            inbox.solve(case, by=self.ana, outcome="Solved")


def faces_of_citizens() -> dict[str, Identity]:
    """The network's faces of those who also talk in the town's own spaces, by their name there."""
    by_address = {f"{account}@{WORLD}": name for name, (_, account) in CITIZENS.items()}
    rows = Identity.objects.filter(network="pretend", address__in=by_address)
    return {by_address[row.address]: row for row in rows}


def ana() -> Person | None:
    """Ana of the service desk; None where the town is not there."""
    return people.person_by_email(ANA.email)


def account_of_town() -> Place | None:
    """The town's account on the make-believe network."""
    rows = Place.objects.filter(kind=PlaceKind.ACCOUNT, account__connector="pretend")
    return rows.filter(account__address=f"pretend://{WORLD}").select_related("account").first()
