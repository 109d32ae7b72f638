"""The process that sets a document: `python -I -S child.py FOLDER-OF-TYPST`.

What to set comes in as JSON on the standard input (`template`, `told`, `kind`, `times`, or `kind` "families" alone). What
goes out is one line of JSON (`done`, or `refused` with the reason) and the bytes. It imports nothing of ours, so that it
starts quickly and has nothing to give away.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY_BYTES = 2048 * 1024 * 1024
SECONDS = 15
POINTS_AN_INCH = 72


def main() -> int:
    """Read, set, tell."""
    sys.path.append(sys.argv[1])
    limit()
    try:
        body, told = made(json.loads(sys.stdin.buffer.read())), {"done": ""}
    except Exception as why:
        body, told = b"", {"refused": str(why)[:500]}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
    return 0


def limit() -> None:
    """No more memory and time than a long document needs, no file, no core."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def made(asked: dict[str, Any]) -> bytes:
    """What is asked for. Raises whatever Typst raises."""
    import typst

    letters = typst.Fonts()
    if asked["kind"] == "families":
        return json.dumps(letters.families()).encode()
    found: Any = typst.compile(
        asked["template"].encode(),
        root=str(Path(__file__).parent),  # it reads no file: what it needs stands in `told`
        font_paths=letters,
        format=asked["kind"],
        ppi=POINTS_AN_INCH * asked["times"],
        sys_inputs={"told": asked["told"]},
    )
    return found[0] if isinstance(found, list) else found or b""


if __name__ == "__main__":
    sys.exit(main())
