"""Writing: what is said, and where it is to be said."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils.translation import gettext

from colonnade.core import audit, db
from colonnade.core.db import action
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places.models import Aim
from colonnade.primitives import clock
from colonnade.primitives import text as texts
from colonnade.primitives.states import NotAllowed
from colonnade.publishing import queries, rules
from colonnade.publishing.actions import guarding, reviewing, turning
from colonnade.publishing.actions.planning import schedule
from colonnade.publishing.models import Draft, DraftTarget
from colonnade.publishing.types import Content, Wanted

WRITABLE = ("draft", "waiting", "paused", "withdrawn")


@action
def write(
    text: str,
    *,
    by: Person,
    title: str = "",
    targets: Sequence[Wanted] = (),
    aim: Aim | None = None,
    fresh: int | None = None,
) -> Draft:
    """Begin a draft. Without a target only its writer sees it, then staff among those who read every target.

    `fresh` is the id that its form was given before: sent twice, it is written once. Raises StaleDraft for the second,
    PermissionDenied, Unfit with a sentence.
    """
    if not rules.can_write(by):
        raise PermissionDenied("Only people of staff write what goes out.")
    now = clock.now()
    draft = Draft(by=by, worded_by=by, aim=aim, created_at=now, changed_at=now, changed_by=by)
    draft.pk = fresh or draft.pk
    _say(draft, text, title)
    try:
        with db.attempt():
            draft.save(force_insert=True)
    except IntegrityError as known:
        raise rules.StaleDraft(gettext("It was taken already, a moment ago.")) from known
    _aim_at(draft, targets, by)
    draft.version = 0
    return turning.save(draft, by, "written")


@action
def change(
    draft: Draft,
    text: str,
    *,
    by: Person,
    version: int,
    title: str = "",
    targets: Sequence[Wanted] | None = None,
    plan: tuple[str, str] | None = None,
    unplan: bool = False,
    said_anyway: bool = False,
) -> Draft:
    """Say something else, or (with `targets`) elsewhere, or (with `plan`, local time and zone) at another time.

    A planned draft stays planned, so it must fit and carry nothing out; unless `unplan` makes it a plain draft again.

    `version` is the one that its writer saw. Raises StaleDraft, Unfit, HeldBack, NotAllowed, PermissionDenied; nothing is
    stored then.
    """
    row = _writable(draft, by, version)
    before = _wording(row)
    _say(row, text, title)
    if targets is not None:
        _aim_at(row, targets, by)
    _note_words(row, before, by)
    if unplan and row.state in ("waiting", "paused"):
        turning.turn(row, "draft")
        turning.forget_plan(row)
    if plan is not None:
        return schedule(turning.save(row, by, "changed"), *plan, by=by, said_anyway=said_anyway)
    return _changed(row, by, said_anyway=said_anyway)


@action
def choose_targets(draft: Draft, targets: Sequence[Wanted], *, by: Person, version: int) -> Draft:
    """Say where it goes, and in which words there. Raises as `change` does."""
    row = _writable(draft, by, version)
    before = _wording(row)
    _aim_at(row, targets, by)
    _note_words(row, before, by)
    return _changed(row, by)


def _changed(row: Draft, by: Person, *, said_anyway: bool = False) -> Draft:
    if row.state == "withdrawn":
        turning.turn(row, "draft")
    if row.state != "waiting":
        return turning.save(row, by, "changed")
    targets = turning.targets_of(row)
    turning.refuse_unfit(row, targets, by)
    guarding.hold_back(row, targets, by, said_anyway=said_anyway)
    row.planned_by = by
    turning.save(row, by, "changed")
    reviewing.ask_where_needed(row, targets, by)
    return row


def _wording(row: Draft) -> Content:
    return rules.words_alone(rules.content_of(row, turning.targets_of(row)))


def _note_words(row: Draft, before: Content, by: Person) -> None:
    """Whoever changed what is said, or where, is whose words they are now: somebody else must approve them."""
    if _wording(row) != before:
        row.worded_by = by


@action
def remove(draft: Draft, *, by: Person) -> None:
    """Throw away a draft that has never gone out. Raises NotAllowed, PermissionDenied."""
    row = turning.for_writing(draft, by)
    if row.state not in ("draft", "withdrawn") or row.went_at is not None:
        raise NotAllowed(
            gettext("Only a draft that has never gone out can be thrown away."),
            before=row.state,
            after="removed",
        )
    turning.record("removed", row, by)
    row.delete()


def _writable(draft: Draft, by: Person, version: int) -> Draft:
    row = turning.for_writing(draft, by, version)
    if row.state not in WRITABLE:
        raise NotAllowed(
            gettext("It is on its way already: it can no longer be changed."), before=row.state, after="draft"
        )
    return row


def _say(row: Draft, text: str, title: str) -> None:
    row.text, row.title = texts.normalise(text), texts.normalise(title).strip()[:300]
    if len(row.text) > rules.LONGEST_HERE:
        raise rules.Unfit(rules.too_long(len(row.text), rules.LONGEST_HERE))


def _aim_at(row: Draft, wanted: Sequence[Wanted], by: Person) -> None:
    """Make the targets what is wanted. One that is kept keeps its rows; who reads its place is noted anew."""
    known = {place.pk: place for place in queries.publishable(people.viewer_for(by), by)}
    chosen = {one.place: one for one in wanted}
    kept = {one.place_id: one for one in turning.targets_of(row)}
    if unknown := [place for place in chosen if place not in known and place not in kept]:
        raise rules.Unfit(gettext("You may not publish there (%(count)d).") % {"count": len(unknown)})
    DraftTarget.objects.filter(draft=row).exclude(place__in=list(chosen)).delete()
    for pk, one in chosen.items():
        text = texts.normalise(one.text)
        own = "" if texts.is_blank(text) or text == row.text else text
        before = kept.get(pk)
        if before is None:
            DraftTarget.objects.create(draft=row, place=known[pk], text=own, audience=known[pk].audience)
            audit.record(
                "publishing.aimed", by=by.principal_id, subject=f"draft:{row.pk}", details={"place": pk}
            )
        elif before.text != own or before.audience_id != before.place.audience_id:
            before.text, before.audience = own, before.place.audience
            before.save(update_fields=["text", "audience"])
