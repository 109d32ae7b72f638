"""Nobody sees what is not theirs to see, at any door: every surface, everybody who looks, every kind of space.

Every cell holds something visible (where there is somebody in it who may see anything) and something hidden. The
visible one must appear, the hidden one must not, and where an address names it, it must answer as if it were not there:
the same status, body, headers and number of SQL statements.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

from colonnade.access.types import Viewer
from colonnade.conversations import models as conversation_models
from colonnade.conversations import queries as conversations
from colonnade.conversations.models import Conversation
from colonnade.conversations.queries import lists, visibility
from colonnade.live.app import Live
from tests.doors.leaks.matrix import Matrix
from tests.doors.leaks.surfaces import NOTHING_OF_POSTS, PUSH, REST, SURFACES, WEB
from tests.doors.leaks.town import Town


@pytest.fixture(scope="module")
def matrix(django_db_setup: None, django_db_blocker: Any) -> Iterator[Matrix]:
    """One town for all of this file, taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Matrix.of(Town.make())
        transaction.set_rollback(True)
    connection.close()


# --- every address is listed --------------------------------------------------------------------------------------


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every address that the URL resolver knows, as its routes are written; the API's with their methods."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            view = _path_view(one.callback)
            if view is not None:
                methods = {method for operation in view.operations for method in operation.methods}
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
                yield from (f"{method} {path}" for method in sorted(methods))
            else:
                yield route


def _path_view(callback: Any) -> PathView | None:
    """django-ninja's view of one path, which its callback closes over."""
    held = inspect.getclosurevars(callback).nonlocals.values() if inspect.isfunction(callback) else ()
    return next((one for one in held if isinstance(one, PathView)), None)


def is_listed(route: str) -> bool:
    listed = {surface.route for surface in SURFACES} | NOTHING_OF_POSTS.keys()
    return route in listed or route.startswith("account/")


def test_every_address_says_what_it_shows() -> None:
    unlisted = [route for route in addresses() if not is_listed(route)]
    assert unlisted == [], (
        f"{len(unlisted)} addresses are in no row of the leak matrix: {unlisted}. Add each to `WEB` or `REST` in "
        "tests/doors/leaks/surfaces.py with what it shows to whom, or to `NOTHING_OF_POSTS` with the reason why it "
        "shows nothing of what people say."
    )


def test_no_row_speaks_of_an_address_that_is_gone() -> None:
    known = set(addresses())
    listed = {surface.route for surface in SURFACES} | NOTHING_OF_POSTS.keys() - {"account/"}
    assert listed - known == set()


def test_the_push_door_answers_no_other_address() -> None:
    source = inspect.getsource(Live.__call__)
    assert set(re.findall(r'"(/[^"]*)"', source)) == set(PUSH)


# --- every cell -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["pages", "api"])
def test_everybody_sees_what_is_theirs_to_see_and_nothing_else(
    matrix: Matrix, door: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="django.request")  # "not found" is what most of it is about
    matrix.outcomes.clear()
    matrix.wrong.clear()
    matrix.go_through(WEB if door == "pages" else REST)
    print(f"\n{matrix} ({door})")
    shown = "\n".join(matrix.wrong[:40])
    assert matrix.wrong == [], f"{matrix}\n{shown}"
    assert matrix.outcomes["shown"] > 100
    assert matrix.outcomes["hidden"] > 100


# --- the matrix itself is awake ---------------------------------------------------------------------------------------


def _everybody_is_let_in(viewer: Viewer, *, with_tombstones: bool = False) -> visibility.Predicate:
    return "1 = 1", []


def _title_for_everybody(viewer: Viewer, pk: int) -> Conversation | None:
    return Conversation.objects.select_related("place", "scope__audience").filter(pk=pk).first()


def _looks_twice(viewer: Viewer, posts: Any, *, with_tombstones: bool = False) -> list[Any]:
    """Gives the right answer, by one statement more where there is something hidden."""
    wanted = list(posts)
    right = lists.lines(viewer, wanted, with_tombstones=with_tombstones)
    if not right and conversation_models.Post.objects.filter(pk__in=wanted).exists():
        conversation_models.Post.objects.filter(pk__in=wanted).count()
    return right


PLANTED: dict[str, tuple[Any, str, Any, tuple[str, ...]]] = {
    "the audience is forgotten": (
        visibility,
        "predicate",
        _everybody_is_let_in,
        ("post", "column of all", "file"),
    ),
    "a conversation opens for everybody": (
        conversations,
        "conversation_for",
        _title_for_everybody,
        ("conversation", "talk"),
    ),
    "what is hidden costs a statement more": (conversations, "lines", _looks_twice, ("post",)),
}


@pytest.mark.django_db
@pytest.mark.parametrize("leak", PLANTED)
def test_a_planted_leak_is_found(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, leak: str
) -> None:
    caplog.set_level(logging.CRITICAL, logger="django.request")
    module, name, broken, surfaces = PLANTED[leak]
    monkeypatch.setattr(module, name, broken)
    looked = Matrix(matrix.town, matrix.who)
    looked.go_through(tuple(one for one in WEB if one.name in surfaces))
    assert looked.wrong != [], f"The matrix did not notice that {leak}."
