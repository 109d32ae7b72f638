"""Browsers that may be pushed to, and the pair of keys with which their makers' services know us."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.utils.translation import gettext

from colonnade.core.db import action
from colonnade.people.models import Session
from colonnade.primitives import clock
from colonnade.workspace.models import Key, Subscription
from colonnade.workspace.rules import CannotArrange

NAME = "push"


@action
def our_key() -> Key:
    """Our pair of keys (VAPID, RFC 8292), made at the first asking; the private half is encrypted with the key ring."""
    found = Key.objects.filter(name=NAME).first()
    if found is not None:
        return found
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = urlsafe_b64encode(point).decode().rstrip("=")
    row, _ = Key.objects.get_or_create(name=NAME, defaults={"public": public, "private": {"pem": pem}})
    return row


@action
def subscribe(session_key: str, *, endpoint: str, p256dh: str, auth: str) -> Subscription:
    """This signed-in browser may be pushed to. Raises CannotArrange for what is no address of a push service."""
    session = Session.objects.select_related("sign_in").filter(key=session_key).first()
    fits = 0 < len(endpoint) <= 2000 and 0 < len(p256dh) <= 200 and 0 < len(auth) <= 100
    if session is None or not fits or not endpoint.startswith(("https://", "http://")):
        raise CannotArrange(gettext("This browser cannot be pushed to."))
    Subscription.objects.filter(endpoint=endpoint).exclude(session=session).delete()
    row, _ = Subscription.objects.update_or_create(
        session=session,
        defaults={
            "person_id": session.sign_in.person_id,
            "endpoint": endpoint,
            "p256dh": p256dh,
            "auth": auth,
            "made_at": clock.now(),
        },
    )
    return row


@action
def unsubscribe(session_key: str) -> None:
    """This browser is no longer pushed to."""
    Subscription.objects.filter(session__key=session_key).delete()


@action
def forget_subscription(subscription: int) -> None:
    """Its push service says that this browser is gone."""
    Subscription.objects.filter(pk=subscription).delete()
