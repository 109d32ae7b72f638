"""Prints a line for each model change that has no migration. Run as `python -m house.migrations`; needs no database."""

from __future__ import annotations

import os
import sys


def missing() -> list[str]:
    """The changes, each in a sentence."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("colonnade.")}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    wanted = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(
        graph=loader.graph
    )
    return [
        f"colonnade/{label}/models: [migrations] {operation.describe()}: no migration does this. "
        f"Run: DJANGO_SETTINGS_MODULE=colonnade.config.settings .venv/bin/django-admin makemigrations {label}"
        for label, migrations in wanted.items()
        if label in ours
        for migration in migrations
        for operation in migration.operations
    ]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colonnade.config.settings")
    django.setup()
    lines = missing()
    print("\n".join(lines))
    sys.exit(1 if lines else 0)
