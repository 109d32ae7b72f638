"""`colonnade up`: real processes, started, killed and stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from colonnade.cli import ground
from tests.doors.commands import (
    Server,
    colonnade,
    environment,
    free_port,
    is_alive,
    refused,
    wait_until_gone,
)

# Each has an SQLite home of its own and touches no test database, so once is enough.
pytestmark = pytest.mark.corpora


@pytest.fixture
def env(tmp_path: Path, migrated: Path) -> dict[str, str]:
    """A home folder of this test alone."""
    shutil.copytree(migrated, tmp_path / "home")
    return environment(tmp_path / "home", COLONNADE_PORT="0")


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def begin(env: dict[str, str], *arguments: str) -> Server:
        servers.append(Server(env, *arguments))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


def test_it_names_its_steps_with_seconds_and_then_its_address_and_ends_cleanly(
    start: Callable[..., Server], env: dict[str, str]
) -> None:
    server = start(env).up()
    assert [line.split("  ")[0] for line in server.said[:-1]] == [
        "Settings and rooms",
        "Pages and push",
        "Worker",
    ]
    assert all(line.endswith(" s") for line in server.said[:-1])
    assert server.said[-1] == f"Colonnade is at http://127.0.0.1:{server.port}  (Ctrl-C stops it)"
    assert server.get("/healthz") == (200, b'{"status":"alive"}')
    assert server.get("/")[0] == 200
    below = server.children
    assert len(below) == 2
    assert server.stop() == 0
    assert [pid for pid in below if is_alive(pid)] == []


def test_a_new_home_is_made_and_migrated_and_found_again(
    start: Callable[..., Server], tmp_path: Path
) -> None:
    env = environment(tmp_path / "new", COLONNADE_PORT="0")
    first = start(env).up()
    assert any(line.startswith("Migrations ") for line in first.said)
    assert not (tmp_path / "new" / "backups").exists(), "there was nothing to back up"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert first.stop(signal.SIGTERM) == 0
    again = start(env).up()
    assert not any(line.startswith("Migrations ") for line in again.said)
    assert again.get("/")[0] == 200


def test_a_backup_is_made_before_pending_migrations(
    start: Callable[..., Server], env: dict[str, str]
) -> None:
    home = Path(env["COLONNADE_HOME"])
    with sqlite3.connect(home / "colonnade.db") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'workspace'")
        for (table,) in database.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'workspace_%' AND type = 'table'"
        ).fetchall():
            database.execute(f'DROP TABLE "{table}"')
    database.close()
    server = start(env).up()
    steps = [line.split("  ")[0] for line in server.said]
    assert steps.index("Backup before migrations") < next(
        at for at, name in enumerate(steps) if name.startswith("Migration")
    )
    (kept,) = [path for path in (home / "backups").iterdir() if path.suffix == ".tar"]
    assert any(str(kept) in line for line in server.said)


def test_a_busy_port_is_told_in_one_sentence(env: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refused(colonnade(env, "up", "--port", str(port), check=False))
    assert said == f"Port {port} is in use by another program: choose another with --port or COLONNADE_PORT."


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("COLONNADE_PORT", "seventy", "COLONNADE_PORT is 'seventy'"),
        ("COLONNADE_HOST", "198.51.100.7", "no address of this machine"),
        ("COLONNADE_HOST", "no such host.example", "COLONNADE_HOST is"),
        ("COLONNADE_HOME", "/dev/null/colonnade", "cannot make its home folder"),
        ("COLONNADE_DATABASE_URL", "mysql://x", "COLONNADE_DATABASE_URL is"),
        ("COLONNADE_DATABASE_URL", "postgresql://127.0.0.1:1/nothing", "The database does not answer"),
    ],
)
def test_what_it_cannot_use_is_told_in_one_sentence(
    env: dict[str, str], setting: str, value: str, said: str
) -> None:
    ran = colonnade({**env, setting: value}, "up", check=False)
    assert said in refused(ran)


def test_a_python_it_was_not_made_for_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from colonnade import cli

    monkeypatch.setattr("colonnade.cli.OLDEST_PYTHON", (3, 99))
    monkeypatch.setattr("colonnade.cli.NEWEST_PYTHON", (4, 0))
    assert cli.main(["up"]) == 1
    assert "Colonnade needs Python 3.99 to 4.0, and this is 3." in capsys.readouterr().err


def test_one_home_folder_has_one_server(start: Callable[..., Server], env: dict[str, str]) -> None:
    server = start(env).up()
    home = Path(env["COLONNADE_HOME"])
    said = refused(colonnade(env, "up", check=False))
    assert f"in use by `colonnade up` (process {server.process.pid})" in said
    assert "in use by" in refused(colonnade(env, "restore", "backup.tar", check=False))
    assert ground.is_held(home)
    server.process.kill()
    server.process.wait(10)
    assert not ground.is_held(home), "the lock ends with its process, however it ends"


@pytest.mark.parametrize("split", [False, True])
def test_no_process_outlives_a_supervisor_that_was_killed(
    start: Callable[..., Server], env: dict[str, str], split: bool
) -> None:
    port = free_port()
    server = start({**env, "COLONNADE_PORT": str(port)}, *(["--split"] if split else [])).up()
    assert server.port == port
    if split:
        assert server.said[-1].endswith(f"push at http://127.0.0.1:{port + 1}/live  (Ctrl-C stops it)")
        assert server.get("/")[0] == 200
        assert server.get("/healthz", port + 1) == (200, b'{"status":"alive"}')
        assert server.get("/", port + 1)[0] == 404
        assert server.get("/live", port + 1)[0] == 400
    below = server.children
    assert len(below) == (4 if split else 2)
    server.process.kill()
    server.process.wait(10)
    for pid in below:
        wait_until_gone(pid)


def test_a_process_that_died_is_started_again(start: Callable[..., Server], env: dict[str, str]) -> None:
    server = start(env).up()
    for kind, name in (("live", "web"), ("worker", "worker")):
        before = server.child(kind)
        os.kill(before, signal.SIGKILL)
        # The port stays open meanwhile: whoever comes waits instead of being refused.
        assert server.child(kind, other_than=before) != before
        assert server.get("/healthz")[0] == 200
        assert server.process.stderr is not None
        said = server.process.stderr.readline()
        assert said == f"The {name} process ended (SIGKILL); it starts again in 0.2 s.\n"
    assert server.get("/")[0] == 200
    assert server.stop() == 0


def test_ctrl_c_twice_kills_what_does_not_end(start: Callable[..., Server], env: dict[str, str]) -> None:
    server = start(env).up()
    worker = server.child("worker")
    os.kill(worker, signal.SIGSTOP)  # it hears nothing any more
    server.process.send_signal(signal.SIGINT)
    live = [pid for pid in server.children if pid != worker]
    for pid in live:
        wait_until_gone(pid)
    assert server.process.poll() is None
    assert server.stop() == 1
    assert not is_alive(worker)


def test_the_demo_is_a_town_and_does_not_mix_with_real_people(
    start: Callable[..., Server], env: dict[str, str], tmp_path: Path, migrated: Path
) -> None:
    server = start(env, "--demo").up()
    assert any("Sign in as ana@portalder.example with the password ferry-" in line for line in server.said)
    assert server.stop() == 0
    posts = _posts(env)
    assert posts > 0
    start(env, "--demo").up().stop()
    assert _posts(env) >= posts
    real = environment(tmp_path / "real", COLONNADE_PORT="0")
    shutil.copytree(migrated, tmp_path / "real")
    colonnade(real, "owner", "--email", "ines@example.org", "--password-stdin", stdin="the old bridge\n")
    assert "does not mix" in refused(colonnade(real, "up", "--demo", check=False))


def _posts(env: dict[str, str]) -> int:
    database = sqlite3.connect(Path(env["COLONNADE_HOME"]) / "colonnade.db")
    try:
        return int(database.execute("SELECT count(*) FROM conversations_post").fetchone()[0])
    finally:
        database.close()
