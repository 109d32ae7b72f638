"""Aims: what the organisation is here for, one sentence each."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit
from colonnade.core.db import action
from colonnade.core.events import announce
from colonnade.people.models import Person
from colonnade.people.rules import can_administer, is_staff
from colonnade.places import rules
from colonnade.places.events import AimDropped, AimSet, SpaceChanged
from colonnade.places.models import Aim, Membership, Place, Space


@action
def set_aim(
    sentence: str, *, owner: Person, by: Person, measure: str = "", review_on: date | None = None
) -> Aim:
    """A new aim: a business issue in one sentence, who answers for it, by what one sees that it comes nearer, and the day on
    which one looks again.

    Raises PermissionDenied, ValueError with a sentence.
    """
    aim = Aim(**_fitting(sentence, owner, measure, review_on, by))
    aim.save()
    return _said("aim set", aim, by)


@action
def change_aim(
    aim: Aim, sentence: str, *, owner: Person, by: Person, measure: str = "", review_on: date | None = None
) -> Aim:
    """Say an aim anew. Raises PermissionDenied, ValueError with a sentence."""
    wanted = _fitting(sentence, owner, measure, review_on, by)
    aim = Aim.objects.select_for_update().get(pk=aim.pk)
    for field, value in wanted.items():
        setattr(aim, field, value)
    aim.save()
    return _said("aim changed", aim, by)


@action
def drop_aim(aim: Aim, *, by: Person) -> None:
    """Take an aim away: what served it stays, and serves none. Raises PermissionDenied."""
    _require_admin(by)
    subject, said = f"aim:{aim.pk}", {"sentence": aim.sentence}
    announce(AimDropped(aim=aim.pk), subject=subject)
    aim.delete()
    audit.record("aim dropped", by=by.principal_id, subject=subject, details=said)


@action
def serve(place: Place, aim: Aim | None, *, by: Person) -> None:
    """Say which aim a space serves, or none. Raises PermissionDenied."""
    mine = Membership.objects.filter(place=place, person=by).first()
    if not rules.can_choose_aim(by, mine):
        raise PermissionDenied(gettext("Only stewards of this space do that."))
    Space.objects.filter(place=place).update(aim=aim)
    announce(SpaceChanged(place=place.pk), subject=f"place:{place.pk}")
    audit.record(
        "space serves",
        by=by.principal_id,
        subject=f"place:{place.pk}",
        details={"aim": aim.sentence if aim else ""},
    )


def _require_admin(by: Person) -> None:
    if not can_administer(by):
        raise PermissionDenied(gettext("Only admins set aims."))


def _fitting(
    sentence: str, owner: Person, measure: str, review_on: date | None, by: Person
) -> dict[str, object]:
    _require_admin(by)
    if not is_staff(owner):
        raise ValueError(gettext("One of the staff has to answer for an aim."))
    return {
        "sentence": rules.fit_aim(sentence),
        "owner": owner,
        "measure": rules.fit_measure(measure),
        "review_on": review_on,
    }


def _said(what: str, aim: Aim, by: Person) -> Aim:
    audit.record(what, by=by.principal_id, subject=f"aim:{aim.pk}", details={"sentence": aim.sentence})
    announce(AimSet(aim=aim.pk), subject=f"aim:{aim.pk}")
    return aim
