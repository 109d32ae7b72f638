"""Each named page at a million posts and at a tenth of them: milliseconds with four browsers at once, SQL statements.

Four keep-alive connections ask the real process that serves pages and push, one page after the other. Statements are
counted in this process, by the same view.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from argparse import Namespace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench import frame, processes, turns

BROWSERS = 4
VISITS_HERE = 20  # of each page in this process, for the time that cannot be disturbed by others
EVERY_CASE = 500  # one conversation in so many posts is a case
BACKEND = "colonnade.web.signing_in.Backend"


def main(argv: list[str]) -> int:
    made = frame.parser("pages")
    made.add_argument("--visits", type=int, default=60, help="visits of each page by each browser")
    made.add_argument("--alone", action="store_true", help="this size alone, without the tenth of it")
    made.add_argument(
        "--by-turns", action="store_true", help="processor time alone, of both sizes in the same seconds"
    )
    made.add_argument("--told", action="store_true", help="visit what standard input names; for --by-turns")
    options = made.parse_args(argv)
    if options.told:
        return _visit_as_told(options)
    if options.by_turns:
        return _by_turns(options)
    tenth = None if options.alone else _at_a_tenth(options)
    with frame.database(options) as home:
        pages = _measure(options)
        figures: dict[str, Any] = {
            "bytes": frame.size_of(home),
            "goal": {"p95_ms": 150, "statements": 12, "ten_times": 1.2},
            "browsers": BROWSERS,
            "worst_p95_ms": max((one["ms"]["p95"] for one in pages.values() if "ms" in one), default=None),
            "most_statements": max((one.get("statements", 0) for one in pages.values()), default=0),
            "pages": pages,
        }
        if tenth is not None:
            _compare(pages, tenth["pages"])
            figures["tenth"] = tenth["pages"]
        return frame.report("pages", options, figures)


def _visit_as_told(options: Namespace) -> int:
    with frame.database(options):
        turns.answer(_desk(options), sys.stdin)
    return 0


def _by_turns(options: Namespace) -> int:
    shared = ["--seed", str(options.seed), "--database", options.database]
    sizes = ((options.posts, options.keep), (options.posts // 10, _tenth_of(options.keep)))
    asked = [
        ["--posts", str(posts), *shared, *(["--keep", str(kept)] if kept else [])] for posts, kept in sizes
    ]
    visitors = [turns.Visitor(one) for one in asked]
    pages = turns.compare(visitors[0], visitors[1], options.visits)
    for one in visitors:
        one.leave()
    worst = max(one["ten_times"] for one in pages.values())
    return frame.report("pages", options, {"goal": {"ten_times": 1.2}, "worst": worst, "pages": pages})


def _tenth_of(kept: Path | None) -> Path | None:
    return kept and kept.with_name(kept.name + "-tenth")


def _at_a_tenth(options: Namespace) -> dict[str, Any]:
    """The same in a process and a database of its own, since a process has one database."""
    command = [sys.executable, "-m", "bench", "pages", "--alone", "--posts", str(options.posts // 10)]
    command += ["--seed", str(options.seed), "--database", options.database, "--visits", str(options.visits)]
    if options.keep:
        command += ["--keep", str(_tenth_of(options.keep))]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _compare(pages: dict[str, Any], tenth: dict[str, Any]) -> None:
    for name, one in pages.items():
        if "ms" in one and "ms" in tenth.get(name, {}):
            one["ten_times"] = round(one["ms"]["p50"] / tenth[name]["ms"]["p50"], 2)
            one["ten_times_cpu"] = round(one["cpu_ms"] / tenth[name]["cpu_ms"], 2)


def _measure(options: Namespace) -> dict[str, Any]:
    desk = _desk(options)
    pages = desk.pages()
    found: dict[str, Any] = {name: _counted(path, desk, who) for name, (path, who) in pages.items()}
    os.environ["COLONNADE_ALLOW_PRIVATE_HOSTS"] = ""
    with processes.live(pages=True) as (port, _):
        for name, (path, who) in pages.items():
            if found[name]["status"] == 200:
                found[name]["ms"] = _visited(port, path, desk.cookie if who else "", options.visits)
    return found


def _desk(options: Namespace) -> _Desk:
    from bench import world
    from colonnade.places.models import Place

    return _Desk(
        world.load() if Place.objects.exists() else world.build(options.posts, options.seed), options
    )


class _Desk:
    """Ana of the service desk in the town: cases, watches and columns of her own."""

    def __init__(self, town: Any, options: Namespace) -> None:
        from colonnade.inbox.models import Case
        from colonnade.people.models import SignIn

        self._town = town
        if not SignIn.objects.exists():
            self._sign_in_and_arrange()
        if not Case.objects.exists():
            self._open_cases(max(20, options.posts // EVERY_CASE))
        self.sign_in = SignIn.objects.earliest("pk")  # of the visit that made the town, whomever `load` chose
        self.client = self._visitor()
        self.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self.client.cookies.items())

    def _visitor(self) -> Any:
        from django.test import Client

        client = Client()
        client.force_login(self.sign_in, backend=BACKEND)
        return client

    def _sign_in_and_arrange(self) -> None:
        from colonnade.core.db import act
        from colonnade.listening import actions as listening
        from colonnade.people import actions as people
        from colonnade.workspace import actions as workspace

        with act():
            people.give_sign_in(self._town.staff, "ana@portalder.example", "the ferry leaves at nine")
            watch = listening.add_watch("Rare", "w9000", by=self._town.staff)
            workspace.add_column(self._town.staff, "all")
            workspace.add_column(self._town.staff, "place", place=self._town.place.pk)
            workspace.add_column(self._town.staff, "watch", watch=watch.pk)

    def _open_cases(self, count: int) -> None:
        from colonnade.conversations.models import Conversation
        from colonnade.core.db import act
        from colonnade.inbox import actions as inbox

        newest = Conversation.objects.filter(scope__tier="p").order_by("-pk").select_related("place", "scope")
        talks = list(newest[:count])
        for at in range(0, len(talks), 50):
            with act():
                for talk in talks[at : at + 50]:
                    inbox.open_case(talk, post=talk.posts.order_by("-pk").first())

    def pages(self) -> dict[str, tuple[str, bool]]:
        """Path of each page by name, and whether it is visited signed in; what is not there yet is left out."""
        from django.urls import NoReverseMatch, reverse

        from colonnade.conversations.models import ConversationCount
        from colonnade.inbox.models import Case
        from colonnade.listening.models import Watch

        talk = ConversationCount.objects.filter(conversation__scope__tier="p").order_by("-posts").first()
        case = Case.objects.order_by("-pk").first()
        watch = Watch.objects.order_by("-pk").first()
        wanted: dict[str, tuple[str, dict[str, Any], str, bool]] = {
            "front": ("home", {}, "", False),
            "today": ("today", {}, "", True),
            "today, what needs me": ("today", {}, "?part=needs", True),
            "today, what is unusual": ("today", {}, "?part=unusual", True),
            "today, what goes out": ("today", {}, "?part=out", True),
            "columns": ("columns", {}, "", True),
            "a column's posts": ("column_posts", {}, "?all=1", True),
            "one conversation": ("conversation", {"pk": talk.conversation_id if talk else 0}, "", True),
            "inbox": ("inbox", {}, "", True),
            "one case": ("case", {"pk": case.pk if case else 0}, "", True),
            "search, common word": ("search", {}, "?q=common", True),
            "search, rare word": ("search", {}, "?q=w9000", True),
            "listen": ("listen", {}, "", True),
            "one watch": ("watch", {"pk": watch.pk if watch else 0}, "", True),
            "publish": ("publish", {}, "", True),
            "spaces": ("spaces", {}, "", True),
            "people": ("people", {}, "", True),
            "one person": ("person", {"pk": self._town.staff.pk}, "", True),
            "notices": ("notices", {}, "", True),
            "palette": ("palette", {}, "?q=place", True),
            "settings": ("settings", {}, "", True),
            "wall": ("wall", {}, "", True),
            "places": ("places", {}, "", True),
            "one place": ("place", {"pk": self._town.place.pk}, "", True),
        }
        found = {}
        for title, (name, given, query, signed_in) in wanted.items():
            try:
                found[title] = (reverse(name, kwargs=given) + query, signed_in)
            except NoReverseMatch:
                print(f"There is no page {name} yet.", file=sys.stderr)
        return found


def _counted(path: str, desk: _Desk, signed_in: bool) -> dict[str, Any]:
    """Status, bytes, SQL statements and processor time (`cpu_ms`, the median of some visits in this process) of one page,
    warm."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = desk.client if signed_in else Client()
    client.raise_request_exception = False
    client.get(path, headers={"host": "127.0.0.1"})
    with CaptureQueriesContext(connection) as said:
        response = client.get(path, headers={"host": "127.0.0.1"})
    statements = len(said)  # the next visit forgets them
    took = frame.timings(lambda: client.get(path, headers={"host": "127.0.0.1"}), VISITS_HERE)
    return {
        "status": response.status_code,
        "bytes": len(response.content),
        "statements": statements,
        "cpu_ms": took["cpu"],
    }


def _visited(port: int, path: str, cookie: str, visits: int) -> dict[str, float]:
    took: list[float] = []
    faults: list[BaseException] = []

    def browse() -> None:
        try:
            line = HTTPConnection("127.0.0.1", port, timeout=60)
            headers = {"Cookie": cookie} if cookie else {}
            for number in range(visits + 3):
                began = time.perf_counter()
                line.request("GET", path, headers=headers)
                answer = line.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer.status}")
                if number >= 3:
                    took.append((time.perf_counter() - began) * 1000)
        except BaseException as fault:
            faults.append(fault)

    browsers = [threading.Thread(target=browse) for _ in range(BROWSERS)]
    began = time.perf_counter()
    for one in browsers:
        one.start()
    for one in browsers:
        one.join()
    if faults:
        raise faults[0]
    return frame.percentiles(took) | {"pages_per_s": round(len(took) / (time.perf_counter() - began), 1)}
