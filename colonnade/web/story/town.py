"""Makes the town: its people, spaces, account and watches, and all that was said before the story begins."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from colonnade.conversations import actions as conversations
from colonnade.conversations.queries import visible_to
from colonnade.core.db import action
from colonnade.inbox import actions as inbox
from colonnade.inbox import queries as inbox_queries
from colonnade.listening import actions as listening
from colonnade.listening.models import Watch
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.people.models import Person
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.places.rules import ON_THE_WEB, SIGNED_IN_ONLY, STAFF_ONLY
from colonnade.primitives import clock, ids
from colonnade.web.story import arranged, planned, playing, stage
from colonnade.web.story.cast import (
    ANA,
    CITIZENS,
    IN_PARTNER_SPACE,
    PARTNERS,
    STAFF,
    TOWN_ACCOUNT,
    WORLD,
)
from colonnade.web.story.player import Player, faces_of_citizens
from colonnade.web.story.talk import spaces, talk
from colonnade.workspace import actions as workspace

KINDS = {"questions": "help", "ideas": "ideas", "news": "news", "learning": "learning"}
AUDIENCES = {"web": ON_THE_WEB, "signed-in": SIGNED_IN_ONLY, "staff": STAFF_ONLY}
NAME = "Port Alder"
CROSSINGS = 'bridge OR ferry OR "line 4"'
STUCK = "late OR missed OR stuck OR cancelled OR closed OR queue OR wait OR waiting"
_SETTLED_S = 36 * 3600.0


@dataclass(frozen=True, slots=True)
class Town:
    """How to sign in as Ana of the service desk."""

    email: str
    password: str


def load() -> Town:
    """Make the town if it is not there, and let its story go. Safe to call again."""
    given = password()
    if people_queries.person_by_email(ANA.email) is None:
        stage.world().begin_anew()
        build(given)
    playing.set_going()
    return Town(ANA.email, given)


def password() -> str:
    """The demo's password, made once: a fixed one would open a demo that somebody put on the web."""
    file = Path(settings.COLONNADE_HOME) / "demo_password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"ferry-{secrets.token_hex(4)}\n")
    return file.read_text().strip()


@action
def build(given: str) -> None:
    """The whole town, all or nothing, with what was said before the story in its own past."""
    began = stage.now().began
    with clock.told_as_of(began - 100 * 86_400):
        _move_in(given)
        account = _open_places()
    player = Player()
    player.tell((one for one in talk() if one.at < 0), began=began)
    while conversations.poll(account).posts:
        pass
    _claim_faces(player)
    _answer_for(account, began, player.ana)
    bridge = _arrange(account, player)
    _aim_at_crossing(player)
    planned.plan(account, player.person("lea"), began)
    arranged.arrange(account, bridge)


def _move_in(given: str) -> None:
    people.set_organisation(name=NAME, by=None)
    made = {
        name: people.make_member(one.name, one.email, given, role=one.role)
        for name, one in (STAFF | PARTNERS).items()
    }
    people.make_team("Service desk", [made["ana"], made["lea"]])
    people.make_team("Press office", [made["tomasz"], made["ines"]])
    for name, (called, _) in CITIZENS.items():
        people.meet(called, handle=name)


def _open_places() -> Place:
    """The spaces, and the town's account on the make-believe network, which is the only one that it ever has."""
    for short, one in spaces().items():
        space = places.open_space(
            one.name,
            audience=AUDIENCES.get(one.audience, STAFF_ONLY),
            members_only=one.audience == "partners",
            kind=KINDS.get(short, "talk"),
            purpose=one.purpose,
            expected_result=one.expected_result,
        )
        if one.audience == "partners":
            for name in IN_PARTNER_SPACE:
                colleague = (STAFF | PARTNERS)[name]
                person = people_queries.person_by_email(colleague.email)
                assert person is not None
                places.join(space, person)
    return places.add_account(
        "pretend",
        f"pretend://{WORLD}",
        name="Port Alder on the make-believe network",
        credentials={"as": TOWN_ACCOUNT, "folder": str(stage.folder())},
        identity=Author(network="pretend", address=f"{TOWN_ACCOUNT}@{WORLD}", name="Port Alder"),
    )


def _claim_faces(player: Player) -> None:
    for name, face in faces_of_citizens().items():
        people.claim(face, player.person(name), by=player.ana, reason="Said so at the counter.")


def _answer_for(account: Place, began: float, ana: Person) -> None:
    """Cases of what was asked on the network before the story, at its own time; what the town has answered is done."""
    ours = account.account.identity_id
    rows = visible_to(people_queries.viewer_for(ana)).filter(
        place=account, pk__lt=ids.first_of(int(began * 1000))
    )
    said = rows.order_by("pk").values_list("pk", "author_id", "conversation_id", "said__text")
    for pk, author, talk_, words in said:
        moment = ids.ms_of(pk) / 1000
        with clock.told_as_of(moment):
            if author != ours:
                inbox.hear([pk])
                if TOWN_ACCOUNT in words:
                    inbox.hear_mentions([pk], "mention")
                continue
            case = inbox_queries.cases_in([talk_]).get(talk_)
            if case is not None and case.state != "solved":
                if began - moment > _SETTLED_S:
                    inbox.solve(case, by=ana, outcome="Answered")
                else:
                    inbox.wait(case, by=ana)


def _aim_at_crossing(player: Player) -> None:
    """What the town wants of its river, the watch and the space that serve it, and the list of ways over it."""
    tomasz = player.person("tomasz")
    aim = places.set_aim(
        "Whoever has to get over the river gets over it in time, also on a day without the bridge.",
        owner=tomasz,
        by=tomasz,
        measure="Fewer than ten posts a week from people who are stuck or late; half of them answered within the hour.",
        review_on=(clock.now() + timedelta(days=28)).date(),
    )
    listening.add_list("crossings", CROSSINGS, by=player.ana, description="Every way over the river.")
    listening.add_watch("Stuck on this side", f"list:crossings ({STUCK})", by=player.ana, aim=aim)
    places.serve(player.place("around"), aim, by=tomasz)


def _arrange(account: Place, player: Player) -> Watch:
    """Watches and columns; the watch that hears of the bridge."""
    ana = player.ana
    bridge = listening.add_watch("The bridge", "bridge", by=ana)
    listening.add_watch("The ferry", "ferry", by=ana)
    listening.add_watch("Asked of us", TOWN_ACCOUNT, by=ana, opens_case=True)
    for name in STAFF:
        person = player.person(name)
        workspace.add_column(person, "all")
        workspace.add_column(person, "watch", watch=bridge.pk)
        workspace.add_column(person, "place", place=account.pk)
        workspace.add_column(person, "place", place=player.place("questions").pk)
    return bridge
