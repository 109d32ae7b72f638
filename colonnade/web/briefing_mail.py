"""A briefing as a letter: the words of its page, and its pictures as pixels."""

from __future__ import annotations

from datetime import datetime
from email.mime.image import MIMEImage
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format

from colonnade.core import paper
from colonnade.insight import queries
from colonnade.insight.models import Edition
from colonnade.people import queries as people
from colonnade.web.editions import period_words
from colonnade.web.painting import painted


def letter(edition: Edition) -> EmailMultiAlternatives:
    """The letter of an edition, with what its reader may see at this moment. Its Message-ID is always the same."""
    reader, home = edition.briefing.reader, settings.COLONNADE_PUBLIC_URL
    with translation.override(reader.language or None), timezone.override(ZoneInfo(reader.time_zone)):
        viewer = people.viewer_for(reader)
        told, still = queries.told(viewer, edition), queries.wanting(viewer, edition)
        context: dict[str, Any] = {"edition": edition, "told": told, "still": still, "home": home}
        context |= {"period": period_words(edition), "prints": paper.can_print()}
        message = EmailMultiAlternatives(
            f"{edition.briefing.name}: {period_words(edition)}",
            render_to_string("briefings/letter.txt", context),
            to=[reader.sign_in.email],
            headers={
                "Message-ID": f"<briefing.{edition.pk}@{urlsplit(home).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string("briefings/letter.html", context), "text/html")
        message.mixed_subtype = "related"  # type: ignore[attr-defined]  # its pictures stand inside it
        for one in told.volumes:
            if not one.spans:
                continue
            first, last = (_when(edition, span.start) for span in (one.spans[0], one.spans[-1]))
            picture = MIMEImage(painted(one.spans, first, last), "png")
            picture.add_header("Content-ID", f"<watch-{one.watch}>")
            picture.add_header("Content-Disposition", "inline", filename=f"watch-{one.watch}.png")
            message.attach(picture)
    return message


def _when(edition: Edition, moment: datetime) -> str:
    here = moment.astimezone(timezone.get_current_timezone())
    return date_format(here, "D j M" if edition.briefing.every == "week" else "D H:i")
