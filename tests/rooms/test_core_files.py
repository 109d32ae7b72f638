"""Files: stored once by their content, whole or not at all, handed out by tokens that end."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from colonnade.core import files, points
from colonnade.primitives import clock

MORNING = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
TIMETABLE = b"06:40 07:10 07:40"
DIGEST = hashlib.sha256(TIMETABLE).hexdigest()


def everything(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _empty(home: Path) -> None:
    for path in everything(home):
        path.unlink()


def test_bytes_are_stored_under_their_digest_and_read_back(home: Path) -> None:
    assert files.put(TIMETABLE, 100) == DIGEST
    assert files.put(io.BytesIO(TIMETABLE), 100) == DIGEST
    assert everything(home) == [home / "files" / DIGEST[:2] / DIGEST[2:4] / DIGEST]
    with files.open(DIGEST) as file:
        assert file.read() == TIMETABLE
    assert files.size_of(DIGEST) == len(TIMETABLE)
    assert stat.S_IMODE(files.path_of(DIGEST).stat().st_mode) == 0o600


def test_a_file_that_is_too_large_leaves_nothing(home: Path) -> None:
    with pytest.raises(files.TooLarge):
        files.put(io.BytesIO(b"x" * 1_000_001), 1_000_000)
    assert files.put(b"x" * 1_000_000, 1_000_000)
    assert len(everything(home)) == 1


def test_a_stream_that_breaks_leaves_nothing(home: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the cable")

    with pytest.raises(OSError, match="the cable"):
        files.put(Broken(), 100)
    assert everything(home) == []


def test_a_file_has_its_name_only_once_it_is_whole(home: Path) -> None:
    seen: list[bool] = []

    def look(name: str) -> None:
        if name == "files.before-rename":
            seen.append(files.exists(DIGEST))

    points.install(look)
    try:
        files.put(TIMETABLE, 100)
    finally:
        points.install(None)
    assert seen == [False]
    assert files.exists(DIGEST)


def test_removing_twice_is_no_error() -> None:
    files.put(TIMETABLE, 100)
    files.remove(DIGEST)
    files.remove(DIGEST)
    assert not files.exists(DIGEST)
    with pytest.raises(FileNotFoundError):
        files.open(DIGEST)


@pytest.mark.parametrize(
    "name", ["", "../keys.json", "a" * 63, "A" * 64, DIGEST + "\n", "../" * 20 + "a" * 4]
)
def test_what_is_no_digest_names_no_file(name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        files.open(name)


def test_what_was_left_half_written_is_cleared_away(home: Path) -> None:
    files.put(TIMETABLE, 100)
    left = home / "files" / "passing" / "dead"
    left.write_bytes(b"half")
    with clock.stopped_at(MORNING):
        os.utime(left, (clock.now_s() - 90_000,) * 2)
        assert files.clear_passing() == 1
    assert not left.exists()


def test_a_token_names_its_file_until_it_ends() -> None:
    with clock.stopped_at(MORNING) as move:
        token = files.sign(DIGEST, 60)
        assert files.unsign(token) == DIGEST
        move(59)
        assert files.unsign(token) == DIGEST
        move(2)
        assert files.unsign(token) is None


def test_a_changed_token_names_nothing() -> None:
    token = files.sign(DIGEST, 60)
    for at in range(0, len(token), 5):
        other = "A" if token[at] != "A" else "B"
        assert files.unsign(token[:at] + other + token[at + 1 :]) is None
    assert files.unsign("") is None
    assert files.unsign("ü") is None
    assert files.unsign(token + "AAAA") is None
