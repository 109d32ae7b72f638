"""Timed work of the inbox: forgetting who looked, and letters to askers who were answered."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext

from colonnade.conversations.types import PostLine
from colonnade.core.work import Later, enqueue, every, work
from colonnade.inbox import actions, queries
from colonnade.people import queries as people
from colonnade.primitives import clock

PAUSE = timedelta(seconds=5)
AGAIN_S = 20.0
_REFUSED = (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError)


@every(3600)
@work()
def forget_looks() -> None:
    """Nobody needs to know for long who looked at which case."""
    actions.forget_looks()


def queue_letter(case: int) -> None:
    """Write to the asker of a case when its last answer can no longer be taken back; answers close together make one letter."""
    enqueue(write_to_asker, case, due=_due(queries.may_be_taken_back_until(case)), key=f"letter:{case}")


def _due(until: datetime | None) -> datetime:
    return max(until or clock.now(), clock.now()) + PAUSE


@work(lease_s=60, tries=3)
def write_to_asker(case: int) -> None:
    """Send the letter about answers of which the asker has not been written. One that does not go out stands in the case; of
    one of which nobody knows, since the connection broke or the worker died, the case says so, and it is sent once more under
    the same Message-ID, never a third time. An answer that can still be taken back is waited for."""
    until = queries.may_be_taken_back_until(case)
    if until is not None and until > clock.now():
        return queue_letter(case)
    while (letter := actions.begin_letter(case)) is not None:
        _hand_over(letter)
    if queries.letter_in_doubt(case):
        raise Later(AGAIN_S)
    return None


def _hand_over(letter: actions.Letter) -> None:
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        return actions.letter_failed(letter, str(error))
    try:
        connection.send_messages([_message(letter)])
    except _REFUSED as error:
        return actions.letter_failed(letter, str(error))
    except (OSError, SMTPException):
        return None  # it may have been taken or not: that is what the case says
    finally:
        with suppress(OSError, SMTPException):
            connection.close()
    return actions.letter_taken(letter)


def _message(letter: actions.Letter) -> EmailMessage:
    house = urlsplit(settings.COLONNADE_PUBLIC_URL)
    with translation.override(letter.language or settings.LANGUAGE_CODE):
        subject = gettext("%(whose)s: an answer to your question") % {"whose": people.our_name()}
        back = gettext(
            "To read everything, or to say more, open this. It is yours: whoever has it can read and write there."
        )
        stop = gettext("You asked us to write to this address. Nobody reads what is sent back to it.")
        body = "\n\n".join(
            [
                *(_told(line) for line in letter.answers),
                f"{back}\n{settings.COLONNADE_PUBLIC_URL.rstrip('/')}/back/{letter.token}",
                f"-- \n{stop}",
            ]
        )
    message_id = f"<{letter.name}@{house.hostname or 'localhost'}>"
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, f"{body}\n", to=[letter.email], headers=headers)


def _told(line: PostLine) -> str:
    return f"{gettext('%(who)s writes:') % {'who': line.author.name}}\n\n{line.text.strip()}"
