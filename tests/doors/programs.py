"""Programs with a token of somebody's."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from colonnade.extensions import actions as extensions
from colonnade.people.models import Person
from colonnade.places.models import Place


class Program:
    """A program that comes with a token: `ask` sends JSON, and gives Django's response."""

    def __init__(self, person: Person, *permissions: str, places: tuple[Place, ...] = ()) -> None:
        self.token = extensions.grant(person, permissions or ("read",), places=places)
        self._client = Client()

    def ask(self, method: str, path: str, body: Any = None, **headers: Any) -> Any:
        """Send a body as JSON (bytes as they are)."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self._client.generic(
            method,
            path,
            raw,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    def get(self, path: str) -> Any:
        """Read something."""
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        """Do something."""
        return self.ask("POST", path, {} if body is None else body)
