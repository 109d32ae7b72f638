"""A document as a file: its blocks under the organisation's head, set on A4."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from colonnade.core import files, paper
from colonnade.people import queries as people
from colonnade.primitives import clock
from colonnade.web.documents.blocks import Block, language, said
from colonnade.web.house import house
from colonnade.web.taking.paint import Paint, paint
from colonnade.web.taking.plate import whose

DRAWN = ("image/png", "image/jpeg", "image/webp", "image/gif")
_DOCUMENT = Path(__file__).with_name("document.typ")


def colours() -> Paint:
    """Those of paper."""
    return paint(house().accent)


def document(heading: str, subtitle: str, kind: str, blocks: Sequence[Block]) -> bytes:
    """A PDF: `kind` says what it is ("Briefing"), `subtitle` of which time. Raises paper.NotPrinted."""
    made = date_format(clock.now().astimezone(timezone.get_current_timezone()), "j M Y H:i")
    told = {
        "house": whose(),
        "logo": list(_logo()),
        "kind": kind,
        "title": heading,
        "heading": said(heading),
        "subtitle": subtitle,
        "foot": gettext("%(house)s; made %(when)s (%(zone)s)")
        % {"house": whose(), "when": made, "zone": timezone.get_current_timezone_name()},
        "page_of": gettext("Page {n} of {all}"),
        "lang": language(),
        "paint": colours().tokens,
        "blocks": list(blocks),
    }
    return paper.printed(_DOCUMENT, told, kind="pdf")


def _logo() -> bytes:
    """The organisation's logo, nothing where there is none or none that can be set."""
    ours = people.our_row()
    if ours is None or ours.logo_type not in DRAWN or not ours.logo or not files.exists(ours.logo):
        return b""
    with files.open(ours.logo) as opened:
        return opened.read()
