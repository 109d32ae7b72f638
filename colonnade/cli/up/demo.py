"""The demo: Port Alder, a town with a ferry and an old bridge, on a make-believe network that nothing can leave.

The people of the network and what they say are played by `networks/pretend/scripts/demo.jsonl`; what is said in the
town's own spaces stands here. Loaded once: an existing town is left as it is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from django.conf import settings

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Conversation, Post
from colonnade.core.db import action
from colonnade.inbox import actions as inbox
from colonnade.listening import actions as listening
from colonnade.networks.base import Author
from colonnade.people import actions as people
from colonnade.people import queries as people_queries
from colonnade.people.models import Person, Role
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.places.rules import STAFF_ONLY
from colonnade.workspace import actions as workspace

Started: TypeAlias = tuple[Conversation, Post]

EMAIL = "ana@portalder.example"


@dataclass(frozen=True, slots=True)
class Town:
    """How to sign in as Ana of the service desk."""

    email: str
    password: str


def load() -> Town:
    """Make the town if it is not there. Safe to call again."""
    password = _password(settings.COLONNADE_HOME / "demo_password")
    if people_queries.person_by_email(EMAIL) is None:
        _make_town(password)
    return Town(EMAIL, password)


def _password(file: Path) -> str:
    """The demo's password, made once: a fixed one would open a demo that somebody put on the web."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"ferry-{secrets.token_hex(4)}\n")
    return file.read_text().strip()


@action
def _make_town(password: str) -> None:
    ines = people.make_member("Ines Moreau", "ines@portalder.example", password, role=Role.OWNER)
    tomasz = people.make_member("Tomasz Zielke", "tomasz@portalder.example", password, role=Role.ADMIN)
    ana = people.make_member("Ana Duarte", EMAIL, password, role=Role.ADMIN)
    lea = people.make_member("Lea Brandt", "lea@portalder.example", password)
    spaces = _open_spaces()
    _talk(spaces, ines, tomasz, ana, lea)
    account = places.add_account(
        "pretend",
        "pretend://demo",
        name="Port Alder on the make-believe network",
        credentials={"as": "portalder", "folder": str(settings.COLONNADE_HOME / "pretend")},
        identity=Author(network="pretend", address="portalder@demo", name="Port Alder"),
    )
    bridge = listening.add_watch("The bridge", "bridge", by=ana)
    listening.add_watch("Asked of us", "portalder", by=ana, opens_case=True)
    for person in (ines, tomasz, ana, lea):
        workspace.add_column(person, "all")
        workspace.add_column(person, "watch", watch=bridge.pk)
        workspace.add_column(person, "place", place=account.pk)
        workspace.add_column(person, "place", place=spaces["staff"].pk)


def _open_spaces() -> dict[str, Place]:
    return {
        "questions": places.open_space(
            "Questions", kind="help", purpose="Ask the town. A person answers.", expected_result="Your answer"
        ),
        "around": places.open_space(
            "Getting around",
            purpose="Ferry, bus, bicycle: what runs and what does not.",
            expected_result="A better timetable; the ferry company reads along",
        ),
        "news": places.open_space("News of the town", purpose="What the town hall has to say."),
        "staff": places.open_space("Staff room", audience=STAFF_ONLY, purpose="Among ourselves."),
    }


def _talk(spaces: dict[str, Place], ines: Person, tomasz: Person, ana: Person, lea: Person) -> None:
    """What has been said in the town's own spaces."""

    def start(place: str, by: Person, title: str, text: str) -> Started:
        face = people_queries.identity_here(by)
        assert face is not None
        return conversations.start(spaces[place], by=face, title=title, text=text)

    def answer(started: Started, by: Person, text: str) -> None:
        face = people_queries.identity_here(by)
        assert face is not None
        talk, post = started
        conversations.say(talk, text, by=face, reply_to=post)

    start(
        "news",
        lea,
        "Swimming lanes open early",
        "From Saturday at seven the long lanes are open before work, all winter. Bring a towel and a friend.",
    )
    start(
        "news",
        ines,
        "About the shelf on the ferry",
        "Pia of form 7b asked whether the ferry could carry a book shelf. I like this very much. We are asking the "
        "ferry company today, and I will write here what they say.",
    )
    timetable = start(
        "around",
        tomasz,
        "The ferry's autumn timetable",
        "First boat 06:40, last boat 22:10. If it misses your train, tell us which one: we are talking to the railway.",
    )
    commuter = people.meet("Mrs Okafor")
    answer(timetable, commuter, "The 07:15, every single day. Ten minutes would do.")
    answer(timetable, tomasz, "Noted, thank you. Yours is the ninth voice for the 07:15; that helps us.")
    towpath = start(
        "around",
        people.meet("Jonas on two wheels"),
        "Lamps on the towpath",
        "Three of the lamps between the mill and the old bridge are dark. Eleven of us ride there every Wednesday.",
    )
    answer(
        towpath,
        ana,
        "Two are being mended on Monday; the third needs a new cable. I come back to you on Friday.",
    )
    depot = start(
        "staff",
        ana,
        "Lift at the landing",
        "The depot says the part for the lift arrives on Thursday. Please promise nobody Wednesday.",
    )
    answer(depot, tomasz, "Understood. If the paper calls: Thursday, and we are sorry.")
    start(
        "staff",
        lea,
        "Who writes about the swimming lanes?",
        "I have a picture and two sentences. Somebody who swims should say whether they are true.",
    )
    inbox.ask(
        spaces["questions"],
        name="Mrs Okafor",
        text="Is the lift at the ferry landing working again? My mother cannot do the stairs, and we leave on Thursday.",
        ip_or_key="demo",
    )
