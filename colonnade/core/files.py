"""Files by their content: stored once under the SHA-256 of their bytes, handed out by short-lived signed tokens.

`HOME/files/ab/cd/abcd…`; a file is complete and synced to the disk before it has its name. What a file means, and who
may see it, is the business of the room that keeps its digest.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import io
import os
import re
import secrets as random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from colonnade.core import points, secrets
from colonnade.primitives import clock

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_PIECE = 256 * 1024
UNNAMED_S = 3600.0
_named: list[Callable[[str], bool]] = []


class TooLarge(ValueError):
    """The file is larger than allowed; nothing of it was kept."""


def _root() -> Path:
    root: Path = settings.COLONNADE_HOME / "files"
    return root


def path_of(digest: str) -> Path:
    """Where the file with this digest lies, if it does. ValueError for what is no digest."""
    if not _DIGEST.match(digest):
        raise ValueError("a digest is 64 lower-case hexadecimal digits")
    return _root() / digest[:2] / digest[2:4] / digest


def put(source: bytes | BinaryIO, max_bytes: int) -> str:
    """Store bytes or a stream of at most `max_bytes` and return the digest; the same bytes are stored once.

    `TooLarge` as soon as there is more, OSError when the disk does not take it; either way nothing remains.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    passing = _root() / "passing"
    passing.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = passing / random.token_hex(16)
    try:
        digest = _copy(stream, draft, max_bytes)
        target = path_of(digest)
        if not _touched(target):
            _make_folders(target.parent)
            points.reach("files.before-rename")
            os.replace(draft, target)
            _sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)
    return digest


def _touched(target: Path) -> bool:
    """Whether it is there already; then it counts as new, since who stored it again is about to name it."""
    try:
        os.utime(target, (clock.now_s(), clock.now_s()))
    except FileNotFoundError:
        return False
    return True


def _copy(stream: BinaryIO, draft: Path, max_bytes: int) -> str:
    hasher, size = hashlib.sha256(), 0
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > max_bytes:
                raise TooLarge(f"The file is larger than {max_bytes} bytes.")
            hasher.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return hasher.hexdigest()


def _make_folders(folder: Path) -> None:
    if folder.exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sync_folder(folder.parent)
    _sync_folder(folder.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open(digest: str) -> BinaryIO:  # noqa: A001
    """The stored file, to read. FileNotFoundError when it is not there, ValueError for what is no digest."""
    return path_of(digest).open("rb")


def exists(digest: str) -> bool:
    """Whether the file is there."""
    return path_of(digest).is_file()


def size_of(digest: str) -> int:
    """Its size in bytes. FileNotFoundError when it is not there."""
    return path_of(digest).stat().st_size


def remove(digest: str) -> None:
    """Delete the file; nothing happens when it is gone already. Only once no row names its digest any more."""
    path_of(digest).unlink(missing_ok=True)


def named_by(asks: Callable[[str], bool]) -> None:
    """A room says at start how it is asked whether any row of its own names a digest."""
    if asks not in _named:
        _named.append(asks)


def remove_unnamed(digest: str) -> bool:
    """Delete the file if no room names it any more; whether it went. One that was stored within the last hour stays, since its
    row may not be written yet: it is looked at again by whoever lets go of it next."""
    path = path_of(digest)
    if any(asks(digest) for asks in _named) or not path.exists():
        return False
    aside = _root() / "passing" / random.token_hex(16)
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.rename(path, aside)
        if aside.stat().st_mtime > clock.now_s() - UNNAMED_S or any(asks(digest) for asks in _named):
            os.replace(aside, path)
            return False
        aside.unlink()
        return True
    return False


def clear_passing(older_than_s: float = 24 * 3600) -> int:
    """Delete what a process left half written when it died; returns how many."""
    count, before = 0, clock.now_s() - older_than_s
    with contextlib.suppress(FileNotFoundError):
        for draft in (_root() / "passing").iterdir():
            if draft.stat().st_mtime < before:
                draft.unlink(missing_ok=True)
                count += 1
    return count


def sign(digest: str, seconds: int) -> str:
    """A token for the address of a file, good for so many seconds; for whoever has passed the check of visibility."""
    path_of(digest)
    ends = int(clock.now_s()) + seconds
    head = bytes.fromhex(secrets.ring().current) + ends.to_bytes(6, "big") + bytes.fromhex(digest)
    return urlsafe_b64encode(head + _mac(head)).decode().rstrip("=")


def unsign(token: str) -> str | None:
    """The digest of a token that is genuine and not too old, otherwise None."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        head, mac = raw[:46], raw[46:]
        genuine = len(head) == 46 and hmac.compare_digest(mac, _mac(head))
    except (ValueError, KeyError):
        return None
    if not genuine or int.from_bytes(head[8:14], "big") < clock.now_s():
        return None
    return head[14:].hex()


def _mac(head: bytes) -> bytes:
    return hmac.digest(secrets.derived("files", head[:8].hex()), head, hashlib.sha256)[:20]
