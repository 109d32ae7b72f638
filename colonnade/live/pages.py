"""The pages and the API, for a process that serves them beside its streams."""

from __future__ import annotations

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from colonnade.live.app import Pages

THREADS = 3  # pages answered at the same time


def load() -> Pages:
    """Django behind ASGI: each request in one of a few threads, where it may wait for disk and database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    django: Any = get_wsgi_application()
    pages: Any = WSGIMiddleware(django, workers=THREADS)
    return cast(Pages, pages)
