"""The mark of HTML that has been through the one cleaner."""

from __future__ import annotations

from typing import Self


class SafeHtml(str):
    """HTML that may be put into a page as it is. Made by `clean` and `from_text`, and nowhere else.

    Templates show it without escaping (`__html__`); joined to other text it becomes plain `str` again and is escaped.
    `was_cut`: something was left out because the original was too long.
    """

    was_cut: bool = False

    def __html__(self) -> str:
        return self

    @classmethod
    def stored(cls, column: str) -> Self:
        """Mark what was read from a column into which only SafeHtml is ever written. It is not looked at again."""
        return cls(column)
