"""A connection that is cut at the worst moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.journeys.whole_server import until


@contextmanager
def no_network(page: Any) -> Iterator[None]:
    """As in a lift: what is sent meanwhile reaches nobody."""
    page.context.set_offline(True)
    try:
        yield
    finally:
        page.context.set_offline(False)


@contextmanager
def no_word_back(page: Any, where: str) -> Iterator[list[int]]:
    """The server takes what is sent to such an address, and its answer never arrives. Yields the statuses nobody saw."""
    unheard: list[int] = []

    def cut(route: Any) -> None:
        unheard.append(route.fetch().status)
        route.abort("connectionreset")

    page.route(where, cut)
    try:
        yield unheard
    finally:
        page.unroute(where, cut)


def with_worker(page: Any) -> None:
    """Wait until the service worker looks after this page, as it does from the second visit on."""
    active = "async () => (await navigator.serviceWorker.getRegistration('/'))?.active?.state === 'activated'"
    until(lambda: page.evaluate(active), "a service worker")
    page.reload()
    until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"), "a page with its worker")
