"""A briefing as a letter: the words of its page, its pictures as pixels, and where it is wanted the document beside them."""

from __future__ import annotations

import logging
from datetime import datetime
from email.mime.application import MIMEApplication
from email.mime.image import MIMEImage
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format

from colonnade.access.types import Viewer
from colonnade.core import paper
from colonnade.insight import queries
from colonnade.insight.models import Edition
from colonnade.people import queries as people
from colonnade.web.documents import sheets
from colonnade.web.editions import file_name, period_words
from colonnade.web.painting import painted

logger = logging.getLogger(__name__)


class Letter(EmailMultiAlternatives):
    """A letter whose pictures stand inside it (`multipart/related`), and which may carry a document beside all that
    (`multipart/mixed`): a PDF among the pictures would be hidden by some mail programs."""

    mixed_subtype = "related"
    document: MIMEApplication | None = None

    def message(self, **how: Any) -> Any:
        """The whole of it, as it goes out."""
        inside = super().message(**how)
        if self.document is None:
            return inside
        whole = SafeMIMEMultipart(_subtype="mixed", encoding=settings.DEFAULT_CHARSET)
        for name, value in inside.items():
            if not name.lower().startswith(("content-", "mime-")):
                whole[name] = value
                del inside[name]
        whole.attach(inside)
        whole.attach(self.document)
        return whole


def letter(edition: Edition, *, with_pdf: bool = False) -> Letter:
    """The letter of an edition, with what its reader may see at this moment. Its Message-ID is always the same. `with_pdf`
    puts the document into it, where this server can make one: without it the letter goes out all the same."""
    reader, home = edition.briefing.reader, settings.COLONNADE_PUBLIC_URL
    with translation.override(reader.language or None), timezone.override(ZoneInfo(reader.time_zone)):
        viewer = people.viewer_for(reader)
        told, still = queries.told(viewer, edition), queries.wanting(viewer, edition)
        context: dict[str, Any] = {"edition": edition, "told": told, "still": still, "home": home}
        context |= {"period": period_words(edition), "prints": paper.can_print()}
        message = Letter(
            f"{edition.briefing.name}: {period_words(edition)}",
            render_to_string("briefings/letter.txt", context),
            to=[reader.sign_in.email],
            headers={
                "Message-ID": f"<briefing.{edition.pk}@{urlsplit(home).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string("briefings/letter.html", context), "text/html")
        for one in told.volumes:
            if not one.spans:
                continue
            first, last = (_when(edition, span.start) for span in (one.spans[0], one.spans[-1]))
            picture = MIMEImage(painted(one.spans, first, last), "png")
            picture.add_header("Content-ID", f"<watch-{one.watch}>")
            picture.add_header("Content-Disposition", "inline", filename=f"watch-{one.watch}.png")
            message.attach(picture)
        message.document = _document(viewer, edition) if with_pdf else None
    return message


def _document(viewer: Viewer, edition: Edition) -> MIMEApplication | None:
    try:
        made = MIMEApplication(sheets.briefing(viewer, edition), "pdf")
    except paper.NotPrinted as why:
        logger.warning("edition %s goes out without its PDF: %s", edition.pk, why)
        return None
    made.add_header("Content-Disposition", "attachment", filename=f"{file_name(edition)}.pdf")
    return made


def _when(edition: Edition, moment: datetime) -> str:
    here = moment.astimezone(timezone.get_current_timezone())
    return date_format(here, "D j M" if edition.briefing.every == "week" else "D H:i")
