"""What the workspace has done in the background: letters, and notices pushed to browsers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from colonnade.core.db import act
from colonnade.core.work import enqueue, every, work
from colonnade.networks.http import Client
from colonnade.people import queries as people
from colonnade.primitives import clock
from colonnade.workspace import actions, queries
from colonnade.workspace.models import Digest, Subscription
from colonnade.workspace.types import NoticeLine

MOST_IN_A_LETTER = 40
PUSH_LASTS_S = 12 * 3600
GONE = (404, 410)


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
    with translation.override(row.person.language or None):
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


# --- push -------------------------------------------------------------------------------------------------------------


def queue_push(notice: int, person: int) -> None:
    """Push a notice to each browser of its person."""
    for subscription in Subscription.objects.filter(person=person).values_list("pk", flat=True):
        enqueue(push, notice, subscription, key=f"push:{notice}:{subscription}")


@work(lease_s=60, tries=3)
def push(notice: int, subscription: int) -> None:
    """Push a notice to one browser, if its person may still see what it is about, has not read it and is not in their
    quiet hours. What is sent is encrypted for that browser; its maker's service reads nothing."""
    row = Subscription.objects.select_related("person__principal").filter(pk=subscription).first()
    if row is None or not queries.may_ring(row.person, clock.now()):
        return
    words = _ringing(row, notice)
    if words is None:
        return
    headers, body = _sealed(row, msgspec.json.encode(words))
    http = Client(allowed_private_hosts=settings.COLONNADE_ALLOW_PRIVATE_HOSTS)
    answer = http.post(row.endpoint, headers=headers, body=body, follow=False)
    if answer.status in GONE:
        actions.forget_subscription(subscription)


def _ringing(row: Subscription, notice: int) -> dict[str, str] | None:
    """What a device shows of a notice; None where there is nothing to tell any more."""
    viewer = people.viewer_for(row.person)
    with translation.override(row.person.language or None):
        line = next(iter(queries.unread_between(viewer, notice - 1, notice)), None)
        if line is None:
            return None
        body = queries.as_it_rings(viewer, line, ZoneInfo(row.person.time_zone))
    return {"title": people.our_name(), "body": body, "url": f"/notices/{line.id}"}


def _sealed(row: Subscription, words: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body for a push service: RFC 8291 and 8292. The libraries are loaded here, where they are needed."""
    from py_vapid import Vapid02
    from pywebpush import WebPusher

    info: dict[str, Any] = {"endpoint": row.endpoint, "keys": {"p256dh": row.p256dh, "auth": row.auth}}
    body = WebPusher(info).encode(words)["body"]
    to, us = urlsplit(row.endpoint), urlsplit(settings.COLONNADE_PUBLIC_URL)
    claims = {
        "aud": f"{to.scheme}://{to.netloc}",
        "exp": int(clock.now_s()) + PUSH_LASTS_S,
        "sub": settings.COLONNADE_PUBLIC_URL if us.scheme == "https" else f"mailto:push@{us.hostname}",
    }
    signed = Vapid02.from_pem(actions.our_key().private["pem"].encode()).sign(claims)
    headers = {
        **signed,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(PUSH_LASTS_S),
    }
    return headers, body
