"""Two who write at the same moment, and what they write. On SQLite one writes after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection

from colonnade.core import db, worker
from colonnade.networks import base

URI = "https://pretend.example/post"
RIVER = base.Author(network="pretend", address="river.watch")


def item(uri: str, *, reply_to: str = "", restricted: bool = False) -> base.Item:
    said = base.Post(
        uri=uri,
        author=RIVER,
        text=f"words of {uri}",
        reply_to=reply_to,
        audience="restricted" if restricted else "public",
    )
    return base.Item(raw=b"{}", read=(said,))


def gone(uri: str = URI) -> base.Item:
    return base.Item(raw=b"", read=(base.Deletion(uri=uri),))


def held_open(slow: Callable[[], object], quick: Callable[[], object]) -> None:
    """`quick` begins, commits and is heard of while `slow` has done everything but commit; then `slow` commits.

    Where `quick` has to wait for `slow`, that one commits while it waits.
    """
    if not db.is_postgres():
        slow()
        quick()
        worker.settle()
        return
    written, may_commit = threading.Event(), threading.Event()
    faults: list[BaseException] = []

    def run() -> None:
        try:
            with db.act():
                slow()
                written.set()
                while not may_commit.wait(0.01) and not _somebody_waits_for_us():
                    pass
        except BaseException as fault:
            faults.append(fault)
        finally:
            written.set()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    written.wait(30)
    try:
        quick()
        worker.settle()
    finally:
        may_commit.set()
        thread.join()
    assert faults == []
    worker.settle()


def _somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])
