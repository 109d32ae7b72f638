"""Letters to those who follow by mail. A page only queues them: no page waits on the network."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext

from colonnade.community import actions, queries, rules
from colonnade.community.models import FollowByMail
from colonnade.core import db
from colonnade.core.work import enqueue, every, work
from colonnade.people import queries as people
from colonnade.places.models import Place
from colonnade.primitives import clock

AT_ONCE = 500


def begin(email: str, place: Place | None, language: str) -> None:
    """Remember the address and queue the letter that asks it, both or neither."""
    with db.act():
        row = actions.follow(email, place, language)
        enqueue(ask, row.pk, key=str(row.pk))


@work(lease_s=60)
def ask(follow: int) -> None:
    """Ask an address whether it asked. Whoever confirmed already is not written to."""
    row = queries.follow_by_id(follow)
    if row is None or row.confirmed_at is not None:
        return
    with translation.override(row.language or settings.LANGUAGE_CODE):
        link = _address(f"/follow/mail/{rules.token(row.pk, 'confirm')}")
        _send(row, rules.question(_whose(), _what(row), link), f"ask-{row.pk}")


@every(3600)
@work(lease_s=120)
def tell_all() -> None:
    """Queue the letters of this day, from seven o'clock (UTC) on; and forget the addresses that never answered."""
    actions.forget_unconfirmed()
    now = clock.now()
    if now.hour < rules.DIGEST_HOUR:
        return
    for follow in queries.due(now.date(), AT_ONCE):
        enqueue(tell, follow, now.date().isoformat(), key=str(follow))


@work(lease_s=120, tries=1)
def tell(follow: int, day: str) -> None:
    """Send the letter of a day: begun once, whatever dies. What a letter that failed should have told, the next tells."""
    if not actions.claim(follow, date.fromisoformat(day)):
        return
    row = queries.follow_by_id(follow)
    posts = queries.news_for(row) if row is not None else []
    if row is None or not posts:
        return
    with translation.override(row.language or settings.LANGUAGE_CODE):
        lines = [
            (
                post.title or " ".join(post.text.split())[:200] or post.place_name,
                _address(f"/conversations/{post.conversation}#p{post.id}"),
            )
            for post in posts
        ]
        letter = rules.digest(_whose(), _what(row), lines, _stop(row))
        _send(row, letter, f"{row.pk}-{day}")
    actions.told(follow, posts[0].id)


def _send(row: FollowByMail, letter: rules.Letter, name: str) -> None:
    headers = {
        "Message-ID": f"<follow-{name}@{urlsplit(settings.COLONNADE_PUBLIC_URL).hostname or 'localhost'}>",
        "List-Unsubscribe": f"<{_stop(row)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    EmailMessage(letter.subject, letter.body, to=[row.email], headers=headers).send()


def _stop(row: FollowByMail) -> str:
    return _address(f"/follow/stop/{rules.token(row.pk, 'stop')}")


def _address(path: str) -> str:
    return f"{settings.COLONNADE_PUBLIC_URL.rstrip('/')}{path}"


def _whose() -> str:
    return people.our_name()


def _what(row: FollowByMail) -> str:
    return row.place.name if row.place is not None else gettext("everything in public")
