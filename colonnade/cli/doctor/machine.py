"""The machine: Python, home folder, disk, clock, memory for streams."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from colonnade.cli.doctor.finding import Finding, note, well, wrong
from colonnade.primitives import clock

_LEAST_FREE_BYTES = 1_000_000_000
_LEAST_FREE_SHARE = 0.05
_LEAST_OPEN_FILES = 4096
_LETTERS = (
    ("letters without serifs", "fonts-noto-core", ("Noto Sans", "DejaVu Sans", "Liberation Sans")),
    (
        "Chinese, Japanese and Korean",
        "fonts-noto-cjk",
        ("Noto Sans CJK", "Noto Serif CJK", "Source Han", "WenQuanYi"),
    ),
    ("emoji", "fonts-noto-color-emoji", ("Noto Color Emoji",)),
)
"""What writing wants, the Debian package that has it, and how families begin that will do."""
_BUILT = datetime(2025, 1, 1, tzinfo=UTC)


def python() -> Iterator[Finding]:
    """The Python that runs this."""
    yield well(f"Python {platform.python_version()} on {platform.system()}.")


def documents() -> Iterator[Finding]:
    """What sets PDF and PNG, and the letters that it finds."""
    from colonnade.core import paper

    if not paper.can_print():
        yield note("PDF and PNG are left out: the package typst is missing (pip install typst).")
        return
    try:
        families = paper.families()
    except paper.NotPrinted as why:
        yield wrong(f"PDF and PNG cannot be made: {why}.")
        return
    missing = [
        (what, package) for what, package, names in _LETTERS if not any(_has(families, one) for one in names)
    ]
    if not missing:
        yield well("PDF and PNG can be made, with letters of every large script.")
        return
    told = ", ".join(what for what, _ in missing)
    packages = " ".join(package for _, package in missing)
    yield note(f"PDF and PNG can be made, but without {told}: apt-get install {packages}.")


def _has(families: frozenset[str], name: str) -> bool:
    return any(one.startswith(name) for one in families)


def home(folder: Path) -> Iterator[Finding]:
    """The home folder and the keys in it."""
    if not os.access(folder, os.W_OK | os.X_OK):
        yield wrong(f"The home folder {folder} cannot be written: give it to the user that runs Colonnade.")
        return
    yield well(f"The home folder {folder} can be written.")
    yield from _private(folder, "The home folder")
    for name, what in (("secret_key", "The secret key"), ("keys.json", "The key ring")):
        if (folder / name).exists():
            yield from _private(folder / name, what)


def _private(path: Path, what: str) -> Iterator[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        wanted = "700" if path.is_dir() else "600"
        yield wrong(f"{what} can be read by other users of this machine: chmod {wanted} {path}")


def key_ring(folder: Path) -> Iterator[Finding]:
    """Whether stored secrets can be opened."""
    from colonnade.core import secrets

    if not (folder / "keys.json").exists():
        yield note("There is no key ring yet; the first start makes it.")
        return
    try:
        ring = secrets.ring()
    except (OSError, ValueError) as fault:
        yield wrong(
            f"The key ring {folder / 'keys.json'} cannot be read ({fault}): restore it from a backup's keys."
        )
        return
    if ring.key(ring.current) is None:
        yield wrong("The key ring lacks the key that it names as current: restore it from a backup's keys.")
        return
    count = len(ring.keys)
    yield well(f"The key ring holds {count} key{'s' if count > 1 else ''}.")


def disk(folder: Path, database: Path | None) -> Iterator[Finding]:
    """Room on the disks that are written to."""
    places = {folder, *([database.parent] if database is not None else [])}
    for place in sorted(places):
        if not place.exists():
            continue
        total, _, free = shutil.disk_usage(place)
        said = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB are free on the disk of {place}"
        if free < _LEAST_FREE_BYTES or (free < _LEAST_FREE_SHARE * total and free < 10 * _LEAST_FREE_BYTES):
            yield wrong(f"Only {said}: make room.")
        else:
            yield well(f"{said}.")


def time() -> Iterator[Finding]:
    """The clock, as far as this machine alone can tell."""
    now = clock.now()
    if now < _BUILT:
        yield wrong(
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, which is before this program was written: set it."
        )
    else:
        yield well(f"The clock says {now:%Y-%m-%d %H:%M:%S} UTC.")


def open_files() -> Iterator[Finding]:
    """How many streams the system lets one process hold."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < _LEAST_OPEN_FILES:
        yield note(
            f"The system allows {hard} open files a process, so as many browsers can be connected: ulimit -n."
        )
