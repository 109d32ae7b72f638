"""A second person's look, in templates: when it was, and what has changed since, marked."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join

from colonnade.publishing.types import Changed, ReviewLine

TAGS = {"same": "span", "gone": "del", "new": "ins"}

register = template.Library()


@register.filter
def looked_at(review: ReviewLine) -> str:
    """When somebody looked, by the reader's clock: the time of day, with its date where that was long ago."""
    if review.at is None:
        return ""
    there = review.at.astimezone(timezone.get_current_timezone())
    return date_format(there, "j M, H:i" if review.old else "H:i")


@register.filter
def marked(changed: Changed) -> str:
    """The words with what went struck out and what came underlined, letter by letter as they stand."""
    parts = ((TAGS[run.kind], run.words, TAGS[run.kind]) for run in changed.runs)
    return format_html_join("", "<{}>{}</{}>", parts)
