"""Plain values of people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hidden:
    """Whom a viewer does not want to hear, or who does not want to be heard by them: identity ids and domains."""

    identities: frozenset[int] = frozenset()
    domains: frozenset[str] = frozenset()
