"""What the page, the letter and the PDF of a briefing have in common: its time in words, and the charts of its watches."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext

from colonnade.insight.models import Edition
from colonnade.insight.queries.briefings import Volume
from colonnade.listening.models import Watch
from colonnade.web.charting import daily, hourly
from colonnade.web.drawing import Chart
from colonnade.web.taking.take import Take


def period_words(edition: Edition) -> str:
    """The time of which an edition tells, in words; in the language and zone that are in force."""
    zone = timezone.get_current_timezone()
    return gettext("%(since)s to %(before)s") % {
        "since": date_format(edition.since.astimezone(zone), "j M H:i"),
        "before": date_format(edition.before.astimezone(zone), "j M Y H:i"),
    }


def file_name(edition: Edition) -> str:
    """What its files are called, without an ending."""
    return f"{slugify(edition.briefing.name) or 'briefing'}-{edition.before:%Y-%m-%d}"


def volume_chart(edition: Edition, one: Volume) -> Chart:
    """How much of a watch was said: the hours of a day, or the days of a week."""
    watch = Watch(pk=one.watch, name=one.name)
    draw = daily if edition.briefing.every == "week" else hourly
    chart = draw(watch, one.spans, title=one.name, level=3)
    return replace(chart, open=False, take=Take("edition", edition.pk, f"watch={one.watch}"))
