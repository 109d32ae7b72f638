"""What people change about themselves: name, language, zone, password, and where they are signed in."""

from __future__ import annotations

from colonnade.access import actions as access
from colonnade.core import audit
from colonnade.core.db import action
from colonnade.people import rules
from colonnade.people.actions.identities import call
from colonnade.people.models import HERE, Identity, Person, Session, SignIn
from colonnade.primitives import clock


@action
def set_profile(person: Person, *, name: str, time_zone: str, language: str) -> None:
    """What somebody is called here, and in which zone and language they read. Raises ValueError, a sentence for them."""
    person.name = rules.fit_name(name)
    person.time_zone = rules.fit_zone(time_zone)
    person.language = language[:16]
    person.save(update_fields=["name", "time_zone", "language"])
    faces = Identity.objects.filter(person=person, network=HERE)
    faces.update(name=person.name)
    call(faces)


@action
def set_password(sign_in: SignIn, password: str) -> None:
    """A new password. Whoever is signed in with the old one is no longer, on any device."""
    sign_in.set_password(password)
    sign_in.save(update_fields=["password"])
    person = sign_in.person
    audit.record("sign-in: word changed", by=person.principal_id, subject=f"person:{person.pk}", details={})


@action
def note_second_factor(sign_in: SignIn, what: str, kind: str) -> None:
    """Write down that a second factor came or went (`added`, `removed`, `reset`)."""
    person = sign_in.person
    audit.record(
        f"second factor {what}", by=person.principal_id, subject=f"person:{person.pk}", details={"kind": kind}
    )


@action
def begin_session(sign_in: SignIn, key: str, agent: str) -> Session:
    """Somebody signed in on a device; a second time changes nothing."""
    row, _ = Session.objects.get_or_create(
        key=key, defaults={"sign_in": sign_in, "agent": agent[:300], "began_at": clock.now()}
    )
    return row


@action
def move_session(before: str, after: str) -> None:
    """The same device goes on under another key."""
    Session.objects.filter(key=before).update(key=after)


@action
def forget_session(key: str) -> None:
    """Somebody signed out."""
    Session.objects.filter(key=key).delete()


@action
def end_sessions(person: Person, *, only: int | None = None, but: str = "") -> list[str]:
    """End one session of somebody, or all but the one with the key `but`. Returns their keys, for the door to drop.

    Push streams of theirs end with it: whoever may still look gets a new one at once.
    """
    rows = Session.objects.filter(sign_in__person=person).exclude(key=but)
    if only is not None:
        rows = rows.filter(pk=only)
    keys = list(rows.values_list("key", flat=True))
    rows.delete()
    if keys:
        access.turn_epoch(person.principal_id)
        audit.record(
            "sessions ended",
            by=person.principal_id,
            subject=f"person:{person.pk}",
            details={"count": len(keys)},
        )
    return keys
