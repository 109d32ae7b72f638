"""Documents and pictures for paper and slides: PDF and PNG, set by Typst from a template of ours and plain values.

Values go in as data and never become markup, so nobody's words can do anything. A process of its own sets them (`child`):
its library and fonts take 60 to 100 MB and go away with it, and it can reach no network and write no file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Literal

Kind = Literal["pdf", "png"]

AT_ONCE, PATIENCE_S = 2, 20.0
_CHILD = Path(__file__).with_name("child.py")
_ROOM = BoundedSemaphore(AT_ONCE)


class NotPrinted(RuntimeError):
    """It could not be set: `busy` says that others are being set and it is worth trying again."""

    def __init__(self, why: str, *, busy: bool = False) -> None:
        super().__init__(why)
        self.busy = busy


def can_print() -> bool:
    """Whether this server has what sets documents."""
    return _where_typst_is() != ""


def printed(template: Path, told: Mapping[str, Any], *, kind: Kind, times: float = 1.0) -> bytes:
    """The document that `template` (a .typ file of ours) makes of the values in `told`, which it finds as `sys.inputs.told`
    in JSON: a PDF, or its first page as PNG with `times` as many pixels a side as its page has points. Raises NotPrinted.

    In a process of its own: 0.3 to 0.6 s and at most PATIENCE_S; two at once, others wait for their turn.
    """
    if not can_print():
        raise NotPrinted("typst is not installed")
    asked = {"template": template.read_text("utf-8"), "told": json.dumps(told), "kind": kind, "times": times}
    if not _ROOM.acquire(timeout=PATIENCE_S):
        raise NotPrinted("too much is being printed", busy=True)
    try:
        return _set(json.dumps(asked).encode())
    finally:
        _ROOM.release()


def families() -> frozenset[str]:
    """The families of letters that documents are set in on this machine. Raises NotPrinted."""
    found: list[str] = json.loads(_set(json.dumps({"kind": "families"}).encode()))
    return frozenset(found)


def _set(asked: bytes) -> bytes:
    command = [sys.executable, "-I", "-S", str(_CHILD), _where_typst_is()]
    try:
        done = subprocess.run(
            command,
            input=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"RAYON_NUM_THREADS": "1", **_where_letters_are()},
            cwd="/",
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotPrinted(f"it took longer than {PATIENCE_S:.0f} s") from None
    head, _, body = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:  # killed at one of its limits
        raise NotPrinted(f"its process ended with {done.returncode}")
    told = json.loads(head)
    if "refused" in told:
        raise NotPrinted(told["refused"])
    return body


def _where_letters_are() -> dict[str, str]:
    """Letters that somebody keeps for themselves are found through their home folder."""
    return {name: os.environ[name] for name in ("HOME", "XDG_DATA_HOME") if name in os.environ}


@cache
def _where_typst_is() -> str:
    spec = find_spec("typst")
    return "" if spec is None or spec.origin is None else str(Path(spec.origin).parents[1])
