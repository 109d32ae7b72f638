"""A real server on loopback and a real browser before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bench import chromium
from tests.doors.streaming import Door
from tests.forked import nursery_for
from tests.world import PASSWORD

_WORK = """
import threading
from colonnade.core import worker
worker.run(threading.Event(), "journey")
"""

_of_the_file: list[Any] = []


@contextmanager
def served(environment: dict[str, str]) -> Iterator[Door]:
    """Pages and push on one port, and a worker beside them, on the test's own database."""
    door = Door(environment, pages=True)
    beside = nursery_for(environment).start(_WORK)
    try:
        yield door
    finally:
        beside.kill()
        beside.wait(10)
        door.close()


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's chromium; the test is skipped where it is absent. With `one_browser` it is that of the file, and what was
    opened in it is closed behind the test."""
    if _of_the_file:
        yield _of_the_file[0]
        for context in _of_the_file[0].contexts:
            context.close()
        return
    if not chromium.CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with chromium.opened() as one:
        yield one


@contextmanager
def browser_of_the_file() -> Iterator[None]:
    """All that `browser` gives meanwhile is one: every page in it has a profile of its own all the same."""
    with pytest.MonkeyPatch.context() as patch, browser() as one:
        # Playwright keeps an event loop in this thread; the database is only ever asked between its steps.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        _of_the_file.append(one)
        try:
            yield
        finally:
            _of_the_file.clear()


def new_page(opened: Any, faults: list[str], **more: Any) -> Any:
    """A page in a browser of its own; what its scripts or the content policy complain about goes to `faults`."""
    page = opened.new_context(**more).new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None
    )
    return page


def sign_in(page: Any, home: str, who: str) -> None:
    """Sign in by e-mail and password as the form does, which is not shown, and go to the inbox."""
    form = page.request.get(f"{home}/account/sign-in").text()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[0]
    said = {"csrfmiddlewaretoken": token, "login": f"{who}@portalder.example", "password": PASSWORD}
    answer = page.request.post(f"{home}/account/sign-in", form=said, max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (302, "/today")
    page.goto(f"{home}/inbox")


def sign_in_by_the_form(page: Any, home: str, who: str) -> None:
    """The same with the form, as people do."""
    page.goto(f"{home}/account/sign-in")
    page.fill("[name=login]", f"{who}@portalder.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_url("**/today")
    page.goto(f"{home}/inbox")
