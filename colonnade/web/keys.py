"""The keys: one list, shown by `?` and written down in docs/guides/keys.md (a test compares them)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Key:
    """Keys to press, together or one of them, and what they do."""

    keys: tuple[str, ...]
    does: Words


@dataclass(frozen=True, slots=True)
class Group:
    """Keys that belong together."""

    name: Words
    keys: tuple[Key, ...]


KEYS = (
    Group(
        _("Everywhere"),
        (
            Key(("Ctrl", "K"), _("Find or do anything")),
            Key(("/",), _("Search")),
            Key(("?",), _("Show these keys")),
            Key(("Esc",), _("Close, or leave the field")),
        ),
    ),
    Group(
        _("Lists"),
        (
            Key(("j",), _("Next")),
            Key(("k",), _("Back")),
            Key(("Enter",), _("Open")),
            Key(("a",), _("Approve, where something waits for approval")),
        ),
    ),
    Group(
        _("A case"),
        (
            Key(("r",), _("Answer")),
            Key(("n",), _("Write a note")),
            Key(("h",), _("Hand over")),
            Key(("x",), _("Choose it, among several")),
            Key(("e",), _("Solve")),
            Key(("Ctrl", "Enter"), _("Send")),
        ),
    ),
    Group(
        _("A mention"),
        (
            Key(("y",), _("It is what we look for")),
            Key(("n",), _("It is not")),
            Key(("-", "0", "+"), _("It reads negative, neutral, positive")),
            Key(("e",), _("Done")),
            Key(("x",), _("Choose it, among several")),
        ),
    ),
    Group(
        _("An alert"),
        (
            Key(("u",), _("It was useful")),
            Key(("n",), _("It was noise")),
        ),
    ),
    Group(
        _("Columns"),
        (
            Key(("Alt", "←"), _("Move the column to the left")),
            Key(("Alt", "→"), _("Move the column to the right")),
        ),
    ),
    Group(
        _("The wall"),
        (
            Key(("f",), _("Full screen")),
            Key(("Esc",), _("Leave the wall")),
        ),
    ),
)
