"""What the README tells its reader to type works when it is typed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doors.commands import CHECKOUT, Server, environment

# The demo keeps an SQLite home of its own and touches no test database, so once is enough.
pytestmark = pytest.mark.corpora

README = (CHECKOUT / "README.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8470"


def block_under(heading: str) -> str:
    """The first block of shell commands under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.search(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert found, f"The README has no commands under “{heading}”."
    return found.group(1)


def commands_of(block: str) -> list[str]:
    """Its commands, each with the lines that a backslash joins to it."""
    return [line for line in block.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to type in, with a `colonnade` command beside it."""
    programs, typed_in = tmp_path / "bin", tmp_path / "here"
    programs.mkdir()
    typed_in.mkdir()
    command = programs / "colonnade"
    command.write_text(
        f"#!{sys.executable}\nimport sys\nfrom colonnade.cli import main\nsys.exit(main())\n", "utf-8"
    )
    command.chmod(0o755)
    return typed_in


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Server]:
    """`colonnade up --demo` on a home folder of its own."""
    server = Server(environment(tmp_path / "home"), "--demo", "--port", "0")
    try:
        yield server.up()
    finally:
        server.close()


def test_the_two_commands_are_there_and_can_be_run() -> None:
    named = re.findall(r"^(bin/\w+)", block_under("Two commands"), re.MULTILINE)
    assert named == ["bin/dev", "bin/test"]
    for name in named:
        assert os.access(CHECKOUT / name, os.X_OK), name


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_what_stands_under_from_a_program_is_answered(demo: Server, folder: Path) -> None:
    here = f"http://127.0.0.1:{demo.port}"
    env = environment(folder.parent / "home")
    env["PATH"] = f"{folder.parent / 'bin'}{os.pathsep}{env['PATH']}"

    def typed(command: str) -> str:
        ran = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    token, *asked = commands_of(block_under("From a program"))
    assert token.startswith("colonnade token ")
    assert typed(token) == "", "the token goes into a file"
    assert len(asked) >= 3
    space, answers = "", []
    for command in asked:
        assert command.startswith("curl "), command
        assert ADDRESS in command, command
        answered = typed(command.replace("curl ", "curl --silent --show-error --fail ", 1)
                         .replace(ADDRESS, here).replace("PLACE", space))  # fmt: skip
        answers.append(json.loads(answered))
        for place in answers[-1].get("places", ()):
            space = space or (place["id"] if place["kind"] == "space" else "")
    found = answers[1]["posts"]
    assert found, "the search finds something in the demo"
    assert all("ferry" in f"{post['title']} {post['text']}".casefold() for post in found)
    assert answers[2]["text"] == "The first boat is full."
