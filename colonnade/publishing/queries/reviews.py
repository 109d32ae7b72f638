"""Which drafts need a second person, how each stands, and who that person may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from colonnade.access.models import Tier
from colonnade.access.types import Viewer
from colonnade.people import queries as people
from colonnade.people.models import Person
from colonnade.people.rules import is_staff
from colonnade.places.models import Place, PlaceKind
from colonnade.primitives import clock
from colonnade.publishing import rules
from colonnade.publishing.models import Draft, DraftTarget, FourEyes, Review, Verdict
from colonnade.publishing.queries.reach import members_of
from colonnade.publishing.types import Content, ReviewLine

ALL_OF_STAFF = (Tier.EVERYONE, Tier.SIGNED_IN, Tier.STAFF)


def asks_for_approval(places: Iterable[int]) -> frozenset[int]:
    """Those of these places from which nothing goes out that no second person has approved."""
    return frozenset(FourEyes.objects.filter(place__in=set(places)).values_list("place_id", flat=True))


def four_eyes_of(places: Iterable[Place]) -> dict[int, FourEyes]:
    """Since when, and by whose word, accounts ask for approval; by place. For admins."""
    rows = FourEyes.objects.filter(place__in=list(places)).select_related("by")
    return {row.place_id: row for row in rows}


def needs_approval(targets: Iterable[DraftTarget]) -> bool:
    """Whether a second person must have approved what goes to these places."""
    return bool(asks_for_approval(one.place_id for one in targets if one.place.kind == PlaceKind.ACCOUNT))


def reviews_of(draft: Draft) -> list[Review]:
    """Its reviews, in order."""
    return list(Review.objects.filter(draft=draft).order_by("number"))


def stands(draft: Draft, targets: Sequence[DraftTarget], content: Content) -> str:
    """How a draft stands with this content: "unasked", "asked", "approved", "fell", "changes"; "lost" where whoever approved
    it may do so no longer. That is asked anew each time: who is let in again has approved it again."""
    reviews = reviews_of(draft)
    standing = rules.standing(reviews, rules.fingerprint(content))
    last = rules.decision(reviews)
    if standing != "approved" or last is None:
        return standing
    return standing if may_approve(last.by, targets) else "lost"


def may_approve(
    person: Person | None, targets: Sequence[DraftTarget], members: dict[int, frozenset[int]] | None = None
) -> bool:
    """Whether somebody may approve what goes to these places, at this moment: staff who see and may use all of them.
    `members` of the places, where they are known already."""
    if person is None or not is_staff(person):
        return False
    if members is None:
        members = members_of(one.place_id for one in targets)
    narrow = {one.place.audience_id for one in targets if one.place.audience.tier not in ALL_OF_STAFF}
    return all(_may_use(person, one, members) for one in targets) and (
        not narrow or narrow <= people.viewer_for(person).audiences
    )


def approved_by(person: int) -> list[int]:
    """Drafts that still stand and that somebody once approved, for the machine itself."""
    rows = Review.objects.filter(by=person, verdict=Verdict.APPROVED, draft__state__in=rules.STANDING)
    return sorted(set(rows.values_list("draft_id", flat=True)))


def others_who_may(
    targets: Sequence[DraftTarget], writers: Iterable[int], members: dict[int, frozenset[int]] | None = None
) -> bool:
    """Whether anybody but these persons may approve what goes to these places: staff who see and may use all of them.
    `members` of the places, where they are known already."""
    if members is None:
        members = members_of(one.place_id for one in targets)
    others = people.staff().filter(sign_in__isnull=False).exclude(pk__in=list(writers))
    return any(may_approve(person, targets, members) for person in others)


def _may_use(person: Person, one: DraftTarget, members: dict[int, frozenset[int]]) -> bool:
    if one.place.kind != PlaceKind.ACCOUNT:
        return True
    return rules.may_publish(person, members.get(one.place_id, frozenset()))


def answerable(targets: Iterable[DraftTarget]) -> frozenset[int]:
    """Persons who answer for the accounts that want a second look: their members. Where an account has none, nobody in
    particular does, and it is shown to all of staff."""
    asking = asks_for_approval(one.place_id for one in targets)
    return frozenset[int]().union(*members_of(asking).values())


def concerned(draft: Draft) -> tuple[int, ...]:
    """Persons who are told what becomes of a draft: who wrote and who planned it, and who looked at it last."""
    last = rules.decision(reviews_of(draft))
    found = (draft.by_id, draft.worded_by_id, draft.planned_by_id, last.by_id if last else None)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def has_fallen(by: Person) -> bool:
    """Whether something that somebody approved was changed afterwards, so that their approval fell."""
    return Review.objects.filter(by=by, verdict=Verdict.APPROVED, fell_at__isnull=False).exists()


# --- as a viewer sees it ------------------------------------------------------------------------------------------


@dataclass
class SecondLook:
    """How drafts stand that need a second person, as one viewer sees it: what is asked of the database is asked once for
    all of them, and nothing where none needs one. Their targets (with place and four eyes) and reviews are read already."""

    viewer: Viewer
    drafts: Sequence[Draft]
    _alone: dict[tuple[int, ...], bool] = field(default_factory=dict)
    _holding: dict[tuple[int, ...], bool] = field(default_factory=dict)

    @cached_property
    def _members(self) -> dict[int, frozenset[int]]:
        return members_of(one.place_id for draft in self.drafts for one in draft.targets.all())

    @cached_property
    def _person(self) -> Person | None:
        return people.person_by_id(self.viewer.person) if self.viewer.person is not None else None

    def of(self, draft: Draft) -> ReviewLine | None:
        """How one of them stands; None where no second person has to look."""
        targets = list(draft.targets.all())
        if draft.state not in rules.STANDING or not any(hasattr(one.place, "four_eyes") for one in targets):
            return None
        content = rules.content_of(draft, targets)
        mark = rules.fingerprint(content)
        reviews = sorted(draft.reviews.all(), key=lambda one: one.number)
        standing = self._standing(reviews, mark, targets)
        mine = self.viewer.person in rules.hands(draft)
        waits = rules.waits(standing, draft, clock.now())
        return _line(
            ReviewLine(
                standing=standing,
                fingerprint=mark,
                waits=waits,
                may=not mine and self._may_publish(targets),
                mine=mine,
                alone=mine and waits and self._is_alone(draft, targets),
                read_until=rules.reading(reviews, self.viewer.person, mark) if self.viewer.person else None,
                planned=draft.state != "draft",
                given=standing == "approved" and _by(rules.decision(reviews)) == self.viewer.person,
            ),
            rules.decision(reviews),
            content,
            {one.place_id: one.place.name for one in targets},
        )

    def _standing(self, reviews: Sequence[Review], mark: str, targets: Sequence[DraftTarget]) -> str:
        standing, last = rules.standing(reviews, mark), rules.decision(reviews)
        if standing != "approved" or last is None:
            return standing
        where = (last.by_id or 0, *sorted(one.place_id for one in targets))
        if where not in self._holding:
            self._holding[where] = may_approve(last.by, targets, self._members)
        return standing if self._holding[where] else "lost"

    def _may_publish(self, targets: Sequence[DraftTarget]) -> bool:
        if not any(self._members.get(one.place_id) for one in targets):
            return self.viewer.is_staff and self.viewer.person is not None
        person = self._person
        return person is not None and all(_may_use(person, one, self._members) for one in targets)

    def _is_alone(self, draft: Draft, targets: Sequence[DraftTarget]) -> bool:
        where = (*sorted(one.place_id for one in targets), *sorted(rules.hands(draft)))
        if where not in self._alone:
            self._alone[where] = self._may_publish(targets) and not others_who_may(
                targets, rules.hands(draft), self._members
            )
        return self._alone[where]


def _by(last: Review | None) -> int | None:
    return last.by_id if last is not None else None


def _line(line: ReviewLine, last: Review | None, content: Content, names: dict[int, str]) -> ReviewLine:
    """The same with who looked last, and what has changed since."""
    if last is None:
        return line
    fell = line.standing == "fell"
    changed = rules.difference(rules.read(last.content), content, names) if fell else []
    how, count = rules.how_fell(changed) if fell else ("", 0)
    return replace(
        line,
        by=str(last.by) if last.by else "",
        at=last.at,
        old=clock.now() - last.at > rules.RECENT,
        words=last.words,
        by_themselves=last.alone,
        how=how,
        count=count,
        changed=changed,
    )
