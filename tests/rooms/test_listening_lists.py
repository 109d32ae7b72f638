"""Lists that queries name: kept, changed without breaking what rests on them, and heard of by every reader of queries."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from colonnade.conversations import actions as conversations
from colonnade.core import worker
from colonnade.listening import actions, queries, rules
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.reading import Heard
from colonnade.listening.models import ListVersion, NamedList, Watch
from tests.corpora import query_oracle as oracle
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def arrive(world: World, *texts: str) -> list[int]:
    """Posts from elsewhere, and everybody has heard of them."""
    posts = conversations.receive(world.wire, [world.incoming(text) for text in texts]).posts
    worker.settle()
    return posts


def caught(world: World, watch: Watch) -> list[int]:
    return queries.mentions_for(world.viewer(world.lea), watch)


def test_a_watch_that_names_a_list_catches_what_the_list_stands_for_as_it_is_by_then(world: World) -> None:
    crossings = actions.add_list("Crossings", 'bridge OR "old ferry"', by=world.lea)
    assert crossings.name == "crossings"
    watch = actions.add_watch("Closed", "list:Crossings closed", by=world.lea)
    first, *_ = arrive(world, "the bridge is closed", "the tunnel is closed", "the bridge")
    assert caught(world, watch) == [first]
    assert queries.why(watch, [first]) == {first: ["bridge", "closed"]}
    actions.change_list(crossings, query="tunnel", by=world.ana)
    second, _ = arrive(world, "the tunnel is closed again", "the bridge is closed again")
    assert caught(world, watch) == [second, first]


def test_a_case_query_and_what_is_stored_know_lists_too(world: World) -> None:
    actions.add_list("bad", "late OR broken", by=world.lea)
    late, fine = arrive(world, "the ferry is late", "the ferry is fine")
    watch = actions.add_watch("Ferry", "ferry", by=world.lea, opens_case=True, case_query="list:bad")
    other = actions.add_watch("Bad ferry", "ferry list:bad", by=world.lea)
    assert actions.catch_stored(watch, [late, fine]) == 2
    assert actions.catch_stored(other, [late, fine]) == 1
    found = queries.preview(world.viewer(world.lea), "ferry list:bad")
    assert (found.matched, found.posts) == (1, (late,))
    assert [line.operator for line in found.outline] == ["all", "", "list", "any", "", ""]


def test_only_the_watches_that_rest_on_a_changed_list_are_read_anew(world: World) -> None:
    names = actions.add_list("names", "ferry", by=world.lea)
    actions.add_list("talk", "list:names OR harbour", by=world.lea)
    resting = actions.add_watch("Talk", "list:talk late", by=world.lea)
    alone = actions.add_watch("Tunnel", "tunnel", by=world.lea)
    standing = queries.Standing()

    def found(*words: str) -> dict[int, list[int]]:
        return standing.caught({number: Heard(one) for number, one in enumerate(words)})

    assert found("ferry late", "tunnel") == {resting.pk: [0], alone.pk: [1]}
    numbers = dict(standing._matcher._numbers)
    actions.change_list(names, query="boat", by=world.lea)
    assert found("ferry late", "boat late", "tunnel") == {resting.pk: [1], alone.pk: [2]}
    assert standing._matcher._numbers[alone.pk] == numbers[alone.pk]
    assert standing._matcher._numbers[resting.pk] != numbers[resting.pk]
    assert found("harbour late") == {resting.pk: [0]}
    assert len(standing._matcher._table) == 3


def test_the_readers_of_lists_in_lists_agree_with_a_plain_one(world: World) -> None:
    inner = ("list", "inner", ("or", ("word", "ferry"), ("phrase", ("old", "bridge"))))
    outer = ("list", "outer", ("and", inner, ("not", ("word", "game"))))
    asked = ("and", outer, ("or", ("word", "late"), inner))
    texts = [
        f"{a} {b} {c}"
        for a in ("ferry", "old bridge", "bridge")
        for b in ("late", "game")
        for c in ("old", "")
    ]
    actions.add_list("inner", oracle.written(inner[2]), by=world.lea)
    actions.add_list("outer", oracle.written(outer[2]), by=world.lea)
    watch = actions.add_watch("Asked", oracle.written(asked), by=world.lea)
    posts = arrive(world, *texts)
    fitting = [
        pk for pk, text in zip(posts, texts, strict=True) if oracle.holds(asked, {"text": text, "title": ""})
    ]
    assert 0 < len(fitting) < len(posts)
    assert sorted(caught(world, watch)) == sorted(fitting)


def test_every_form_of_a_list_is_kept_and_one_can_go_back(world: World) -> None:
    made = actions.add_list("names", "ferry", by=world.lea, description="What we call it")
    made = actions.change_list(made, query="ferry OR boat", by=world.ana)
    now, first = queries.list_versions_of(world.viewer(world.ana), made)
    assert [(one.number, one.query, one.by) for one in (now, first)] == [
        (2, "ferry OR boat", "Ana Duarte"),
        (1, "ferry", "Lea Brandt"),
    ]
    assert [(run.kind, run.words) for run in now.changed] == [("same", "ferry"), ("new", " OR boat")]
    made = actions.take_list_back(made, 1, by=world.lea)
    assert (made.query, made.version, made.description) == ("ferry", 3, "What we call it")
    assert actions.take_list_back(made, 17, by=world.lea).version == 3
    assert ListVersion.objects.filter(named=made).count() == 3


def test_lists_are_staffs(world: World) -> None:
    made = actions.add_list("names", "ferry", by=world.lea)
    for viewer in (world.viewer(world.okafor), world.viewer(world.partner), world.anonymous):
        assert list(queries.lists_for(viewer)) == []
        assert queries.list_for(viewer, made.pk) is None
        assert queries.list_texts_for(viewer, "list:names") == {}
        assert queries.list_names_for(viewer) == []
        assert queries.list_versions_of(viewer, made) == []
        assert queries.all_resting(viewer) == {}
    with pytest.raises(PermissionDenied):
        actions.add_list("mine", "ferry", by=world.okafor)
    for act in (
        lambda: actions.change_list(made, query="boat", by=world.partner),
        lambda: actions.take_list_back(made, 1, by=world.partner),
        lambda: actions.remove_list(made, by=world.partner),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize(
    ("name", "query", "why"),
    [
        ("", "ferry", "letters, digits"),
        ("a:b", "ferry", "letters, digits"),
        ("x" * 61, "ferry", "60 at most"),
        ("Names", "boat", "already"),
        ("fresh", "(ferry", "not closed"),
        ("fresh", "-ferry", "only leaves things out"),
        ("fresh", "list:gone", "There is no list"),
        ("fresh", "ferry OR list:fresh", "holds itself: fresh > fresh"),
        ("fresh", "a" * 20_001, "at most 20000 characters"),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_the_reason(
    world: World, name: str, query: str, why: str
) -> None:
    actions.add_list("names", "ferry", by=world.lea)
    with pytest.raises(ValueError, match=why):
        actions.add_list(name, query, by=world.lea)


def test_a_round_through_other_lists_is_refused_with_its_place(world: World) -> None:
    a = actions.add_list("a", "ferry", by=world.lea)
    actions.add_list("b", "list:a OR boat", by=world.lea)
    actions.add_list("c", "list:b", by=world.lea)
    with pytest.raises(QueryError, match="holds itself: c > b > a > c") as refused:
        actions.change_list(a, query="ferry OR list:c", by=world.lea)
    assert refused.value.query[slice(*refused.value.at)] == "list:c"
    a.refresh_from_db()
    assert (a.query, a.version) == ("ferry", 1)


def test_a_change_that_a_watch_could_not_be_read_with_is_refused_and_says_which(world: World) -> None:
    names = actions.add_list("names", "ferry OR boat", by=world.lea)
    actions.add_list("more", "list:names OR ship", by=world.lea)
    watch = actions.add_watch("Late", "list:more NEAR/3 late", by=world.lea)
    with pytest.raises(QueryError, match="The watch “Late” could no longer be read") as refused:
        actions.change_list(names, query="ferry OR lang:de", by=world.ana)
    assert refused.value.query == watch.query
    assert NamedList.objects.get(name="names").query == "ferry OR boat"


def test_what_is_used_is_neither_renamed_nor_removed_and_says_by_whom(world: World) -> None:
    names = actions.add_list("names", "ferry", by=world.lea)
    by_list = actions.add_list("more", "LIST:Names OR ship", by=world.lea)
    watch = actions.add_watch("Late", "late", by=world.lea, opens_case=True, case_query="list:names")
    for act in (
        lambda: actions.remove_list(names, by=world.lea),
        lambda: actions.change_list(names, name="boats", by=world.lea),
    ):
        with pytest.raises(rules.InUse, match="used by “Late”, list:more"):
            act()
    actions.change_watch(watch, case_query="", by=world.lea)
    actions.remove_list(by_list, by=world.lea)
    assert actions.change_list(names, name="Our boats", by=world.lea).name == "our-boats"
    actions.remove_list(names, by=world.lea)
    actions.remove_list(names, by=world.lea)
    assert not NamedList.objects.exists()


def test_a_watch_that_names_no_list_that_is_there_is_refused_and_says_where(world: World) -> None:
    with pytest.raises(QueryError, match="There is no list “nobody”") as refused:
        actions.add_watch("X", "ferry list:nobody", by=world.lea)
    assert refused.value.query[slice(*refused.value.at)] == "list:nobody"
