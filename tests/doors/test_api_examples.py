"""What the guide to the API tells people to type is typed here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from colonnade.conversations import actions as conversations
from colonnade.conversations import queries as conversation_queries
from colonnade.deliveries.models import Delivery
from colonnade.inbox import actions as inbox
from colonnade.listening import actions as listening
from colonnade.networks import base
from colonnade.places import actions as places
from tests.doors.programs import Program
from tests.world import World

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]

CHECKOUT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_BEFORE = """
set -euo pipefail
curl() { command curl --fail-with-body --silent --show-error --max-time 60 "$@"; echo; }
"""


def typed(document: str) -> str:
    """The commands of a document, one after the other."""
    return "\n".join(_BLOCK.findall((CHECKOUT / document).read_text("utf-8")))


def run(commands: str, environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", _BEFORE + commands],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_the_examples_of_the_guide_work(
    live_server: Any, child_environment: dict[str, str], tmp_path: Path
) -> None:
    world = World.make()
    account = places.add_account(
        "pretend",
        "pretend://town",
        name="Port Alder",
        credentials={},
        identity=base.Author(network="pretend", address="harbour@town"),
    )
    (post,) = conversations.receive(account, [world.incoming("Is the ferry late?")]).posts
    there = conversation_queries.conversation_by_id(conversation_queries.said_of([post])[0].conversation)
    inbox.reply(inbox.open_case(there), "No", by=world.ana, undo_s=600)
    watch = listening.add_watch("Ferry", "ferry", by=world.ana)
    listening.catch_stored(watch, [post])
    names = {
        "ADDRESS": live_server.url,
        "TOKEN": Program(world.ana, "read", "write", "cases").token,
        "ADMIN_TOKEN": Program(world.ines, "admin").token,
        "PLACE": str(world.town.pk),
        "CONVERSATION": str(world.start(world.town, "The ferry is late", by=world.okafor)[0].pk),
        "CASE": str(inbox.ask(world.questions, name="", text="When?", ip_or_key="x").case.pk),
        "DELIVERY": str(Delivery.objects.get().pk),
        "WATCH": str(watch.pk),
        "MENTION": str(post),
    }
    commands = typed("docs/guides/api.md")
    assert commands.count("curl") >= 25
    told = run(commands, {**child_environment, **names}, tmp_path)
    assert '"state": "solved"' in told
    assert '"state": "recalled"' in told
