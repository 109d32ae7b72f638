"""Two people at lists and at what names them in the same moment: nothing ends up resting on a list that is not there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from colonnade.listening import actions, queries
from colonnade.listening.language.parsing import lists_named, parse
from colonnade.listening.models import NamedList, Watch
from colonnade.workspace import actions as workspace
from colonnade.workspace.models import Column
from tests.rooms.at_once import held_open
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

Act = Callable[[World, NamedList], object]

REMOVE: Act = lambda world, found: actions.remove_list(found, by=world.lea)  # noqa: E731
RENAME: Act = lambda world, found: actions.change_list(found, by=world.lea, name="ways")  # noqa: E731
WATCH: Act = lambda world, found: actions.add_watch("Late", "list:crossings late", by=world.ana)  # noqa: E731
LIST: Act = lambda world, found: actions.add_list("more", "list:crossings OR road", by=world.ana)  # noqa: E731
SEARCH: Act = lambda world, found: workspace.add_column(  # noqa: E731
    world.ana, "search", words="list:crossings late"
)


@pytest.mark.parametrize(
    ("takes", "names", "order"),
    [(REMOVE, WATCH, "named first"), (REMOVE, WATCH, "taken first"), (RENAME, LIST, "named first")],
    ids=["named, then removed", "removed, then named", "named, then renamed"],
)
def test_who_comes_second_is_refused(takes: Act, names: Act, order: str) -> None:
    world = World.make()
    found = actions.add_list("crossings", "bridge OR ferry", by=world.lea)
    done: list[str] = []

    def tried(act: Act, called: str) -> Callable[[], None]:
        def run() -> None:
            with suppress(ValueError):
                act(world, found)
                done.append(called)

        return run

    steps = [tried(names, "named"), tried(takes, "taken")]
    held_open(*(steps if order == "named first" else reversed(steps)))
    assert done == ["named" if order == "named first" else "taken"]
    all_can_be_read()


def test_a_saved_search_keeps_the_list_that_somebody_removes_meanwhile() -> None:
    world = World.make()
    found = actions.add_list("crossings", "bridge OR ferry", by=world.lea)
    held_open(lambda: SEARCH(world, found), lambda: refused(REMOVE, world, found))
    assert Column.objects.filter(kind="search").exists()
    assert NamedList.objects.filter(name="crossings").exists()


def test_two_changes_that_only_together_make_a_round_are_made_one_after_the_other() -> None:
    world = World.make()
    one = actions.add_list("one", "bridge", by=world.lea)
    other = actions.add_list("other", "ferry", by=world.lea)
    held_open(
        lambda: actions.change_list(one, by=world.lea, query="list:other OR bridge"),
        lambda: refused(
            lambda world, found: actions.change_list(found, by=world.ana, query="list:one"), world, other
        ),
    )
    assert [row.query for row in NamedList.objects.order_by("name")] == ["list:other OR bridge", "ferry"]
    all_can_be_read()


def refused(act: Act, world: World, found: NamedList) -> None:
    with pytest.raises(ValueError, match=r"is used by|holds itself"):
        act(world, found)


def all_can_be_read() -> None:
    lists = queries.list_texts("list:all")
    for query in [*lists.values(), *Watch.objects.values_list("query", flat=True)]:
        assert lists_named(query) <= lists.keys()
        parse(query, lists)
