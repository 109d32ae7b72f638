"""Colonnade: social infrastructure for organisations, on one server of their own."""

__version__ = "0.1.0"
