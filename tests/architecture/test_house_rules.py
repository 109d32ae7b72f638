"""Each rule of the house speaks up: a fault is planted in a copy of the tree and bin/check is run on it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "bin"))

from house.check import judge  # noqa: E402
from house.rules import FINDING_THE_PACKAGE, RULES, Rule  # noqa: E402
from house.tree import Tree  # noqa: E402

COPIED = ("colonnade", "bin", "docs", "tests")
COPIED_FILES = ("pyproject.toml", "requirements.lock", "requirements-dev.lock", ".importlinter")
MESSAGE = re.compile(r"^(?P<where>\S+): \[(?P<rule>[a-z-]+)\] .{40,}$", re.M)

pytestmark = pytest.mark.corpora


@dataclass(frozen=True)
class Fault:
    """What is planted: text at the end of a file, which is made where it is missing; `rule` must speak."""

    name: str
    rule: str
    path: str
    text: str


def _model(body: str) -> str:
    return f"""

from django.contrib.contenttypes import fields as planted_fields
from django.db import models as planted


class Planted(planted.Model):
    {body}

    class Meta:
        app_label = "people"
"""


FAULTS = (
    Fault("a folder called utils", "names", "colonnade/utils/__init__.py", '"""Odds and ends."""\n'),
    Fault("a file called helpers", "names", "colonnade/inbox/helpers.py", '"""Odds and ends."""\n'),
    Fault("a room without a storey", "rooms", "colonnade/gossip/__init__.py", '"""What is said behind backs."""\n'),
    Fault("people importing inbox", "rooms", "colonnade/people/rules.py", "\nfrom colonnade.inbox import events\n"),
    Fault(
        "a room importing a room beside it", "rooms",
        "colonnade/publishing/rules.py", "from colonnade.listening import apps\n",
    ),
    Fault(
        "a door importing another door", "rooms", "colonnade/api/apps.py", "\nfrom colonnade.web import apps\n"
    ),
    Fault(
        "a room importing config", "rooms", "colonnade/inbox/rules.py", "\nfrom colonnade.config import environment\n"
    ),
    Fault(
        "a query importing a subscriber", "inside-a-room",
        "colonnade/inbox/queries.py", "\nfrom colonnade.inbox import subscribers\n",
    ),
    Fault(
        "a rule importing an action inside a function", "inside-a-room",
        "colonnade/inbox/rules.py", "\n\ndef planted():\n    from colonnade.inbox import actions\n    return actions\n",
    ),
    Fault("a file that is none of the eight", "inside-a-room", "colonnade/inbox/stuff.py", '"""Stuff."""\n'),
    Fault(
        "networks importing Django", "plain-python",
        "colonnade/networks/registry.py", "\nfrom django.conf import settings\n",
    ),
    Fault(
        "primitives importing a package that imports Django", "plain-python",
        "colonnade/primitives/clock.py", "\nimport ninja\n",
    ),
    Fault(
        "a response made behind the doors", "doors",
        "colonnade/inbox/rules.py", "\nfrom django.http import HttpResponse\n",
    ),
    Fault("a room calling the web", "http-client", "colonnade/inbox/rules.py", "\nimport requests\n"),
    Fault("urllib in a connector", "http-client", "colonnade/networks/registry.py", "\nfrom urllib import request\n"),
    Fault(
        "another clock", "clock",
        "colonnade/inbox/rules.py", "\n\ndef planted():\n    import time\n\n    return time.time()\n",
    ),
    Fault(
        "Django's clock", "clock", "colonnade/inbox/rules.py", "\nfrom django.utils.timezone import now as planted\n"
    ),
    Fault("a print", "print", "colonnade/inbox/rules.py", '\nprint("hello")\n'),
    Fault("a package for tests at run time", "dependencies", "colonnade/inbox/rules.py", "\nimport hypothesis\n"),
    Fault(
        "a write in a query", "writes", "colonnade/inbox/queries.py",
        "\n\ndef planted(Case):\n    return Case.objects.filter(pk=1).delete()\n",
    ),
    Fault(
        "a row saved in a rule", "writes", "colonnade/inbox/rules.py", "\n\ndef planted(row):\n    row.save()\n"
    ),
    Fault(
        "SQL that writes in a door", "writes", "colonnade/web/apps.py",
        '\n\ndef planted(cursor):\n    cursor.execute("UPDATE inbox_case SET state = 1")\n',
    ),
    Fault(
        "Post.objects outside queries", "scoped", "colonnade/inbox/rules.py",
        "\n\ndef planted(conversations):\n    return conversations.models.Post.objects.all()\n",
    ),
    Fault(
        "a foreign key upward", "keys", "colonnade/people/models.py",
        _model('case = planted.ForeignKey("inbox.Case", on_delete=planted.CASCADE)'),
    ),
    Fault("a number for a row", "keys", "colonnade/people/models.py", _model("case_id = planted.BigIntegerField()")),
    Fault(
        "a generic key", "keys", "colonnade/people/models.py",
        _model('anything = planted_fields.GenericForeignKey("kind", "number")'),
    ),
    Fault(
        "an inline handler", "markup", "colonnade/web/planted.html", '<button onclick="go()" {% if a %}x{% endif %}>'
    ),
    Fault("an inline script", "markup", "colonnade/web/planted.html", "<p>x</p>\n<script>go()</script>\n"),
    Fault("an inline style", "markup", "colonnade/web/planted.html", '<p style="color: red">x</p>\n'),
    Fault("text let through", "markup", "colonnade/web/planted.html", "<p>{{ post.text|safe }}</p>\n"),
    Fault("htmx evaluating", "markup", "colonnade/web/planted.html", '<p hx-on:click="go()">x</p>\n'),
    Fault(
        "a part that asks by itself and has no target", "asks-by-itself",
        "colonnade/web/planted.html", '<p hx-get="{% url \'x\' %}" hx-trigger="{% if a %}load, {% endif %}every 9s"></p>\n',
    ),
    Fault(
        "a part that asks by itself in the manner of its form", "asks-by-itself", "colonnade/web/planted.html",
        '<form hx-swap="none"><br><p hx-get="{% url \'x\' %}" hx-trigger="colonnade:look" hx-target="this"></p></form>\n',
    ),
    Fault(
        "a part that asks by itself in the manner of a form of another template", "asks-by-itself",
        "colonnade/web/planted.html", '<form hx-select="main"><br>{% include "inbox/head.html" with a="b" %}</form>\n',
    ),
    Fault("a font from elsewhere", "assets", "colonnade/web/planted.css", "@import url(https://fonts.example/a.css);\n"),
    Fault(
        "a script from elsewhere", "markup", "colonnade/web/planted.html",
        '<script src="//cdn.example/a.js"></script>\n',
    ),
    Fault(
        "text marked safe", "safe-html", "colonnade/inbox/rules.py", "\nfrom django.utils.safestring import mark_safe\n"
    ),
    Fault(
        "an undocumented setting", "settings-described",
        "colonnade/config/environment.py", '\nPLANTED = Setting("SHOE_SIZE", "43", "The size of a shoe.", str)\n',
    ),
    Fault(
        "an undocumented event", "events-described", "colonnade/inbox/events.py",
        '\n\nclass KettleBoiled:\n    """Tea is ready."""\n',
    ),
    Fault(
        "an undocumented verb", "verbs-described",
        "colonnade/cli/verbs/boil_command.py", '"""Boils the kettle."""\n',
    ),
    Fault("a file too long to read", "length", "colonnade/inbox/rules.py", "\n# one more line" * 401),
)  # fmt: skip


# What only bin/check itself can be asked takes seconds, so faults are planted together before it: each must be told once,
# and nothing besides. None is in the way of another of its group.
TOGETHER = (
    {"a generic key"},  # alone: one fault is enough to fail
    {
        "a folder called utils",
        "people importing inbox",
        "networks importing Django",
        "a write in a query",
        "Post.objects outside queries",
        "a foreign key upward",
        "an undocumented setting",
    },
    {
        "a room without a storey",
        "a room importing a room beside it",
        "a door importing another door",
        "a room importing config",
        "a query importing a subscriber",
        "a rule importing an action inside a function",
        "a file that is none of the eight",
        "primitives importing a package that imports Django",
        "a number for a row",
    },
)
# The others are planted before the rules that only read, which takes no time.
GROUPS = [tuple(fault for fault in FAULTS if fault.name in names) for names in TOGETHER]
PLANTED_BEFORE_THE_COMMAND = [fault for group in GROUPS for fault in group]
PLANTED_BEFORE_THE_READERS = [fault for fault in FAULTS if fault not in PLANTED_BEFORE_THE_COMMAND]
READERS = [rule for rule in RULES if rule not in FINDING_THE_PACKAGE]

Messages = list[tuple[str, str]]


class Copy:
    """A copy of the tree in which one fault at a time is planted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in COPIED_FILES:
            shutil.copy2(CHECKOUT / name, folder / name)
        (folder / ".venv").symlink_to(CHECKOUT / ".venv")

    def command(self) -> tuple[int, Messages]:
        """The exit code of bin/check, and (where, rule) of each of its messages."""
        ran = subprocess.run(
            [self.folder / "bin" / "check", "--only", "house"], capture_output=True, text=True, check=False
        )
        assert re.search(r"^in all", ran.stdout, re.M), ran.stdout + ran.stderr
        return ran.returncode, [(found["where"], found["rule"]) for found in MESSAGE.finditer(ran.stdout)]

    def readers(self) -> tuple[int, Messages]:
        """The number of messages of the rules that only read, and the messages."""
        findings, _ = judge(Tree(self.folder), READERS)
        return len(findings), [(finding.path, finding.rule) for finding in findings]

    @contextmanager
    def with_fault(self, fault: Fault) -> Iterator[None]:
        """The tree with the fault; as before afterwards."""
        path = self.folder / fault.path
        made = next((step for step in [*reversed(path.parents), path] if not step.exists()), None)
        before = path.read_text("utf-8") if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((before or "") + fault.text, "utf-8")
        try:
            yield
        finally:
            if before is not None:
                path.write_text(before, "utf-8")
            elif made and made.is_dir():
                shutil.rmtree(made)
            else:
                path.unlink()


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> list[Copy]:
    return [Copy(tmp_path_factory.mktemp(f"copy{number}")) for number in range(2)]


