"""The WSGI application: pages and API. Push does not pass here; see `colonnade.live`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")

application = get_wsgi_application()
