"""Backups: making one while the server runs, and restoring one elsewhere."""
