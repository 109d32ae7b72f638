"""Fifty hostile snippets through every field that people and networks fill, and no page, fragment, feed or answer of
the API in which one of them is alive."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.test import Client

import colonnade
from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Attachment, PostText, Revision
from colonnade.core.db import act
from colonnade.core.push import cursors
from colonnade.deliveries import actions as deliveries
from colonnade.deliveries.models import Delivery
from colonnade.extensions import actions as extensions
from colonnade.inbox import actions as inbox
from colonnade.listening import actions as listening
from colonnade.networks import base
from colonnade.people import actions as people
from colonnade.places import actions as places
from colonnade.places.models import Place
from colonnade.primitives import html
from colonnade.web.looking import GUEST_COOKIE, sealed_ways
from tests.canaries import CANARIES, alive
from tests.world import World

PACKAGE = Path(colonnade.__file__).parent
BACKEND = "colonnade.web.signing_in.Backend"
COMMON = "harbourlight"


@dataclass
class Nest:
    """A world in which every field holds a canary, and whoever looks at it."""

    world: World
    staff: Client
    guest: Client
    program: Client
    pages: set[str] = field(default_factory=set)
    talks: list[str] = field(default_factory=list)
    account: Place | None = None

    def fill(self, number: int, canary: str) -> None:
        """One canary into every field there is."""
        self._said_elsewhere(number, canary)
        self._said_here(canary)
        self._arranged(number, canary)

    def _said_elsewhere(self, number: int, canary: str) -> None:
        """As a network sends it: nothing of it has been looked at."""
        assert self.account is not None
        author = base.Author(network="pretend", address=canary, name=canary, url=canary, avatar_url=canary)
        said = base.Post(
            uri=f"https://pretend.example/{number}",
            author=author,
            text=f"{COMMON} {canary}",
            html=f"<p>{COMMON}</p>{canary}",
            title=canary,
            url=canary,
            lang=canary,
            tags=(canary,),
            quotes=(canary,),
            media=(
                base.Media(url=canary, media_type=canary, description=canary),
                base.Media(url=f"javascript:fired('{_marker(canary)}')", media_type="text/html"),
                base.Media(url=f"https://pretend.example/{canary}", description=canary),
            ),
        )
        done = conversations.receive(self.account, [base.Item(raw=canary.encode(), read=(said,))])
        self._shown(done.posts[0], canary)
        edited = base.Edit(post=base.Post(uri=said.uri, author=author, text=f"{canary} again", title=canary))
        plain = base.Post(
            uri=f"https://pretend.example/plain/{number}", author=author, text=f"{COMMON} {canary}"
        )
        items = [base.Item(raw=b"{}", read=(edited,)), base.Item(raw=b"{}", read=(plain,))]
        conversations.receive(self.account, items)

    def _shown(self, post: int, canary: str) -> None:
        row = PostText.objects.select_related("post").get(pk=post).post
        with act():
            Attachment.objects.create(post=row, digest="0" * 64, name=canary[:255], media_type=canary[:100])
        case = inbox.open_case(row.conversation, post=row, why=canary)
        inbox.tag(case, [canary], by=self.world.ana)
        inbox.hand_to_team(case, people.make_team(f"{canary} team"), by=self.world.ana)
        self.pages |= {
            f"/posts/{post}",
            f"/conversations/{row.conversation_id}",
            f"/people/identities/{row.author_id}",
            f"/inbox/{case.pk}",
            *(
                f"/inbox/{case.pk}?part={part}"
                for part in ("thread", "head", "about", "composer", "outgoing")
            ),
        }

    def _said_here(self, canary: str) -> None:
        person = people.meet(canary)
        face = self.world.identity(person)
        talk, post = conversations.start(self.world.town, by=face, text=f"{COMMON} {canary}", title=canary)
        conversations.note(
            talk, f"{COMMON} {canary}", by=self.world.identity(self.world.ana), person=self.world.ana
        )
        self.pages |= {
            f"/conversations/{talk.pk}",
            f"/people/{person.pk}",
            f"/people/identities/{post.author_id}",
        }

    def _arranged(self, number: int, canary: str) -> None:
        """Names and words of places, watches, questions, cases and deliveries."""
        space = places.open_space(canary, purpose=canary, expected_result=canary)
        source = places.add_source("feeds", f"https://feeds.example/{number}?{canary}", name=canary)
        places.note_failed_poll(source, canary)
        listening.add_watch(canary, f"{COMMON} {number}", by=self.world.ana)
        self.pages |= {f"/places/{space.pk}", f"/places/{source.pk}"}
        asked = inbox.ask(
            self.world.questions, name=canary[:100], text=f"{COMMON} {canary}", ip_or_key=f"key {number}"
        )
        inbox.solve(asked.case, by=self.world.ana, outcome=canary)
        self.talks += [f"/talk/{asked.conversation.pk}", f"/talk/{asked.conversation.pk}?part=thread"]
        self.guest.cookies[GUEST_COOKIE] = sealed_ways(asked.person.pk, {asked.way.pk: asked.way.epoch})
        self._going(canary)

    def _going(self, canary: str) -> None:
        assert self.account is not None
        made = deliveries.dispatch(
            base.Outgoing(text=canary),
            place=self.account,
            scope=places.default_scope(self.account),
            targets=[deliveries.target_for(self.account.account)],
            by=self.world.ana,
        )
        with act():
            rows = Delivery.objects.filter(dispatch=made)
            rows.update(state="failed", last_error=canary[:200], url=f"javascript:fired('{_marker(canary)}')")
        self.pages.add(f"/deliveries/{made.deliveries.get().pk}")


def _marker(canary: str) -> str:
    found = re.search(r"canary\d\d[0-9a-f]{5}", canary)
    assert found
    return found[0]


@pytest.fixture
def nest(db: None) -> Nest:
    world = World.make()
    staff, guest = Client(), Client()
    staff.force_login(world.ines.sign_in, backend=BACKEND)
    program = Client(
        HTTP_AUTHORIZATION=f"Bearer {extensions.grant(world.ines, ['read', 'write', 'cases', 'admin'])}"
    )
    made = Nest(world, staff, guest, program)
    us = base.Author(network="pretend", address="alder@pretend", name=CANARIES[0])
    made.account = places.add_account(
        "pretend", "pretend://alder", name=CANARIES[1], credentials={}, identity=us
    )
    return made


# --- what shows it ------------------------------------------------------------------------------------------------

LISTS = (
    "/",
    "/columns",
    "/columns/choose",
    "/columns/posts?all=1",
    "/columns/posts?all=1&after={cursor}",
    "/places",
    "/inbox",
    "/inbox?view=solved",
    "/inbox?part=list",
    "/deliveries",
    "/deliveries?view=check&part=list",
    f"/search?q={COMMON}",
)


def shown(nest: Nest) -> Iterator[tuple[str, str]]:
    """Every page and fragment that shows something of it: its address, and its HTML."""
    for address in (*LISTS, *sorted(nest.pages)):
        url = address.format(cursor=cursors.seal(0)) if "{cursor}" in address else address
        answer = nest.staff.get(url)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        yield address, answer.content.decode()
    for address in nest.talks[-2:]:
        answer = nest.guest.get(address)
        assert answer.status_code == 200
        yield address, answer.content.decode()


# A fifth of them goes through PostgreSQL too: what a page does with hostile words does not depend on the database.
@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.one_database) for n in range(1, 5))])
def test_no_canary_is_alive_on_any_page(nest: Nest, part: int) -> None:
    for number, canary in list(enumerate(CANARIES))[part::5]:
        nest.fill(number, canary)
    seen, living = 0, []
    for address, page in shown(nest):
        living += [f"{address}: {canary}" for canary in alive(page)]
        seen += "canary" in page
    assert living == []
    assert seen > 100, "hardly a page shows a canary: they did not get where they were sent"
    assert_stored_html_is_clean()
    assert living_in_the_api(nest) == []


def assert_stored_html_is_clean() -> None:
    """Every HTML that is kept has been through the one cleaner: to clean it again changes nothing."""
    for model in (PostText, Revision):
        for kept in model.objects.values_list("html", flat=True):
            assert alive(kept) == []
            assert html.clean(kept) == kept


def living_in_the_api(nest: Nest) -> list[str]:
    """Fields of the API that hold HTML or an address, and in which a canary is alive."""
    living = []
    for path in (
        "posts?limit=100",
        f"search?q={COMMON}&limit=100",
        "cases?limit=100",
        "deliveries?limit=100",
    ):
        answer = nest.program.get(f"/rest/{path}")
        assert answer.status_code == 200, answer.content
        for name, value in _fields(json.loads(answer.content)):
            page = (
                value
                if name == "html"
                else f'<a href="{entities.escape(value)}">x</a>'
                if "url" in name
                else ""
            )
            living += [f"/rest/{path} {name}: {canary}" for canary in alive(page)]
    return living


def _fields(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, name)
    elif isinstance(value, str):
        yield name, value


def test_the_feed_that_goes_out_holds_only_clean_html(nest: Nest) -> None:
    for canary in CANARIES:
        conversations.start(
            nest.world.town, by=nest.world.identity(nest.world.ana), text=f"{COMMON} {canary}", title=canary
        )
    feed = nest.staff.get(f"/spaces/{nest.world.town.slug}/feed.atom")
    entries = list(ElementTree.fromstring(feed.content).iter("{http://www.w3.org/2005/Atom}content"))
    assert len(entries) == 30
    assert all(alive(entry.text or "") == [] for entry in entries)


@pytest.mark.one_database
@pytest.mark.django_db
def test_what_is_typed_comes_back_harmless_where_it_cannot_be_taken() -> None:
    world = World.make()
    staff, anybody = Client(), Client(HTTP_SEC_FETCH_SITE="same-origin")
    staff.force_login(world.ines.sign_in, backend=BACKEND)
    living = []
    for canary in CANARIES:
        echoed = (
            anybody.post("/ask", {"text": canary, "name": canary, "stamp": canary}),
            anybody.get(f"/search?q={quote(canary)}"),
            anybody.get(f"/no/such/page/{quote(canary)}"),
            anybody.get(f"/account/sign-in?next={quote(canary)}"),
            anybody.post("/account/sign-in", {"login": canary, "password": canary}),
            staff.get(f"/inbox?view={quote(canary)}"),
            staff.post("/columns/add", {"show": "search", "words": f'"{canary}'}),
            staff.post("/spaces/new", {"name": "", "purpose": canary, "result": canary}),
            staff.post("/places/feeds", {"address": ""}),
        )
        living += [
            f"{one.request['PATH_INFO']}: {found}" for one in echoed for found in alive(one.content.decode())
        ]
        assert all(one.status_code < 500 for one in echoed)
    assert living == []


# --- the one way ----------------------------------------------------------------------------------------------------


def test_templates_show_unescaped_nothing_but_what_the_cleaner_has_cleaned() -> None:
    templates = list((PACKAGE / "web").rglob("*.html"))
    assert len(templates) > 30
    for template in templates:
        text = template.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape\s+off|safeseq", text), template
        for cleaned in re.findall(r"([\w.]+)\|clean_html", text):
            assert re.fullmatch(r"(\w+\.)*html", cleaned), (
                f"{template}: {cleaned} is no HTML that was cleaned"
            )


def test_only_the_templates_own_words_are_marked_as_safe() -> None:
    allowed = {
        "web/templatetags/colonnade.py",
        "primitives/html/safe.py",
        "web/marking.py",  # tags of cleaned HTML as they stand, and words escaped anew; a test of its own holds it
        "web/telling.py",  # JSON in which whatever could end its element is escaped
    }
    marked = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bmark_safe\(|SafeString\(|__html__", path.read_text())
    }
    assert marked <= allowed, (
        f"{marked - allowed} show words unescaped: HTML comes from primitives.html alone"
    )


def test_html_is_made_in_one_place_alone() -> None:
    """Whoever writes `PostText.html` has it of `intake.prepare`, which has it of `primitives.html`."""
    makers = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bhtml\.(clean|from_text)\(|\bnh3\.", path.read_text())
    }
    inside = {path for path in makers if not path.startswith(("primitives/", "networks/"))}
    assert inside == {"conversations/intake.py"}