@pytest.fixture(scope="module")
def untouched(copies: list[Copy]) -> tuple[int, Messages]:
    return copies[0].command()


@pytest.fixture(scope="module")
def answers(
    copies: list[Copy], untouched: tuple[int, Messages], request: pytest.FixtureRequest
) -> Iterator[dict[Fault, Future[tuple[int, Messages]]]]:
    """What bin/check says of the faults that this run asks for; two copies are looked at side by side."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    values = [
        spec.params.get("fault") for spec in specs if spec
    ]  # other files' tests have faults of their own
    asked = {value for value in values if isinstance(value, Fault)}
    waiting: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        waiting.put(copy)

    def answer(group: tuple[Fault, ...]) -> tuple[int, Messages]:
        copy = waiting.get()
        try:
            with ExitStack() as planted:
                for fault in group:
                    planted.enter_context(copy.with_fault(fault))
                return copy.command()
        finally:
            waiting.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        told = {group: pool.submit(answer, group) for group in GROUPS if asked & set(group)}
        yield {fault: future for group, future in told.items() for fault in group}


def _news(messages: Messages, before: Messages) -> Messages:
    """The messages that were not there before."""
    news = list(messages)
    for message in before:
        if message in news:
            news.remove(message)
    return news


def _is_told_once(fault: Fault, news: Messages) -> None:
    assert [rule for _, rule in news] == [fault.rule]
    assert news[0][0].startswith((fault.path, str(Path(fault.path).parent)))


def test_the_tree_as_it_is_has_no_fault(untouched: tuple[int, Messages]) -> None:
    assert untouched == (0, [])


@pytest.mark.parametrize("fault", PLANTED_BEFORE_THE_COMMAND, ids=lambda fault: fault.name.replace(" ", "-"))
def test_bin_check_tells_a_planted_fault_once(
    fault: Fault, answers: dict[Fault, Future[tuple[int, Messages]]], untouched: tuple[int, Messages]
) -> None:
    code, messages = answers[fault].result()
    assert code == 1
    news = _news(messages, untouched[1])
    (group,) = (group for group in GROUPS if fault in group)
    assert len(news) == len(group), news
    module = fault.path.removesuffix("/__init__.py").removesuffix(".py")
    assert [rule for where, rule in news if where.startswith(module) and rule == fault.rule] == [fault.rule]


@pytest.fixture(scope="module")
def reading_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="module")
def read_before(reading_copy: Copy) -> Messages:
    return reading_copy.readers()[1]


@pytest.mark.parametrize("fault", PLANTED_BEFORE_THE_READERS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_the_rules_tell_a_planted_fault_once(fault: Fault, reading_copy: Copy, read_before: Messages) -> None:
    with reading_copy.with_fault(fault):
        _, messages = reading_copy.readers()
    _is_told_once(fault, _news(messages, read_before))


@pytest.mark.parametrize(
    "rule", READERS, ids=lambda rule: f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"
)
def test_a_rule_that_sees_nothing_fails(rule: Rule, tmp_path: Path) -> None:
    (tmp_path / "colonnade").mkdir()
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text("", "utf-8")
    (tmp_path / ".importlinter").write_text(
        "[importlinter:contract:rooms]\nlayers =\n[importlinter:contract:inside-a-room]\ncontainers =\n",
        "utf-8",
    )
    findings, _ = judge(Tree(tmp_path), [rule])
    assert len(findings) == 1
    assert "proves nothing" in findings[0].message


def test_what_looks_like_a_write_but_is_none_is_let_pass(reading_copy: Copy, read_before: Messages) -> None:
    harmless = Fault(
        "no write",
        "",
        "colonnade/inbox/rules.py",
        """

def planted(image, digest, counts, cursor, response, rows):
    counts.update(a=1)
    counts.update({"b": 2})
    digest.update(b"x")
    image.save("picture.png", "PNG")
    response.delete("/rest/places/1")
    cursor.execute("SELECT updated_at FROM inbox_case WHERE deleted")
    rows.add(1)
    rows = {}
    rows.update(c=3)
""",
    )
    with reading_copy.with_fault(harmless):
        _, messages = reading_copy.readers()
    assert _news(messages, read_before) == []
