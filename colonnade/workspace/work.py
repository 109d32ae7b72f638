"""What the workspace has done in the background: letters."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from colonnade.core.db import act
from colonnade.core.work import enqueue, every, work
from colonnade.people import queries as people
from colonnade.workspace import actions, queries
from colonnade.workspace.models import Digest
from colonnade.workspace.types import NoticeLine

MOST_IN_A_LETTER = 40


@every(120)
@work(lease_s=120)
def write_letters() -> None:
    """Begin the letters that are due, each as a piece of work of its own."""
    with act():
        for digest in actions.begin_letters():
            enqueue(send_letter, digest, key=f"letter:{digest}")


@work(lease_s=120, tries=2)
def send_letter(digest: int) -> None:
    """Send one letter. Its Message-ID is always the same, so that a repeat after a broken connection is seen as one."""
    row = Digest.objects.select_related("person__sign_in", "person__principal").filter(pk=digest).first()
    if row is None or row.sent_at is not None:
        return
    lines = queries.unread_between(people.viewer_for(row.person), queries.told_before(row), row.upto)
    if lines:
        _letter(row, lines).send()
    actions.letter_sent(digest)


def _letter(row: Digest, lines: list[NoticeLine]) -> EmailMessage:
    house = urlsplit(settings.COLONNADE_PUBLIC_URL)
    with translation.override(row.person.language or None), timezone.override(row.person.time_zone):
        count = len(lines)
        subject = ngettext("%(n)d notice for you", "%(n)d notices for you", count) % {"n": count}
        body = "\n".join(
            [
                *(f"– {line.text}" for line in lines[:MOST_IN_A_LETTER]),
                "",
                f"{settings.COLONNADE_PUBLIC_URL}/notices",
                "",
                gettext("When this letter comes, and whether: %s")
                % f"{settings.COLONNADE_PUBLIC_URL}/settings/notices",
            ]
        )
    message_id = f"<notices.{row.pk}@{house.hostname}>"
    return EmailMessage(
        subject,
        body,
        to=[row.person.sign_in.email],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
