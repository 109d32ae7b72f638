"""What is written to go out does not carry words out that only staff read; a room above knows those and binds us to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext

from colonnade.access import queries as access
from colonnade.access.types import Viewer
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.places.rules import is_internal
from colonnade.publishing import rules
from colonnade.publishing.actions import turning
from colonnade.publishing.models import Draft, DraftTarget
from colonnade.publishing.types import Carried

Guard = Callable[[Viewer, str], Carried | None]
"""The first words of a text that stand where only staff read, as far as a viewer may see that; None for none."""

_guards: list[Guard] = []


def guarded_by(guard: Guard) -> None:
    """Ask this guard of everything that is to go out, from the start of the program on."""
    if guard not in _guards:
        _guards.append(guard)


def hold_back(draft: Draft, targets: Sequence[DraftTarget], by: Person, *, said_anyway: bool) -> None:
    """Refuse to say to others what only staff read, unless somebody knows that and says it all the same; then it stands in
    the audit log, and is not asked again for the same words at the same places. Raises HeldBack."""
    mark = rules.fingerprint(rules.words_alone(rules.content_of(draft, targets)))
    if draft.vouched == mark:
        return
    carried = _carried(draft, targets, by)
    if carried is None:
        return
    if not said_anyway:
        sentence = gettext(
            "These words stand in a note to staff only, in %(place)s: “%(words)s”. Nothing was sent."
        )
        raise rules.HeldBack(sentence % {"place": carried.place, "words": carried.words}, carried=carried)
    draft.vouched = mark
    draft.save(update_fields=["vouched"])
    turning.record("said_although_for_staff", draft, by, post=carried.post)


def _carried(draft: Draft, targets: Sequence[DraftTarget], by: Person) -> Carried | None:
    outward = [one for one in targets if not is_internal(access.terms_of(one.place.audience))]
    texts = dict.fromkeys(text for one in outward for text in (one.text or draft.text, draft.title) if text)
    viewer = people.viewer_for(by)
    return next((found for text in texts for guard in _guards if (found := guard(viewer, text))), None)
