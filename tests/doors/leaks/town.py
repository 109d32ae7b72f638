"""Port Alder as the matrix needs it: in every kind of space something for some and something for nobody who looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from colonnade.access.types import EVERYONE, FEDIVERSE, Terms
from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Attachment, Conversation, Post
from colonnade.core import events, files
from colonnade.core.db import act
from colonnade.deliveries import actions as deliveries
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case, WayBack
from colonnade.insight import actions as insight
from colonnade.insight.models import Alert, Finding
from colonnade.insight.rules import PANELS
from colonnade.listening import actions as listening
from colonnade.listening.models import Mention
from colonnade.networks import base
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.people.models import Identity, Person, Role
from colonnade.places import actions as places
from colonnade.places.models import Place, Scope, SiteWidget
from colonnade.primitives import clock
from colonnade.publishing import actions as publishing
from colonnade.publishing.types import Wanted
from colonnade.workspace import actions as workspace
from tests.doors.leaks.things import (
    COLUMN,
    COMMON,
    CRAWLER,
    DELIVERY,
    DRAFT,
    GUEST,
    MEMBER,
    NOBODY,
    NOTE,
    OTHER_TEAM,
    OWNER,
    PARTNER,
    PLACE,
    POST,
    SIGNED_IN,
    STAFF,
    VISITOR,
    WEB,
    Thing,
    new_marker,
)
from tests.world import PASSWORD, World

WITHOUT_CRAWLERS: Terms = frozenset({(EVERYONE, EVERYONE), (FEDIVERSE, FEDIVERSE)})


@dataclass
class Town:
    """The world, the things in it by kind of space, and somebody of staff who sees what nobody else sees."""

    world: World
    keeper: Person
    asker: Person
    suspended: Person
    widget: SiteWidget
    way_back: str
    way: WayBack
    things: list[Thing] = field(default_factory=list)
    watch: int = 0
    watch_name: str = ""
    alert: int = 0
    finding: int = 0
    wall: int = 0
    extra: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def make(cls) -> Town:
        """All of it in the present database."""
        world = World.make()
        keeper = people.make_member("Mirko Keeper", "mirko@portalder.example", PASSWORD)
        suspended = people.make_member(
            "Petra Suspended", "petra@portalder.example", PASSWORD, role=Role.VISITOR
        )
        team = people.make_team("Marketing", [world.lea])
        asked = inbox.ask(world.questions, name="Asker", text=f"Hello {COMMON}", ip_or_key="192.0.2.1")
        town = cls(
            world,
            keeper,
            asked.person,
            suspended,
            places.make_widget(world.questions, ["https://elsewhere.example"]),
            asked.resume_token,
            asked.way,
            extra={"team": team.pk},
        )
        town._fill(asked)
        town.watch_name = f"Watch {new_marker()}"
        town.watch = listening.add_watch(town.watch_name, COMMON, by=keeper).pk
        town.wall = insight.arrange_wall(
            None, by=keeper, name="Hall", panels=PANELS, watches=[], seconds=20, look=""
        ).pk
        listening.match_posts([thing.post for thing in town.things if thing.post])
        caught = set(Mention.objects.values_list("post_id", flat=True))
        for thing in town.things:
            thing.mentioned = thing.post in caught
        town._alert(caught)
        town._columns()
        town._drafts()
        events.stamp()
        return town

    @property
    def spaces(self) -> list[str]:
        """The kinds of space, in the order in which they were made."""
        return list(dict.fromkeys(thing.space for thing in self.things))

    def _alert(self, caught: set[int]) -> None:
        """An alert of everything that the watch caught, and a finding that all of it carries."""
        since = clock.now() - timedelta(days=1)
        told = {"posts": 9, "expected": 1.0, "low": 0.0, "high": 2.0, "score": 0.9, "raised_at": since}
        with act():
            alert = Alert.objects.create(watch_id=self.watch, since=since, **told)
            finding = Finding.objects.create(
                watch_id=self.watch,
                sentence="Much is said",
                at=since,
                since=since,
                before=since,
                written_at=since,
            )
            finding.posts.set(caught)
        self.alert, self.finding = alert.pk, finding.pk

    # --- filling the spaces ---------------------------------------------------------------------------------------

    def _fill(self, asked: inbox.Asked) -> None:
        world = self.world
        self._space("public on the web", world.town, WEB, note=STAFF)
        quiet = places.open_space("Quiet corner", audience=WITHOUT_CRAWLERS)
        self._space("public without crawlers", quiet, WEB - {CRAWLER}, note=STAFF)
        self._space("signed-in only", world.signed_in, SIGNED_IN, note=STAFF)
        self._space("staff only", world.staff_room, STAFF)
        self._space("members only", world.partners, frozenset({MEMBER, PARTNER}), note=frozenset({MEMBER}))
        team_room = places.open_space(
            f"Team room {new_marker()}",
            audience=frozenset({(self.world.lea.teams.get().principal_id,) * 2}),
        )
        self._space("one team only", team_room, frozenset({OTHER_TEAM}))
        self._asked(asked)
        self._direct()
        self._account()
        self._source()
        self._hidden_space()

    def _space(
        self, space: str, place: Place, seen_by: frozenset[str], *, note: frozenset[str] = NOBODY
    ) -> None:
        """An open talk with a staff note in it, a sealed talk, and the place itself."""
        self._place(space, place, seen_by)
        talk = self._talk(space, place, seen_by)
        if note:
            self._note(space, talk, note)
        self._talk(space, place, NOBODY, scope=self._for_alone(place, self.keeper))

    def _place(self, space: str, place: Place, seen_by: frozenset[str]) -> Thing:
        thing = Thing(space, PLACE, seen_by, place=place.pk, slug=place.slug)
        thing.is_source, thing.is_account = place.kind == "source", place.kind == "account"
        with act():
            Place.objects.filter(pk=place.pk).update(name=f"Place {thing.marker}")
        place.refresh_from_db()
        self.things.append(thing)
        return thing

    def _for_alone(self, place: Place, *persons: Person) -> Scope:
        return places.scope_in(place, frozenset((one.principal_id, one.principal_id) for one in persons))

    def _talk(
        self, space: str, place: Place, seen_by: frozenset[str], *, scope: Scope | None = None
    ) -> Thing:
        thing = Thing(space, POST, seen_by, place=place.pk, slug=place.slug)
        author = self._author(thing)
        talk, post = conversations.start(
            place,
            by=author,
            title=f"Title {thing.marker}",
            text=f"Words {thing.marker} {COMMON}",
            scope=scope,
        )
        self._said(thing, talk, post)
        thing.can_be_said_to = place.kind == "space"
        return thing

    def _author(self, thing: Thing) -> Identity:
        person = people.meet(f"Author {thing.marker}")
        thing.person = person.pk
        face = people_queries.identity_here(person)
        assert face is not None
        return face

    def _said(self, thing: Thing, talk: Conversation, post: Post, *, case: bool = True) -> None:
        thing.conversation, thing.post, thing.author = talk.pk, post.pk, post.author_id
        thing.uri = f"/posts/{post.pk}"
        thing.attachment = self._file(thing, post)
        if case:
            made = inbox.open_case(talk, post=post, why=f"Why {thing.marker}")
            self._tag(thing, made.pk)
        self.things.append(thing)

    def _file(self, thing: Thing, post: Post) -> int:
        digest = files.put(f"File {thing.marker}".encode(), 10_000)
        with act():
            made = Attachment.objects.create(
                post=post, digest=digest, name=f"{thing.marker}.txt", media_type="text/plain", size=10
            )
        return made.pk

    def _note(self, space: str, beside: Thing, seen_by: frozenset[str]) -> Thing:
        talk = Conversation.objects.get(pk=beside.conversation)
        thing = Thing(space, NOTE, seen_by, place=beside.place, slug=beside.slug)
        post = conversations.note(
            talk, f"Note {thing.marker} {COMMON}", by=self._author(thing), person=self.keeper
        )
        self._said(thing, talk, post, case=False)
        thing.case = beside.case
        return thing

    def _asked(self, asked: inbox.Asked) -> None:
        """A guest's own question, a note beside it, and another's talk."""
        space, place = "a guest's question", self.world.questions
        self._place(space, place, WEB)
        thing = Thing(space, POST, STAFF | {GUEST}, place=place.pk, slug=place.slug)
        post = conversations.say(
            asked.conversation, f"Question {thing.marker} {COMMON}", by=self._author(thing)
        )
        self._said(thing, asked.conversation, post, case=False)
        self._case_of(thing, asked)
        thing.asked = True
        self._note(space, thing, STAFF).asked = True
        other = inbox.ask(place, name="Another", text=f"Else {COMMON}", ip_or_key="192.0.2.2")
        for_staff = Thing(space, POST, STAFF, place=place.pk, slug=place.slug)
        said = conversations.say(
            other.conversation, f"Else {for_staff.marker} {COMMON}", by=self._author(for_staff)
        )
        self._said(for_staff, other.conversation, said, case=False)
        self._case_of(for_staff, other)
        self.extra["other_way_back"] = other.resume_token
        self._talk(space, place, NOBODY, scope=self._for_alone(place, self.keeper))

    def _case_of(self, thing: Thing, asked: inbox.Asked) -> None:
        self._tag(thing, asked.case.pk)

    def _tag(self, thing: Thing, case: int) -> None:
        """Put the thing's word on its case, also where nobody of staff could."""
        with act():
            Case.objects.filter(pk=case).update(tags=[f"tag{thing.marker}"])
        thing.case, thing.mark_of_case = case, True

    def _direct(self) -> None:
        """Words between two persons, without staff, and others between two who do not look."""
        place = places.open_space("Direct")
        self._place("direct", place, WEB)
        two = self._for_alone(place, self.world.okafor, self.world.partner)
        self._talk("direct", place, frozenset({VISITOR, PARTNER}), scope=two)
        self._talk("direct", place, NOBODY, scope=self._for_alone(place, self.keeper, self.world.tomasz))

    def _account(self) -> None:
        """Ours elsewhere: an open post, one for us alone, its open answer, and what goes out."""
        space = "our account elsewhere"
        us = Author(network="pretend", address="alder@pretend", name="Port Alder")
        place = places.add_account("pretend", "pretend://alder", name="Alder", credentials={}, identity=us)
        self._place(space, place, WEB)
        self._heard(space, place, WEB)
        restricted = self._heard(space, place, STAFF, audience="restricted")
        self._heard(space, place, WEB, reply_to=restricted)
        self._talk(space, place, NOBODY, scope=self._for_alone(place, self.keeper))
        self._going(space, place, STAFF, places.default_scope(place))
        self._going(space, place, NOBODY, self._for_alone(place, self.keeper))

    def _source(self) -> None:
        space = "a source that is read"
        place = places.add_source("feeds", "https://river.example/feed", name="River feed")
        self._place(space, place, WEB)
        self._heard(space, place, WEB)
        self._talk(space, place, NOBODY, scope=self._for_alone(place, self.keeper))

    def _hidden_space(self) -> None:
        """Places of which nobody who looks may know: a space and a source."""
        only = frozenset({(self.keeper.principal_id, self.keeper.principal_id)})
        space = places.open_space("Keeper's own", audience=only)
        self._space("a space of others", space, NOBODY)
        source = places.add_source("feeds", "https://hidden.example/feed", name="Hidden feed", audience=only)
        self._place("a space of others", source, NOBODY)

    def _heard(
        self, space: str, place: Place, seen_by: frozenset[str], *, reply_to: Thing | None = None, **more: Any
    ) -> Thing:
        thing = Thing(space, POST, seen_by, place=place.pk, slug=place.slug)
        uri = f"https://pretend.example/{thing.marker}"
        said = base.Post(
            uri=uri,
            url=uri,
            author=base.Author(
                network="pretend", address=f"{thing.marker}@pretend", name=f"Author {thing.marker}"
            ),
            title=f"Title {thing.marker}",
            text=f"Heard {thing.marker} {COMMON}",
            tags=(thing.marker,),
            reply_to=reply_to.uri if reply_to else "",
            **more,
        )
        done = conversations.receive(place, [base.Item(raw=thing.marker.encode(), read=(said,))])
        post = Post.objects.select_related("conversation").get(pk=done.posts[0])
        self._said(thing, post.conversation, post, case=reply_to is None)
        thing.case = reply_to.case if reply_to else thing.case
        thing.uri = uri
        return thing

    def _going(self, space: str, place: Place, seen_by: frozenset[str], scope: Scope) -> None:
        thing = Thing(space, DELIVERY, seen_by, place=place.pk)
        account = place.account
        outgoing = base.Outgoing(
            text=f"Going {thing.marker}", to="" if seen_by else f"{thing.marker}@pretend"
        )
        made = deliveries.dispatch(
            outgoing,
            place=place,
            scope=scope,
            targets=[deliveries.target_for(account)],
            by=self.keeper,
            undo_s=600,
        )
        thing.delivery = made.deliveries.get().pk
        self.things.append(thing)

    def _columns(self) -> None:
        """A column of each person of staff who looks, and one of somebody else's."""
        place = self.world.town.pk
        owners = {OWNER: self.world.ines, MEMBER: self.world.ana, OTHER_TEAM: self.world.lea}
        for name, person in owners.items():
            made = workspace.add_column(person, "place", place=place)
            self.things.append(Thing("public on the web", COLUMN, frozenset({name}), column=made.pk))
        made = workspace.add_column(self.keeper, "place", place=place)
        self.things.append(Thing("public on the web", COLUMN, NOBODY, column=made.pk))

    def _drafts(self) -> None:
        """A draft, a plan and something that went out: for all of staff, for one team, and for nobody who looks."""
        alder = next(thing for thing in self.things if thing.is_account)
        team = next(thing for thing in self.things if thing.what == PLACE and thing.space == "one team only")
        keepers = [
            thing for thing in self.things if thing.what == PLACE and thing.space == "a space of others"
        ]
        for thing, writer in ((alder, self.keeper), (team, self.world.lea), (keepers[0], self.keeper)):
            seen_by = {alder.place: STAFF, team.place: frozenset({OTHER_TEAM})}.get(thing.place, NOBODY)
            for how in ("kept", "planned", "gone"):
                made = Thing(thing.space, DRAFT, seen_by, place=thing.place, draft_is=how)
                row = publishing.write(
                    f"Draft {made.marker}",
                    by=writer,
                    title=f"Title {made.marker}",
                    targets=[Wanted(thing.place)],
                )
                if how == "planned":
                    publishing.schedule(
                        row, f"{clock.now() + timedelta(hours=2):%Y-%m-%dT%H:%M}", "UTC", by=writer
                    )
                elif how == "gone":
                    publishing.publish_now(row, by=writer)
                made.draft = row.pk
                self.things.append(made)
        self._drafts_asked(Place.objects.get(pk=alder.place), (alder, team, keepers[0]))

    def _drafts_asked(self, account: Place, where: Sequence[Thing]) -> None:
        """Drafts that wait for a second person, since they also go to an account that asks for one."""
        publishing.ask_for_approval(account, True, by=self.world.ines)
        for thing, seen_by in zip(where, (STAFF, frozenset({OTHER_TEAM}), NOBODY), strict=True):
            made = Thing(thing.space, DRAFT, seen_by, place=thing.place, draft_is="asked")
            wanted = [Wanted(place) for place in dict.fromkeys((account.pk, thing.place))]
            writer = self.keeper if thing.space != "one team only" else self.world.lea
            row = publishing.write(
                f"Draft {made.marker}", by=writer, title=f"Title {made.marker}", targets=wanted
            )
            publishing.ask_review(row, by=writer)
            made.draft = row.pk
            self.things.append(made)

    def ceiling(self) -> list[Place]:
        """The places that the app's grant reaches."""
        return [self.world.town, self.world.questions]

    def within_ceiling(self, thing: Thing) -> bool:
        """Whether a thing lies in one of them."""
        return thing.place in {place.pk for place in self.ceiling()}
