"""What a verb stands on: Django set up, with bad settings told in a sentence."""

from __future__ import annotations

import os


def set_up() -> None:
    """Load the settings and the rooms. Raises Trouble for a setting or a home folder that cannot be used."""
    from colonnade.cli import Trouble

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    import django

    try:
        django.setup()
    except (ValueError, OSError) as fault:
        raise Trouble(str(fault)) from fault
