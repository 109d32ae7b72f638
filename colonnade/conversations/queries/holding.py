"""In which conversations a viewer may see anything at all, as one condition that every list and number of the desk asks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, Func

from colonnade.access.types import Viewer


class HoldsSeen(Func):
    """Whether a conversation holds anything at all in the scopes that a viewer sees, as a condition about the column with
    its id: `rows.filter(HoldsSeen("conversation", viewer))`.

    Blocks and mutes are not asked: it is meant for the desk, which they do not bind. Written out, since every list and
    number of the desk asks it: composing it from models took longer than asking.
    """

    output_field = BooleanField()

    def __init__(self, conversation: str, viewer: Viewer) -> None:
        super().__init__(conversation)
        self.viewer = viewer

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **_: Any
    ) -> tuple[str, list[Any]]:
        """The condition and its parameters."""
        column, values = compiler.compile(self.get_source_expressions()[0])
        sql, seen = holds_seen(self.viewer, column)
        return sql, [*values, *seen]


def holds_seen(viewer: Viewer, column: str) -> tuple[str, list[int]]:
    """`HoldsSeen` as SQL about a column, and its parameters, for statements that are written out themselves."""
    if not viewer.audiences or viewer.ceiling == frozenset():
        return "0 = 1", []
    sql = (
        "EXISTS (SELECT 1 FROM conversations_conversationcount k JOIN places_scope s ON s.id = k.scope_id"
        f" WHERE k.conversation_id = {column} AND k.posts > 0 AND s.audience_id IN ({_marks(viewer.audiences)})"
    )
    values = sorted(viewer.audiences)
    if viewer.ceiling is None:
        return f"{sql})", values
    within = sorted(viewer.ceiling)
    return f"{sql} AND s.place_id IN ({_marks(within)}))", [*values, *within]


def _marks(values: Collection[int]) -> str:
    return ", ".join(["%s"] * len(values))
