"""`colonnade doctor`: settings in plain words, and what is wrong with what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from colonnade import cli
from colonnade.cli import ground
from colonnade.cli.doctor import machine, world
from colonnade.core import db, events, secrets
from colonnade.core.models import Outbox
from colonnade.primitives import clock
from tests.doors.commands import colonnade, environment, refused


class Rang(events.Event, frozen=True, kw_only=True):
    bell: int


def _doctor(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = cli.main(["doctor", *arguments])
    return code, capsys.readouterr().out.splitlines()


@pytest.mark.django_db
def test_every_setting_is_printed_with_its_sentence_and_no_password(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, lines = _doctor(capsys)
    for variable, shown, _, sentence in settings.COLONNADE_SETTINGS:
        assert any(line.startswith(f"{variable} = {shown or '(empty)'}") for line in lines)
        assert f"    {sentence}" in lines


@pytest.mark.django_db
def test_a_sound_server_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    secrets.ring()
    _, lines = _doctor(capsys)
    text = "\n".join(lines)
    name = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    assert f"ok    {name} " in text
    assert "ok    The tables are up to date." in lines
    assert "ok    What is saved survives a power cut" in text
    assert "ok    The key ring holds " in text
    assert "note  The server does not run on this home folder." in lines
    assert "GB are free on the disk of" in text


@pytest.mark.django_db
def test_what_is_wrong_is_said_and_the_exit_code_is_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.ring()
    (home / "keys.json").chmod(0o644)
    try:
        code, lines = _doctor(capsys, "--wrong-only")
    finally:
        (home / "keys.json").chmod(0o600)
    assert code == 1
    assert lines == [
        f"wrong The key ring can be read by other users of this machine: chmod 600 {home / 'keys.json'}"
    ]


@pytest.mark.django_db
def test_a_stored_moment_in_the_future_tells_that_the_clock_was_set_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with db.act():
        events.announce(Rang(bell=1), subject="bell:1")
    with db.machinery():
        Outbox.objects.update(at_ms=clock.now_ms() + 90_000)
    code, lines = _doctor(capsys, "--wrong-only")
    assert code == 1
    assert any("s in the future: the clock was set back" in line for line in lines)


@pytest.mark.django_db
def test_a_running_server_without_a_worker_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ground.holding(home, "up"):
        code, lines = _doctor(capsys, "--wrong-only")
    assert code == 1
    assert any("No worker has been heard of" in line for line in lines)


def test_a_clock_from_before_the_program_is_told() -> None:
    with clock.stopped_at(clock.now() - timedelta(days=365 * 40)):
        (finding,) = machine.time()
    assert finding.state == "wrong"
    assert "set it" in finding.sentence


@pytest.fixture
def broken_ring(tmp_path: Path) -> Iterator[Path]:
    before = settings.COLONNADE_HOME
    settings.COLONNADE_HOME = tmp_path
    (tmp_path / "keys.json").write_text("{")
    yield tmp_path
    settings.COLONNADE_HOME = before


def test_a_key_ring_that_cannot_be_read_is_told(broken_ring: Path) -> None:
    (finding,) = machine.key_ring(broken_ring)
    assert finding.state == "wrong"
    assert "restore it from a backup" in finding.sentence


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: (10**12, 10**12 - 10**8, 10**8))
    (finding,) = machine.disk(tmp_path, None)
    assert finding.state == "wrong"
    assert "Only 0.1 GB of 1000.0 GB are free" in finding.sentence


@pytest.mark.parametrize(
    ("public", "host", "states"),
    [
        ("https://talk.example.org", "127.0.0.1", ["ok"]),
        ("https://talk.example.org", "0.0.0.0", ["ok", "note"]),
        ("http://127.0.0.1:8470", "127.0.0.1", ["note"]),
        ("http://talk.example.org", "0.0.0.0", ["wrong"]),
    ],
)
def test_how_people_reach_the_server_is_judged(
    monkeypatch: pytest.MonkeyPatch, public: str, host: str, states: list[str]
) -> None:
    monkeypatch.setattr(settings, "COLONNADE_PUBLIC_URL", public)
    monkeypatch.setattr(settings, "COLONNADE_HOST", host)
    assert [finding.state for finding in world.reached(settings)] == states


def test_private_hosts_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "COLONNADE_ALLOW_PRIVATE_HOSTS", ("10.0.0.0/8", "wiki.example"))
    (finding,) = world.private_hosts(settings)
    assert finding.sentence == "Inside your own walls Colonnade may fetch from: 10.0.0.0/8, wiki.example."


@pytest.mark.corpora
def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = colonnade(environment(home), "doctor").stdout
    assert "There is no database yet" in said
    assert said.rstrip().endswith("All is well.")
    assert not (home / "colonnade.db").exists()


@pytest.mark.corpora
def test_a_setting_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    said = refused(colonnade(environment(tmp_path, COLONNADE_PORT="-3"), "doctor", check=False))
    assert said.startswith("COLONNADE_PORT is '-3'")


@pytest.mark.corpora
def test_a_database_that_is_away_is_wrong_and_its_password_stays_unsaid(tmp_path: Path) -> None:
    url = "postgresql://colonnade:opensesame@127.0.0.1:1/colonnade"
    ran = colonnade(environment(tmp_path, COLONNADE_DATABASE_URL=url), "doctor", check=False)
    assert ran.returncode == 1
    assert "wrong The database does not answer" in ran.stdout
    assert "opensesame" not in ran.stdout + ran.stderr


@pytest.mark.corpora
def test_migrations_that_were_not_applied_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "colonnade.db").touch()
    os.truncate(tmp_path / "colonnade.db", 0)
    import sqlite3

    with sqlite3.connect(tmp_path / "colonnade.db") as database:
        database.execute("CREATE TABLE something (id)")
    database.close()
    ran = colonnade(environment(tmp_path), "doctor", "--wrong-only", check=False)
    assert ran.returncode == 1
    assert "have not been applied: run `colonnade migrate`" in ran.stdout
