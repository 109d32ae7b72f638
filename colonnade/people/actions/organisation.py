"""How the organisation whose house this is calls itself and looks."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from colonnade.core import audit, chores, files
from colonnade.core.db import action
from colonnade.core.pictures import Picture
from colonnade.people import queries, rules
from colonnade.people.models import Organisation, Person

LARGEST_LOGO = 1024 * 1024


@action
def set_organisation(*, name: str, accent: str = "", by: Person | None) -> Organisation:
    """What this house is called, and its colour ("#rrggbb", or "" for that of the house itself). `by` None is the machine.

    Raises PermissionDenied, ValueError with a sentence.
    """
    _require(by)
    wanted = (rules.fit_organisation(name), rules.fit_accent(accent))
    ours, made = _ours()
    if made or (ours.name, ours.accent) != wanted:
        ours.name, ours.accent = wanted
        ours.save(update_fields=["name", "accent"])
        _record("organisation described", ours, by, name=ours.name, accent=ours.accent)
    return ours


@action
def set_logo(picture: Picture, *, by: Person) -> Organisation:
    """The picture that stands for this house. The one before leaves the file store, unless another row names it.

    Raises PermissionDenied, core.files.TooLarge.
    """
    _require(by)
    ours, _ = _ours()
    before = ours.logo
    ours.logo = files.put(picture.body, LARGEST_LOGO)
    ours.logo_type, ours.logo_width, ours.logo_height = picture.media_type, picture.width, picture.height
    ours.save(update_fields=["logo", "logo_type", "logo_width", "logo_height"])
    _record("logo set", ours, by, digest=ours.logo)
    if before and before != ours.logo:
        chores.let_go_of_file(before)
    return ours


@action
def drop_logo(*, by: Person) -> None:
    """No picture any more; a second time changes nothing. Raises PermissionDenied."""
    _require(by)
    ours = Organisation.objects.select_for_update().filter(ours=True).exclude(logo="").first()
    if ours is None:
        return
    chores.let_go_of_file(ours.logo)
    ours.logo, ours.logo_type, ours.logo_width, ours.logo_height = "", "", 0, 0
    ours.save(update_fields=["logo", "logo_type", "logo_width", "logo_height"])
    _record("logo removed", ours, by)


def _require(by: Person | None) -> None:
    if by is not None and not rules.can_administer(by):
        raise PermissionDenied(gettext("Only admins say how this house is called and looks."))


def _ours() -> tuple[Organisation, bool]:
    """The one row, locked, and whether it is new: then it is called what the operator set."""
    _, made = Organisation.objects.get_or_create(
        ours=True, defaults={"name": queries.our_organisation().name}
    )
    return Organisation.objects.select_for_update().get(ours=True), made


def _record(what: str, ours: Organisation, by: Person | None, **details: str) -> None:
    audit.record(
        what,
        by=by.principal_id if by else None,
        subject=f"organisation:{ours.pk}",
        details=details,
    )
