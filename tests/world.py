"""The cast of Port Alder, a town with a ferry and an old bridge: the same people in every test."""

from __future__ import annotations

from dataclasses import dataclass, field

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Conversation, Post
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.people.models import Identity, Person, Role
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.places.rules import ON_THE_WEB, SIGNED_IN_ONLY, STAFF_ONLY
from tests.remembered import Remembered

PASSWORD = "the ferry leaves at nine"


@dataclass
class World:
    """Made by `World.make()`. People by first name; spaces by what they are; `say` and `post` put words into them."""

    ines: Person
    tomasz: Person
    ana: Person
    lea: Person
    okafor: Person
    partner: Person
    town: Place
    signed_in: Place
    staff_room: Place
    partners: Place
    wire: Place
    questions: Place
    _number: int = field(default=0)

    @classmethod
    def make(cls) -> World:
        """The whole town in the present database."""
        return _remembered.again()

    @classmethod
    def made_by_actions(cls) -> World:
        """The same, each row written by the action that writes such rows."""

        def member(name: str, role: str = Role.MEMBER) -> Person:
            return people.make_member(
                name, f"{name.split()[0].lower()}@portalder.example", PASSWORD, role=role
            )

        ines = member("Ines Moreau", Role.OWNER)
        tomasz, ana, lea = member("Tomasz Zielke", Role.ADMIN), member("Ana Duarte"), member("Lea Brandt")
        okafor, partner = member("Ngozi Okafor", Role.VISITOR), member("Ferry Partner", Role.GUEST)
        partners = places.open_space("Partners", members_only=True, purpose="The ferry timetable")
        for person in (partner, ana):
            places.join(partners, person)
        return cls(
            ines=ines,
            tomasz=tomasz,
            ana=ana,
            lea=lea,
            okafor=okafor,
            partner=partner,
            town=places.open_space("Town talk", audience=ON_THE_WEB),
            signed_in=places.open_space("Neighbours", audience=SIGNED_IN_ONLY),
            staff_room=places.open_space("Staff room", audience=STAFF_ONLY),
            partners=partners,
            wire=places.add_source("pretend", "pretend://wire", name="Harbour wire"),
            questions=places.open_space("Questions", kind="help", audience=ON_THE_WEB),
        )

    def viewer(self, person: Person) -> Viewer:
        """How somebody looks at this moment."""
        person.refresh_from_db()
        return people_queries.viewer_for(person)

    @property
    def anonymous(self) -> Viewer:
        return access.anonymous()

    def identity(self, person: Person) -> Identity:
        """The face of somebody here."""
        found = people_queries.identity_here(person)
        assert found is not None
        return found

    def start(
        self, place: Place, text: str, *, by: Person, private: bool = False
    ) -> tuple[Conversation, Post]:
        """Somebody opens a conversation."""
        return conversations.start(place, by=self.identity(by), text=text, private=private)

    def incoming(
        self, text: str, *, uri: str = "", reply_to: str = "", author: str = "river.watch"
    ) -> base.Item:
        """Something said elsewhere, as a connector hands it over."""
        self._number += 1
        said = base.Post(
            uri=uri or f"https://pretend.example/{self._number}",
            author=base.Author(network="pretend", address=author, name=author.title()),
            text=text,
            reply_to=reply_to,
        )
        return base.Item(raw=text.encode(), read=(said,))


_remembered = Remembered(World.made_by_actions)
