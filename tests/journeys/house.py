"""A house with people in it: who is signed in where, what stands in focus, what a screen reader is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from colonnade.people.models import Person
from tests.doors.streaming import Door
from tests.journeys.browsing import new_page
from tests.world import World


@dataclass
class House:
    """`page` opens a browser of its own for somebody; `faults` is what any of their pages complained about."""

    world: World
    door: Door
    opened: Any
    environment: dict[str, str]
    faults: list[str] = field(default_factory=list)
    pages: list[Any] = field(default_factory=list)

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.door.port}"

    def page(self, who: Person | None = None, at: str = "", **more: Any) -> Any:
        """A page in a new browser, signed in as somebody or nobody's; at an address, where one is named."""
        page = new_page(self.opened, self.faults, **more)
        self.pages.append(page)
        if who is not None:
            client = Client()
            who.sign_in.refresh_from_db()  # a page may have changed what a session stands on
            client.force_login(who.sign_in, backend="colonnade.web.signing_in.Backend")
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.home}]
            )
        if at:
            page.goto(self.home + at)
        return page

    def close(self) -> None:
        """Close every browser that was opened for somebody; a server that fell stands up again."""
        if self.door.process.poll() is not None:
            self.stand_up()
        while self.pages:
            self.pages.pop().context.close()

    def fall(self) -> None:
        """kill -9 of the server; what is sent now finds nobody."""
        self.door.leave()

    def stand_up(self) -> None:
        """The server again, once it answers."""
        self.door.come_back()
        assert self.door.get("/healthz")[0] == 200  # the socket is ours, so this waits until it is served


def seen(page: Any, words: str) -> Any:
    """Wait until the words can be seen; the first place where they stand."""
    found = page.get_by_text(words).first
    expect(found).to_be_visible()
    return found
