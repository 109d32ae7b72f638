"""Port Alder as `colonnade up --demo` loads and plays it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

from colonnade.conversations import actions as conversations
from colonnade.conversations.models import Post
from colonnade.inbox.models import Case
from colonnade.listening import actions as listening
from colonnade.listening.models import Mention, NamedList, Watch
from colonnade.people.models import Person
from colonnade.places.models import Account, Source, Space
from colonnade.primitives import clock, ids
from colonnade.web.story import playing, quiet, stage, town
from colonnade.web.story.player import account_of_town
from colonnade.web.story.talk import talk
from tests.doors.played import loaded, port_alder
from tests.doors.web_visits import text_of, visitor

__all__ = ["loaded", "port_alder"]  # fixtures
pytestmark = pytest.mark.django_db


def _words() -> list[str]:
    return list(Post.objects.order_by("pk").values_list("said__text", flat=True))


def test_the_town_is_there_with_its_past_and_a_second_loading_changes_nothing(port_alder: town.Town) -> None:
    began = stage.now().began
    before = [one for one in talk() if one.at < 0]
    words = _words()
    assert {one.text for one in before} <= set(words)
    lift = next(one for one in before if one.id == "lift")
    said = Post.objects.get(said__text=lift.text)
    assert abs(ids.ms_of(said.pk) / 1000 - (began + lift.at)) < 0.01
    case = Case.objects.get(conversation=said.conversation)
    assert case.opened_at < clock.now()
    assert abs(case.opened_at.timestamp() - (began + lift.at)) < 0.01
    assert set(Case.objects.values_list("state", flat=True)) == {"open", "assigned", "waiting", "solved"}
    people = Person.objects.count()
    assert town.load() == port_alder
    assert _words() == words
    assert Person.objects.count() == people


def test_the_town_speaks_at_its_own_time_each_word_once_and_in_the_end_all_of_it(
    port_alder: town.Town,
) -> None:
    playing.tell_story()
    asked = next(one for one in talk() if one.id == "ask-1740")
    assert asked.text not in _words()
    stage.pause()
    stage.world().turn(position=91.0)
    for _ in range(2):
        playing.tell_story()
    assert _words().count(asked.text) == 1
    stage.world().turn(position=stage.ENDS_S)
    for _ in range(2):
        playing.tell_story()
    words = _words()
    assert all(words.count(one.text) == 1 for one in talk())
    assert stage.now().over


def test_quiet_days_are_the_same_each_time_and_no_case_comes_of_them(port_alder: town.Town) -> None:
    began, cases = stage.now().began, Case.objects.count()
    account = account_of_town()
    assert account is not None
    days = [quiet.posts_of(day, began) for day in range(1, quiet.DAYS + 1)]
    assert days[3] == quiet.posts_of(4, began)
    assert all(20 <= len(day) <= 40 for day in days[quiet.TOLD_DAYS :])
    assert 2000 < sum(map(len, days)) < 3600
    posts = Post.objects.count()
    playing.fill_quiet_days(60)
    made = Post.objects.count() - posts
    assert made == sum(map(len, days[59 : 59 + playing.QUIET_DAYS_AT_ONCE]))
    playing.fill_quiet_days(60)
    assert Post.objects.count() == posts + made
    oldest = Post.objects.order_by("pk")[:made]
    from colonnade.inbox import actions as inbox

    listening.match_posts([post.pk for post in oldest])
    inbox.hear([post.pk for post in oldest])
    assert Case.objects.count() == cases
    assert Mention.objects.filter(post__in=[post.pk for post in oldest]).exists()


def test_one_meets_a_list_and_an_aim_that_a_watch_serves(port_alder: town.Town) -> None:
    client = visitor(Person.objects.get(sign_in__email=port_alder.email))
    watch = Watch.objects.get(aim__isnull=False)
    aim = watch.aim
    assert aim is not None
    assert aim.owner is not None
    assert aim.measure
    assert aim.review_on is not None
    assert aim.review_on > clock.now().date()
    assert aim.sentence in text_of(client.get(f"/listen/{watch.pk}"))
    assert "list:crossings" in text_of(client.get(f"/listen/{watch.pk}"))
    (listed,) = NamedList.objects.all()
    assert watch.name in text_of(client.get(f"/listen/lists/{listed.pk}"))
    assert Space.objects.filter(aim=aim).exists()
    stage.world().turn(position=200.0)
    account = account_of_town()
    assert account is not None
    listening.match_posts(conversations.poll(account).posts)
    caught = Post.objects.filter(mentions__watch=watch).values_list("said__text", flat=True)
    assert any(words.startswith("The bridge is closed?! Line 4 goes over that bridge.") for words in caught)


_reached: list[object] = []
_listening = False


def _note(event: str, told: tuple[object, ...]) -> None:
    """Whom any part of this process reaches for by the network; sockets of this machine (paths) are none."""
    if _listening and event == "socket.connect" and not isinstance(told[1], str | bytes):
        _reached.append(told[1])
    elif _listening and event == "socket.getaddrinfo":
        _reached.append(told[0])


sys.addaudithook(_note)


@pytest.fixture(scope="module", autouse=True)
def _network_is_listened_to() -> Iterator[None]:
    """From before the town is loaded to the end of this file."""
    global _listening
    _reached.clear()
    _listening = True
    yield
    _listening = False


def test_nothing_of_the_town_can_leave_it(port_alder: town.Town) -> None:
    """With the network cut all of it works, loading included: not one connection is tried, not one name is looked up."""
    assert set(Account.objects.values_list("connector", "address")) == {("pretend", "pretend://port_alder")}
    assert not Source.objects.exists()
    assert settings.COLONNADE_ALLOW_PRIVATE_HOSTS == ()
    account = account_of_town()
    assert account is not None
    stage.world().turn(position=stage.ENDS_S)
    while conversations.poll(account).posts:
        pass
    playing.tell_story()
    playing.fill_quiet_days(quiet.DAYS)
    account.polling.refresh_from_db()
    assert account.polling.health == "well"
    assert _reached == []
