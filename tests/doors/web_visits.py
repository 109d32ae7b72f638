"""Visits to the pages: who comes, what a page shows, how many statements it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from colonnade.people.models import Person

MOST_STATEMENTS = 12
OURS = {"Sec-Fetch-Site": "same-origin"}


def visitor(person: Person | None = None, *, strict: bool = False) -> Client:
    """A browser: signed in as somebody, or nobody's. `strict` asks for CSRF tokens, as the real one is asked."""
    client = Client(headers=OURS, enforce_csrf_checks=strict)
    if person is not None:
        client.force_login(person.sign_in, backend="colonnade.web.signing_in.Backend")
    return client


def text_of(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def stamp_in(response: Any) -> str:
    """The stamp of the form on a page."""
    found = re.search(r'name="stamp" value="([^"]+)"', text_of(response))
    assert found is not None
    return found[1]


def posts_on(response: Any) -> list[int]:
    """Ids of the posts that a page or part shows, from the top."""
    return [int(number) for number in re.findall(r'data-post="(\d+)"', text_of(response))]


@contextmanager
def few_statements(most: int = MOST_STATEMENTS) -> Iterator[CaptureQueriesContext]:
    """What happens inside needs at most so many SQL statements."""
    with CaptureQueriesContext(connection) as said:
        yield said
    assert len(said) <= most, f"{len(said)} statements:\n" + "\n".join(q["sql"][:150] for q in said)


def told(response: Any) -> tuple[int, str, dict[str, str]]:
    """Status, words and headers without what differs from one answer to the next: masks of tokens, sealed cursors."""
    words = re.sub(
        r'(name="csrf[^"]*" (value|content)="|colonnade-live" content="|name="stamp" value="|data-cursor=")[^"]+',
        r"\1",
        text_of(response),
    )
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    return response.status_code, words, headers


def assert_the_same_as_absent(client: Client, hidden: str, absent: str, method: str = "get") -> None:
    """Hidden and absent cannot be told apart: status, words, headers, number of SQL statements."""
    with CaptureQueriesContext(connection) as first:
        one = getattr(client, method)(hidden)
    with CaptureQueriesContext(connection) as second:
        other = getattr(client, method)(absent)
    assert told(one) == told(other), hidden
    assert len(first) == len(second), f"{hidden}: {len(first)} and {len(second)} statements"
