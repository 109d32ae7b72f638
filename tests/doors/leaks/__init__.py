"""The leak matrix: every surface, every kind of viewer, every kind of space; what must be shown and what must not."""
