"""Run as a process of its own: workers that share a stream are killed while they hold what they took; others go on.

The process that forks has no connection and no thread. It prints one line of JSON: which signals ended whom, how much was put on
the stream, and what is there in the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable

import django

from tests.rooms.core_kills import fork

MESSAGES, POSTS_IN_ONE = 24, 10


def main() -> None:
    django.setup()
    from colonnade.conversations.models import Post
    from colonnade.core import broker, events, points, stream, work
    from colonnade.listening import actions
    from colonnade.listening.actions import sifting
    from colonnade.listening.models import Mention, Sifted
    from colonnade.networks import base
    from colonnade.places import actions as places
    from colonnade.places.models import Place

    broker.ACK_WAIT_S, stream.TAKE_WAIT_S, stream.TAKEN_AT_ONCE = 1.0, 0.5, 4
    work.discover()

    def begin() -> None:
        place = places.add_source("jetstream", "ws://localhost:9/", name="Everybody")
        actions.add_watch("Ferry", "ferry", by=None)
        author = base.Author(network="bluesky", address="did:plc:ana")
        for message in range(MESSAGES):
            numbers = range(message * POSTS_IN_ONE, (message + 1) * POSTS_IN_ONE)
            posts = [
                base.Post(
                    uri=f"at://did:plc:ana/app.bsky.feed.post/{n}", author=author, text=f"{said(n)} {n}"
                )
                for n in numbers
            ]
            sifting.share_out(place.pk, [base.Item(raw=b"{}", read=(post,)) for post in posts])

    def said(number: int) -> str:
        return "ferry" if number % 5 == 0 else "fog"

    def deal(dies_at: str = "") -> None:
        def die(reached: str) -> None:
            if reached == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

        points.install(die)
        idle = 0
        while idle < 4:  # longer than a dead one's messages stay in its hands
            idle = 0 if stream.take_turns() else idle + 1

    def hear() -> None:
        events.stamp()
        while events.pump():
            events.stamp()

    def tell(ended_by: list[int]) -> None:
        place = Place.objects.get(source__connector="jetstream")
        counted = Sifted.objects.filter(place=place).values_list("seen", "kept")
        print(
            json.dumps(
                {
                    "ended_by": ended_by,
                    "seen": sum(seen for seen, _ in counted),
                    "kept": sum(kept for _, kept in counted),
                    "posts": Post.objects.filter(place=place).count(),
                    "mentions": Mention.objects.count(),
                    "left": len(broker.broker().take(sifting.SHARED, 100, 0.2)),
                }
            ),
            flush=True,
        )

    ended_by = [
        fork(begin),
        fork(lambda: deal("sift.before-commit")),
        fork(lambda: deal("sift.after-commit")),
    ]
    ended_by.append(fork(lambda: deal("stream.before-done")))
    ended_by += _together(deal, deal)
    fork(hear)
    fork(lambda: tell(ended_by))


def _together(*deals: Callable[[], None]) -> list[int]:
    children = []
    for deal in deals:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                deal()
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


if __name__ == "__main__":
    main()
