"""Search as tests ask for it: a query as it is written, and the ids of what was found."""

from __future__ import annotations

from typing import Any

from colonnade.access.types import Viewer
from colonnade.listening.language.parsing import parse
from colonnade.listening.search import finding


def search(viewer: Viewer, query: str, **how: Any) -> list[int]:
    """Ids of the posts that fit, newest first."""
    return finding.search(viewer, parse(query), **how).posts
