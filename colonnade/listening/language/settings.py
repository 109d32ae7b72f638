"""Settings of a group: `stem:en` and `accents:any` hold for all words of the parentheses in which they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from colonnade.listening.language import forms
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.tree import (
    And,
    Asked,
    Element,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Setting,
    Written,
)


def applied(node: Written) -> Node:
    """The tree of one group with its settings put into its words. Raises QueryError where nothing but settings stands."""
    settings: list[Setting] = []
    rest = _without(node, settings)
    if rest is None:
        raise QueryError("A setting needs words that it can hold for.", settings[0].at, "stem:en helmet")
    for setting in settings:
        rest = _set(rest, setting)
    return rest


def _without(node: Written, found: list[Setting]) -> Node | None:
    """The tree without its settings, which are put into `found`; None where nothing is left."""
    if isinstance(node, Setting):
        found.append(node)
        return None
    if isinstance(node, And | Or):
        parts = tuple(part for one in node.parts if (part := _without(one, found)) is not None)
        if len(parts) == len(node.parts):
            return (
                replace(node, parts=parts)
                if any(a is not b for a, b in zip(parts, node.parts, strict=True))
                else node
            )
        return replace(node, parts=parts) if len(parts) > 1 else (parts[0] if parts else None)
    if isinstance(node, Not | Near):
        return _around(node, found)
    return cast(Node, node)  # or a field, which is completed later


def _around(node: Not | Near, found: list[Setting]) -> Node:
    """As `_without`, of what cannot do without its parts."""
    if isinstance(node, Not):
        part = _without(node.part, found)
        if part is None:
            raise QueryError("A setting cannot be left out.", found[-1].at, "stem:en helmet")
        return replace(node, part=part)
    left, right = _without(node.left, found), _without(node.right, found)
    if left is None or right is None:
        raise QueryError("A setting cannot stand beside NEAR.", found[-1].at, "stem:en (bridge NEAR/4 close)")
    return replace(node, left=left, right=right)


def _set(node: Node, setting: Setting) -> Node:
    if isinstance(node, Phrase):
        return replace(node, elements=tuple(_element(one, setting) for one in node.elements))
    if isinstance(node, And | Or):
        return replace(node, parts=tuple(_set(part, setting) for part in node.parts))
    if isinstance(node, Not | Asked):
        return replace(node, part=_set(node.part, setting))
    if isinstance(node, Near):
        return replace(node, left=_set(node.left, setting), right=_set(node.right, setting))
    return node


def _element(one: Element, setting: Setting) -> Element:
    """An element with a setting; what was set nearer to it stays."""
    if setting.name == "accents":
        return one if one.kind in ("any", "stem") else replace(one, value=forms.bare(one.value), bare=True)
    if one.kind == "word" and not one.bare:
        return Element("stem", forms.stem(one.value, setting.value), setting.value, written=one.value)
    return one
