"""The key ring: a file in the home folder, for its owner alone."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets as random
import threading
from pathlib import Path

import msgspec
from django.conf import settings

# The bytes of a key's id.
ID_BYTES = 8


class Ring(msgspec.Struct, frozen=True):
    """The key ring: the id of the key that new things are encrypted with, and every key (base64) by its id (hex)."""

    current: str
    keys: dict[str, str]

    def key(self, key_id: str) -> bytes | None:
        text = self.keys.get(key_id)
        return None if text is None else base64.b64decode(text)


_lock = threading.Lock()
_cached: tuple[tuple[Path, int, int], Ring] | None = None


def _path() -> Path:
    path: Path = settings.COLONNADE_HOME / "keys.json"
    return path


def ring() -> Ring:
    """The ring as it lies in the home folder; made with one key where there is none, read anew when it has changed."""
    global _cached
    path = _path()
    with _lock:
        if not path.exists():
            _write(_with_new_key(None), only_if_absent=True)
        state = path.stat()
        seen = (path, state.st_mtime_ns, state.st_ino)
        if _cached is None or _cached[0] != seen:
            _cached = (seen, msgspec.json.decode(path.read_bytes(), type=Ring))
        return _cached[1]


def _with_new_key(old: Ring | None) -> Ring:
    new = random.token_hex(ID_BYTES)
    made = {new: base64.b64encode(random.token_bytes(32)).decode()}
    return Ring(current=new, keys={**(old.keys if old else {}), **made})


def _write(new: Ring, *, only_if_absent: bool = False) -> None:
    path = _path()
    draft = path.with_name(f".keys.{os.getpid()}.{random.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(json.dumps(msgspec.to_builtins(new), indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    if only_if_absent:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # whoever comes first; processes that start together end with one ring
        draft.unlink()
    else:
        os.replace(draft, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def rotate() -> str:
    """Add a key and encrypt with it from now on; returns its id. `reencrypt()` then writes old ciphertexts anew."""
    global _cached
    new = _with_new_key(ring())
    with _lock:
        _write(new)
        _cached = None
    return new.current


def derived(purpose: str, key_id: str = "") -> bytes:
    """32 bytes for one purpose, derived from a key of the ring (the current one unless named), never stored.

    KeyError when the ring lacks the key.
    """
    held = ring()
    key = held.key(key_id or held.current)
    if key is None:
        raise KeyError(key_id)
    return hmac.digest(key, b"colonnade:" + purpose.encode(), hashlib.sha256)
