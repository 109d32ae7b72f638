"""What a browser carries for the push door: sealed, short-lived, and telling nothing."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime

import pytest
from django.test import override_settings

from colonnade.core.push import cursors, tokens
from colonnade.live import interests
from colonnade.primitives import clock

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def test_a_token_says_what_was_sealed() -> None:
    with clock.stopped_at(NOON):
        opened = tokens.open_(tokens.seal(17, 3, [9, 2, 500_000], "s1"))
    assert opened == tokens.Channels(17, 3, frozenset({2, 9, 500_000}), "s1", NOON.timestamp() + 300)


def test_a_token_ends_after_five_minutes_and_not_before() -> None:
    with clock.stopped_at(NOON) as move:
        token = tokens.seal(17, 3, [1], "s1")
        move(299.9)
        assert tokens.open_(token) is not None
        move(0.2)
        assert tokens.open_(token) is None


def test_a_token_may_be_given_a_shorter_life_but_no_longer_one() -> None:
    with clock.stopped_at(NOON):
        short, long = (tokens.open_(tokens.seal(1, 1, [], "", lifetime_s=s)) for s in (20, 9000))
    assert short is not None
    assert short.expires == NOON.timestamp() + 20
    assert long is not None
    assert long.expires == NOON.timestamp() + 300


def test_a_token_that_was_touched_anywhere_is_refused() -> None:
    token = tokens.seal(17, 3, [1, 2], "s1")
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for at in range(len(raw)):
        broken = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert tokens.open_(base64.urlsafe_b64encode(broken).rstrip(b"=").decode()) is None


@pytest.mark.parametrize("token", ["", "x", "ä", "-" * 50, "=" * 40, "A" * 9000, "\x00", "a b"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert tokens.open_(token) is None
    assert cursors.open_(token) is None


def test_a_cursor_is_no_token_and_a_token_no_cursor() -> None:
    assert tokens.open_(cursors.seal(5)) is None
    assert cursors.open_(tokens.seal(1, 1, [], "")) is None


def test_a_cursor_comes_back_and_never_looks_the_same_twice() -> None:
    sealed = [cursors.seal(41) for _ in range(50)]
    assert {cursors.open_(one) for one in sealed} == {41}
    assert len(set(sealed)) == 50
    assert len({len(cursors.seal(seq)) for seq in (0, 1, 2**40, 2**62)}) == 1


def test_another_server_cannot_read_a_cursor() -> None:
    cursor = cursors.seal(41)
    with override_settings(SECRET_KEY="the key of another house entirely, long enough"):
        assert cursors.open_(cursor) is None


def test_a_key_that_was_replaced_still_opens_what_it_sealed() -> None:
    with override_settings(SECRET_KEY="the key of last year, which was long enough"):
        cursor, token = cursors.seal(41), tokens.seal(1, 2, [3], "s")
    with override_settings(SECRET_KEY_FALLBACKS=["the key of last year, which was long enough"]):
        assert cursors.open_(cursor) == 41
        assert tokens.open_(token) is not None


def test_162_audiences_fit_in_a_cookie_and_too_many_are_left_to_the_database() -> None:
    chance = random.Random(4)
    some = chance.sample(range(1, 23_353), 162)
    token = tokens.seal(2**62, 2**40, some, "s" * 40)
    opened = tokens.open_(token)
    assert opened is not None
    assert opened.audiences == frozenset(some)
    assert len(token) < 1000
    crowd = tokens.seal(1, 1, chance.sample(range(2**40), 5_000), "s")
    opened = tokens.open_(crowd)
    assert opened is not None
    assert opened.audiences is None
    assert len(crowd) < 200


def test_interests_are_read_from_an_address() -> None:
    asked = interests.read("place=17&conversation=4&watch=9&watch=x&place=-1&after=aa&after=bb&other=1")
    assert asked.keys == {
        interests.key(interests.PLACE, 17),
        interests.key(interests.CONVERSATION, 4),
        interests.key(interests.WATCH, 9),
    }
    assert asked.after == ("aa", "bb")
    assert interests.read("all=1").keys == {interests.EVERYTHING}
    assert interests.read("all=0").keys == frozenset()


@pytest.mark.parametrize("count", [65, 99, 101, 5000])
def test_too_many_interests_are_refused_in_a_sentence(count: int) -> None:
    with pytest.raises(interests.TooMany, match="at most 64"):
        interests.read("&".join(f"place={n}" for n in range(1, count + 1)))
