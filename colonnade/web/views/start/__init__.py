"""The first steps in a house of one's own."""

from colonnade.web.views.start.steps import found, start, step, take_found

__all__ = ["found", "start", "step", "take_found"]
