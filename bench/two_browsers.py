"""Two people before two browsers: from the key that one of them presses to what the other sees painted.

A whole server as `colonnade up` starts it, Debian's chromium with two contexts, five acts by turns. The moment of the
act is the press as the first page hears it; the moment of seeing is the second frame after the other page holds it.
Pages are opened between the acts, which is not measured.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import chromium, frame, processes
from bench.start import PROGRAM

GOAL_MS = 300
REST_MS = 1200  # between two acts, as between two people's hands


def main(argv: list[str]) -> int:
    made = frame.parser("two_browsers", posts=0)
    made.add_argument("--acts", type=int, default=50)
    options = made.parse_args(argv)
    with frame.database(options) as home:
        figures = _measure(options, home)
        return frame.report("two_browsers", options, figures, reduced=options.acts < 50)


def _measure(options: Namespace, home: Path) -> dict[str, Any]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # playwright keeps a loop in this thread; we ask between its steps
    )
    from tests.world import World

    world = World.make()
    with up(home) as port, chromium.opened() as opened:
        two = _Two(world, f"http://127.0.0.1:{port}", opened)
        two.act("answer", 0)  # the first of its kind loads and plans
        two.took.clear()
        for number in range(options.acts):
            two.act(ACTS[number % len(ACTS)], number)
    everything = [took for all_of_kind in two.took.values() for took in all_of_kind]
    return {
        "goal": {"p95_ms": GOAL_MS},
        "acts": len(everything),
        "act_to_visible_ms": frame.percentiles(everything),
        "by_act_ms": {kind: frame.percentiles(took) for kind, took in two.took.items()},
    }


@contextmanager
def up(home: Path) -> Iterator[int]:
    """`colonnade up` with this home, from when it is ready; the port on which it listens."""
    port = processes.free_port()
    os.environ |= {"COLONNADE_HOME": str(home), "COLONNADE_PORT": str(port)}
    with processes.running([sys.executable, "-c", PROGRAM, "up"], port, "/readyz"):
        yield port


def page_of(person: Any, home: str, opened: Any) -> Any:
    """A window of somebody who is signed in, with a clock in it, in a browser of its own."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person.sign_in, backend="colonnade.web.signing_in.Backend")
    context = opened.new_context()
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": home}])
    context.add_init_script(chromium.CLOCK)
    return context.new_page()


@dataclass
class _Two:
    """Ana and Lea, each with a browser of her own, and how long each act took to be seen by the other."""

    world: Any
    home: str
    opened: Any
    took: dict[str, list[float]] = field(default_factory=dict)
    pages: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pages = [page_of(person, self.home, self.opened) for person in (self.world.ana, self.world.lea)]

    def act(self, kind: str, number: int) -> None:
        """One does it, the other sees it; they change places with each number."""
        actor, other = self.pages if number % 2 else reversed(self.pages)
        prepare = self._before_a_space if kind == "post" else self._before_a_case
        prepare(number)
        words = f"{kind} {number}: the ferry leaves at nine"
        where, wanted, press = getattr(self, f"_{kind}")(actor, words, number)
        other.evaluate("([where, words]) => watchFor(where, words)", [where, wanted])
        actor.wait_for_timeout(REST_MS)
        began = press()
        while not (seen := other.evaluate("window.seenAt > 0 && window.seenAt")):
            other.wait_for_timeout(20)
        self.took.setdefault(kind, []).append(seen - began)

    def _before_a_case(self, number: int) -> None:
        from colonnade.inbox import actions as inbox

        case = inbox.ask(
            self.world.questions,
            name=f"Asker {number}",
            text=f"Is it running? {number}",
            ip_or_key=str(number),
        ).case
        for page in self.pages:
            page.goto(f"{self.home}/inbox/{case.pk}")
            page.locator("[data-writes]").wait_for()

    def _before_a_space(self, _: int) -> None:
        for page in self.pages:
            page.goto(f"{self.home}/spaces/{self.world.town.slug}")

    def _answer(self, page: Any, words: str, _: int) -> tuple[str, str, Callable[[], float]]:
        page.fill("[data-writes]", words)
        return ".thread", words, lambda: _press(page, "Control+Enter")

    def _note(self, page: Any, words: str, _: int) -> tuple[str, str, Callable[[], float]]:
        page.locator("label", has=page.locator("[data-note]")).click()
        page.fill("[data-writes]", words)
        return ".thread", words, lambda: _press(page, "Control+Enter")

    def _take(self, page: Any, _: str, number: int) -> tuple[str, str, Callable[[], float]]:
        who = self.world.lea if number % 2 == 0 else self.world.ana
        page.get_by_role("button", name="Take it").focus()
        return "#head .standing", str(who), lambda: _press(page, "Enter")

    def _solve(self, page: Any, _: str, number: int) -> tuple[str, str, Callable[[], float]]:
        return "#head .standing", "solved", lambda: _press(page, "e")

    def _post(self, page: Any, words: str, _: int) -> tuple[str, str, Callable[[], float]]:
        page.fill("#start-words", words)
        # The page leaves with the act, and the moment with it: asked for before.
        return ".talks", words, lambda: _press_and_leave(page, "Control+Enter")


ACTS = ("answer", "note", "take", "solve", "post")


def _press(page: Any, key: str) -> float:
    """The moment of the press, as the page heard it (ms)."""
    page.keyboard.press(key)
    return float(page.evaluate("window.acted"))


def _press_and_leave(page: Any, key: str) -> float:
    began = float(page.evaluate("window.at()"))
    page.keyboard.press(key)
    return began
