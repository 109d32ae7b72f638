"""How one person likes it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from colonnade.people.models import Person
from colonnade.workspace import rules
from colonnade.workspace.models import Digest, Key, Preference


def preference_of(person: Person) -> Preference:
    """Somebody's preferences; those that hold for everybody where they chose none (that row is not written)."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def quiet_hours(wish: Preference) -> rules.Quiet:
    """Between which times of day nothing rings for somebody; None where they chose none."""
    if wish.quiet_from is None or wish.quiet_to is None:
        return None
    return wish.quiet_from, wish.quiet_to


def may_ring(person: Person, at: datetime) -> bool:
    """Whether somebody may be rung for at this moment: not in the quiet hours of their own zone."""
    local = at.astimezone(ZoneInfo(person.time_zone)).time()
    return not rules.is_quiet(quiet_hours(preference_of(person)), local)


def told_before(digest: Digest) -> int:
    """The newest notice that the letter before this one told of; 0 where there was none."""
    before = Digest.objects.filter(person=digest.person_id, pk__lt=digest.pk).order_by("-pk").first()
    return before.upto if before is not None else 0


def push_key() -> str:
    """The public half of the keys with which push services know us; "" before it is first asked for."""
    return Key.objects.filter(name="push").values_list("public", flat=True).first() or ""
