"""How far a stream has told its browser, as an opaque word.

It stands for a `seq` of the outbox. The number itself never leaves: its gaps would tell how much happens in
private. The same number is sealed to another word each time, so that not even "nothing happened" can be read.
"""

from __future__ import annotations

from colonnade.core.push import sealing

_PURPOSE = "cursor"
_BYTES = 8
LONGEST = 100  # letters; a sealed cursor has 48


def seal(seq: int) -> str:
    """An opaque word for "everything up to `seq` is known"."""
    return sealing.seal(_PURPOSE, seq.to_bytes(_BYTES, "big"))


def open_(cursor: str) -> int | None:
    """The `seq` in a cursor, or None if it is none of ours."""
    if len(cursor) > LONGEST:
        return None
    plain = sealing.unseal(_PURPOSE, cursor)
    return int.from_bytes(plain, "big") if plain is not None else None
